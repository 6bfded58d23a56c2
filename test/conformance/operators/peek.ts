import { inputOf } from './fields.js'
import type { OperatorTranslator } from './index.js'

export const peek: OperatorTranslator = (operator, scope) =>
  `const ${scope.name(operator.id)} = ${scope.name(inputOf(operator))}.peek(() => undefined)`
