import type { OperatorTranslator } from './index.js'

export const merge: OperatorTranslator = (operator, scope) => {
  const [first, ...others] = (operator['ins'] as readonly string[]).map((id) => scope.name(id))
  return `const ${scope.name(operator.id)} = ${first ?? ''}.merge(${others.join(', ')})`
}
