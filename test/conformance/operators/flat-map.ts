import { functionOf, inputOf } from './fields.js'
import { keyOption, options } from './options.js'
import type { OperatorTranslator } from './index.js'

/** Keys and values: the DSL's flatMap keeps keys, so they are set behind it. */
export const flatMap: OperatorTranslator = (operator, scope) =>
  `${flatMapValues(operator, scope)}.mapRecord((record) => record${options(keyOption(operator, scope))})`

export const flatMapValues: OperatorTranslator = (operator, scope) => {
  const input = inputOf(operator)
  return `const ${scope.name(operator.id)} = ${scope.name(input)}.flatMap(${scope.recordLambda(input, functionOf(operator))})`
}
