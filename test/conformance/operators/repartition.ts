import { inputOf } from './fields.js'
import type { OperatorTranslator } from './index.js'

export const repartition: OperatorTranslator = (operator, scope) =>
  `const ${scope.name(operator.id)} = ${scope.name(inputOf(operator))}.repartition({ name: '${operator.id}' })`
