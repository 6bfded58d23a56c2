/** Predicates that say the same of every record: made of literals and of what the builder knew. */
import type { CapturedValue } from '../ir/captured-value.js'
import type { BinaryOperator, Expression, Lambda } from '../ir/lambda.js'

type Primitive = Extract<CapturedValue, { kind: 'primitive' }>['value']
interface Known {
  readonly value: Primitive
}

/** undefined: it depends on the record, or nobody knows. */
export function constantPredicate(lambda: Lambda | undefined): boolean | undefined {
  if (lambda === undefined || lambda.opaque !== undefined) return undefined
  const [only, ...more] = lambda.body
  if (only?.kind !== 'return' || only.value === undefined || more.length > 0) return undefined
  const known = evaluate(only.value, lambda.captures)
  return known === undefined ? undefined : Boolean(known.value)
}

function evaluate(node: Expression, captures: Lambda['captures']): Known | undefined {
  switch (node.kind) {
    case 'literal':
      return { value: node.value }
    case 'capture': {
      const value = captures.get(node.name)
      return value?.kind === 'primitive' ? { value: value.value } : undefined
    }
    case 'unary': {
      const operand = evaluate(node.operand, captures)
      return operand !== undefined && node.operator === '!' ? { value: !operand.value } : undefined
    }
    case 'logical': {
      const left = evaluate(node.left, captures)
      if (left === undefined) return undefined
      return decides(node.operator, left.value) ? left : evaluate(node.right, captures)
    }
    case 'conditional': {
      const test = evaluate(node.test, captures)
      return test === undefined ? undefined : evaluate(test.value ? node.then : node.otherwise, captures)
    }
    case 'binary': {
      const left = evaluate(node.left, captures)
      const right = evaluate(node.right, captures)
      return left === undefined || right === undefined ? undefined : compare(node.operator, left.value, right.value)
    }
    default:
      return undefined
  }
}

function decides(operator: '&&' | '||' | '??', left: Primitive): boolean {
  if (operator === '&&') return !left
  if (operator === '||') return Boolean(left)
  return left !== null && left !== undefined
}

/** Of equal types only: what JavaScript makes of the others is not worth repeating here. */
function compare(operator: BinaryOperator, left: Primitive, right: Primitive): Known | undefined {
  if (operator === '===') return { value: left === right }
  if (operator === '!==') return { value: left !== right }
  const comparable =
    (typeof left === 'number' && typeof right === 'number') || (typeof left === 'string' && typeof right === 'string')
  if (!comparable) return undefined
  switch (operator) {
    case '<':
      return { value: left < right }
    case '<=':
      return { value: left <= right }
    case '>':
      return { value: left > right }
    case '>=':
      return { value: left >= right }
    default:
      return undefined
  }
}
