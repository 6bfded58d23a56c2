import type { CaseExpression, CaseOperator, CaseType } from '../case-format.js'
import { isOptional, optional } from '../case-types.js'
import { mentionsVariable, type Scope } from '../scope.js'
import { functionOf } from './fields.js'
import { nameOption, options } from './options.js'
import type { OperatorTranslator } from './index.js'

interface Sides {
  readonly left: string
  readonly right: string
}

export const streamTableJoin: OperatorTranslator = (operator, scope) => {
  const sides = { left: operator['stream'] as string, right: operator['table'] as string }
  const grace = operator['graceMs'] as number | undefined
  const last = options(grace === undefined ? undefined : `grace: '${grace}ms'`)
  return declare(operator, scope, sides, [joinerOf(operator, scope, sides)], last)
}

export const streamStreamJoin: OperatorTranslator = (operator, scope) => {
  const sides = { left: operator['left'] as string, right: operator['right'] as string }
  const duration = (name: string): string => `'${(operator[name] as number | undefined) ?? 0}ms'`
  const within = `within: { before: ${duration('beforeMs')}, after: ${duration('afterMs')} }`
  const last = options(within, `grace: ${duration('graceMs')}`)
  return declare(operator, scope, sides, [joinerOf(operator, scope, sides)], last)
}

export const globalTableJoin: OperatorTranslator = (operator, scope) => {
  const sides = { left: operator['stream'] as string, right: operator['table'] as string }
  const key = scope.recordLambda(sides.left, functionOf(operator, 'keyFn'))
  return declare(operator, scope, sides, [key, joinerOf(operator, scope, sides)], '')
}

export const fkJoin: OperatorTranslator = (operator, scope) => {
  const sides = { left: operator['left'] as string, right: operator['right'] as string }
  const key = scope.recordLambda(sides.left, functionOf(operator, 'fk'))
  const method = operator['joinType'] === 'left' ? 'leftJoinOn' : 'joinOn'
  const lambdas = [scope.name(sides.right), key, joinerOf(operator, scope, sides)].join(', ')
  return `const ${scope.name(operator.id)} = ${scope.name(sides.left)}.${method}(${lambdas}${options(nameOption(operator))})`
}

export const tableTableJoin: OperatorTranslator = (operator, scope) => {
  const sides = { left: operator['left'] as string, right: operator['right'] as string }
  return declare(operator, scope, sides, [joinerOf(operator, scope, sides)], options(nameOption(operator)))
}

function declare(
  operator: CaseOperator,
  scope: Scope,
  { left, right }: Sides,
  lambdas: readonly string[],
  last: string,
): string {
  const method = { inner: 'join', left: 'leftJoin', outer: 'outerJoin' }[operator['joinType'] as string] ?? 'join'
  return `const ${scope.name(operator.id)} = ${scope.name(left)}.${method}(${[scope.name(right), ...lambdas].join(', ')}${last})`
}

/** A partner that is missing is undefined in millrace, null in the format. */
function joinerOf(operator: CaseOperator, scope: Scope, { left, right }: Sides): string {
  const fn: CaseExpression = functionOf(operator)
  const type = operator['joinType']
  const side = (name: string, node: string, missing: boolean) => {
    const own: CaseType = scope.types(node).value
    const there = isOptional(own) ? own.opt : own
    return [name, missing ? { text: `${name}OrNull`, type: optional(there) } : { text: name, type: there }] as const
  }
  const variables = new Map([
    side('left', left, type === 'outer'),
    side('right', right, type !== 'inner'),
    ['key', { text: 'key', type: scope.types(left).key }] as const,
  ])
  const context = mentionsVariable(fn, 'key') ? ', { key }' : ''
  const joined = scope.expression(fn, variables)
  const { text } = joined
  const missing = ['left', 'right'].filter((name) => variables.get(name)?.text === `${name}OrNull`)
  if (missing.length === 0) return scope.lambda(`(left, right${context})`, joined)
  const statements = missing.map((name) => `const ${name}OrNull = ${name} ?? null`)
  return `(left, right${context})${scope.returns(joined)} => { ${[...statements, `return ${text}`].join('; ')} }`
}
