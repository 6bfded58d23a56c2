import type { CaseOperator } from '../case-format.js'
import type { Scope } from '../scope.js'
import { functionOf, inputOf } from './fields.js'
import { keyOption, nameOption, options } from './options.js'
import type { OperatorTranslator } from './index.js'

export const map: OperatorTranslator = (operator, scope) =>
  declare(operator, scope, 'mapRecord', recordText(operator, scope), keyOption(operator, scope))

/** A lambda that gives `{ key, value }`. */
export function recordText(operator: CaseOperator, scope: Scope): string {
  const input = inputOf(operator)
  const [key, value] = [functionOf(operator, 'key'), functionOf(operator, 'value')]
  const [newKey, newValue] = [scope.recordExpression(input, key), scope.recordExpression(input, value)]
  const text = `{ ${member('key', newKey.text)}, ${member('value', newValue.text)} }`
  const returns = scope.returns({ text, type: { obj: { key: newKey.type, value: newValue.type } } })
  return `${scope.parameters(key, value)}${returns} => (${text})`
}

export const mapValues: OperatorTranslator = (operator, scope) =>
  declare(operator, scope, 'map', scope.recordLambda(inputOf(operator), functionOf(operator)))

export const selectKey: OperatorTranslator = (operator, scope) =>
  declare(
    operator,
    scope,
    'selectKey',
    scope.recordLambda(inputOf(operator), functionOf(operator)),
    keyOption(operator, scope),
  )

function member(name: string, text: string): string {
  return text === name ? name : `${name}: ${text}`
}

function declare(operator: CaseOperator, scope: Scope, method: string, lambda: string, key?: string): string {
  return `const ${scope.name(operator.id)} = ${scope.name(inputOf(operator))}.${method}(${lambda}${options(nameOption(operator), key)})`
}
