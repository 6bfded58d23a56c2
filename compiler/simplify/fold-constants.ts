/**
 * Operations on constants, and branches that they decide. Only numbers, strings, booleans, null and undefined: their
 * operators are the same here as there. Refuses what would throw.
 */
import type { MirExpression, MirStatement } from '../ir/mir.js'
import { expression, literal } from '../ir/mir-build.js'
import { mapChildren, mapStatement } from '../ir/mir-visit.js'

type Constant = string | number | boolean | null | undefined

export function foldConstants(body: readonly MirStatement[]): readonly MirStatement[] {
  return body.flatMap((node): readonly MirStatement[] => {
    const next = mapStatement(node, fold, foldConstants)
    if (next.kind !== 'if' || next.test.kind !== 'literal') return [next]
    return next.test.value ? next.then : next.otherwise
  })
}

function fold(node: MirExpression): MirExpression {
  const next = mapChildren(node, fold, foldConstants)
  switch (next.kind) {
    case 'unary': {
      const operand = constantOf(next.operand)
      return operand === undefined ? next : (unary(next.operator, operand.value) ?? next)
    }
    case 'binary': {
      const left = constantOf(next.left)
      const right = constantOf(next.right)
      return left === undefined || right === undefined ? next : (binary(next.operator, left.value, right.value) ?? next)
    }
    case 'logical':
      return logical(next)
    case 'conditional':
      if (next.test.kind !== 'literal') return next
      return next.test.value ? next.then : next.otherwise
    case 'template':
      return template(next)
    default:
      return next
  }
}

function constantOf(node: MirExpression): { readonly value: Constant } | undefined {
  if (node.kind === 'global' && node.name === 'undefined') return { value: undefined }
  if (node.kind !== 'literal' || typeof node.value === 'bigint') return undefined
  return { value: node.value }
}

function unary(operator: string, value: Constant): MirExpression | undefined {
  switch (operator) {
    case '!':
      return literal(!value)
    case '-':
      return typeof value === 'number' ? literal(-value) : undefined
    case '+':
      return typeof value === 'number' ? literal(value) : undefined
    case 'typeof':
      return literal(value === null ? 'object' : typeof value)
    case 'void':
      return literal(undefined)
    default:
      return undefined
  }
}

function binary(operator: string, left: Constant, right: Constant): MirExpression | undefined {
  if (operator === '===') return literal(left === right)
  if (operator === '!==') return literal(left !== right)
  if (operator === '+' && typeof left === 'string' && typeof right === 'string') return literal(left + right)
  if (typeof left !== 'number' || typeof right !== 'number') return undefined
  switch (operator) {
    case '+':
      return literal(left + right)
    case '-':
      return literal(left - right)
    case '*':
      return literal(left * right)
    case '/':
      return literal(left / right)
    case '%':
      return literal(left % right)
    case '**':
      return literal(left ** right)
    case '<':
      return literal(left < right)
    case '<=':
      return literal(left <= right)
    case '>':
      return literal(left > right)
    case '>=':
      return literal(left >= right)
    default:
      return undefined
  }
}

function logical(node: MirExpression & { kind: 'logical' }): MirExpression {
  const { left, right, operator } = node
  if (operator === '??' && (left.kind === 'object' || left.kind === 'array' || left.kind === 'template')) return left
  const constant = constantOf(left)
  if (constant === undefined) return node
  const { value } = constant
  if (operator === '&&') return value ? right : left
  if (operator === '||') return value ? left : right
  return value === null || value === undefined ? right : left
}

/** Constant parts of a template become its text. */
function template(node: MirExpression & { kind: 'template' }): MirExpression {
  const strings = [node.strings[0] ?? '']
  const expressions: MirExpression[] = []
  for (const [index, inner] of node.expressions.entries()) {
    const after = node.strings[index + 1] ?? ''
    const constant = constantOf(inner)
    if (constant === undefined) {
      expressions.push(inner)
      strings.push(after)
    } else strings.push(`${strings.pop() ?? ''}${String(constant.value)}${after}`)
  }
  if (expressions.length > 0) return expression({ kind: 'template', strings, expressions }, node)
  return literal(strings[0])
}
