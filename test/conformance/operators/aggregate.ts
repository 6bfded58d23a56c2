import type { CaseExpression, CaseOperator, CaseType } from '../case-format.js'
import { typeText } from '../case-types.js'
import type { Variable } from '../expression.js'
import { lambdaBody } from '../expression.js'
import { mentionsVariable, type Scope } from '../scope.js'
import { functionOf, inputOf } from './fields.js'
import { windowText } from './group.js'
import { nameOption, options } from './options.js'
import type { OperatorTranslator } from './index.js'

/** Counts are numbers, also where longs are bigints. */
export const count: OperatorTranslator = (operator, scope) => {
  const counted = `${scope.name(inputOf(operator))}.count(${options(nameOption(operator)).slice(2)})`
  const asLong = scope.long === 'bigint' ? '.map((count) => BigInt(count))' : ''
  return `const ${scope.name(operator.id)} = ${counted}${asLong}`
}

export const reduce: OperatorTranslator = (operator, scope) => {
  const type = scope.types(operator.id).value
  const value = scope.aggregated(inputOf(operator))
  const lambda = (fn: CaseExpression): string =>
    scope.lambda('(acc, value)', scope.expression(fn, new Map([...variablesOf([['acc', type]]), ['value', value]])))
  const subtract = operator['sub'] === undefined ? [] : [lambda(functionOf(operator, 'sub'))]
  const lambdas = [lambda(functionOf(operator)), ...subtract].join(', ')
  return `const ${scope.name(operator.id)} = ${scope.name(inputOf(operator))}.reduce(${lambdas}${options(nameOption(operator))})`
}

export const aggregate: OperatorTranslator = (operator, scope) => {
  const key = groupedKey(scope, inputOf(operator))
  const value = scope.aggregated(inputOf(operator))
  const acc = operator['accType'] as CaseType
  const add = addLambda(scope, functionOf(operator), acc, key, value)
  const subtract = operator['sub'] === undefined ? [] : [addLambda(scope, functionOf(operator, 'sub'), acc, key, value)]
  const lambdas = [initialLambda(scope, operator), add, ...subtract].join(', ')
  const last = options(mergeOption(scope, operator), nameOption(operator))
  return `const ${scope.name(operator.id)} = ${scope.name(inputOf(operator))}.aggregate(${lambdas}${last})`
}

interface Part {
  readonly in: string
  readonly fn: CaseExpression
}

export const cogroup: OperatorTranslator = (operator, scope) => {
  const acc = operator['accType'] as CaseType
  const [first, ...others] = (operator['parts'] as readonly Part[]).map(({ in: input, fn }) => {
    const lambda = addLambda(scope, fn, acc, groupedKey(scope, input), scope.aggregated(input, operator['window']))
    return { input: scope.name(input), lambda }
  })
  if (first === undefined) throw new TypeError('a cogroup without parts')
  const window = operator['window'] as Parameters<typeof windowText>[0] | undefined
  const windows = window === undefined ? '' : `.windowedBy(${windowText(window, false)})`
  const adds = others.map(({ input, lambda }) => `.add(${input}, ${lambda})`).join('')
  const last = options(mergeOption(scope, operator), nameOption(operator)).slice(2)
  return `const ${scope.name(operator.id)} = ${first.input}.cogroup(${initialLambda(scope, operator)}, ${first.lambda})${adds}${windows}.aggregate(${last})`
}

/** Aggregates see the plain key, also in windows. */
function groupedKey(scope: Scope, id: string): CaseType {
  const { key } = scope.types(id)
  return typeof key === 'object' && 'windowed' in key ? key.windowed : key
}

function initialLambda(scope: Scope, operator: CaseOperator): string {
  const { text } = scope.expression(functionOf(operator, 'init'), new Map())
  return `(): ${typeText(operator['accType'] as CaseType, scope.long)} => ${lambdaBody(text)}`
}

function addLambda(scope: Scope, fn: CaseExpression, acc: CaseType, key: CaseType, value: Variable): string {
  const types = variablesOf([
    ['acc', acc],
    ['key', key],
  ])
  const variables = new Map([...types, ['value', value] as const])
  const context = mentionsVariable(fn, 'key') ? ', { key }' : ''
  const parameters = context === '' && !mentionsVariable(fn, 'value') ? '(acc)' : `(acc, value${context})`
  return scope.lambda(parameters, scope.expression(fn, variables))
}

function mergeOption(scope: Scope, operator: CaseOperator): string | undefined {
  if (operator['merger'] === undefined) return undefined
  const acc = operator['accType'] as CaseType
  const lambda = accLambda(scope, functionOf(operator, 'merger'), [
    ['left', acc],
    ['right', acc],
  ])
  return `merge: ${lambda}`
}

/** A lambda of these parameters, in order. */
export function accLambda(
  scope: Scope,
  fn: CaseExpression,
  parameters: readonly (readonly [string, CaseType])[],
): string {
  const names = parameters.map(([name]) => name).join(', ')
  return scope.lambda(`(${names})`, scope.expression(fn, variablesOf(parameters)))
}

export function variablesOf(types: readonly (readonly [string, CaseType])[]): ReadonlyMap<string, Variable> {
  return new Map(types.map(([name, type]) => [name, { text: name, type }]))
}
