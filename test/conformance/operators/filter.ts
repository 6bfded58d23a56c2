import type { CaseExpression } from '../case-format.js'
import { typeText, withoutNull } from '../case-types.js'
import { functionOf, inputOf } from './fields.js'
import { nameOption, options } from './options.js'
import type { OperatorTranslator } from './index.js'

export const filter: OperatorTranslator = (operator, scope) => {
  const [input, fn] = [inputOf(operator), functionOf(operator)]
  const declaration = `const ${scope.name(operator.id)} = ${scope.name(input)}.filter`
  if (isNotNull(fn, 'key')) {
    // A predicate does not tell of keys: the type of the stream is said.
    const { key, value } = scope.types(operator.id)
    const type = `Stream<${typeText(key, scope.long)}, ${typeText(value, scope.long)}>`
    return `${declaration}(${scope.recordLambda(input, fn)}) as ${type}`
  }
  if (!isNotNull(fn, 'value')) return `${declaration}(${scope.recordLambda(input, fn)}${options(nameOption(operator))})`
  const type = typeText(withoutNull(scope.types(input).value), scope.long)
  return `${declaration}((value): value is ${type} => value !== null)`
}

export const filterNot: OperatorTranslator = (operator, scope) => {
  const input = inputOf(operator)
  return `const ${scope.name(operator.id)} = ${scope.name(input)}.filterNot(${scope.recordLambda(input, functionOf(operator))}${options(nameOption(operator))})`
}

/** Exactly `["notNull", ["var", "value"]]`, or of the key: it removes null from the type. */
function isNotNull([operator, operand]: CaseExpression, name: 'key' | 'value'): boolean {
  return operator === 'notNull' && JSON.stringify(operand) === `["var","${name}"]`
}
