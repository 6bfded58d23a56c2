import type { CaseExpression } from '../case-format.js'
import { inputOf } from './fields.js'
import type { OperatorTranslator } from './index.js'

interface Branch {
  readonly id: string
  readonly fn: CaseExpression
}

export const split: OperatorTranslator = (operator, scope) => {
  const input = inputOf(operator)
  const branches = (operator['branches'] as readonly Branch[]).map(
    ({ id, fn }) => [scope.name(id), scope.recordLambda(input, fn)] as const,
  )
  const fallback = operator['default']
  const all = typeof fallback === 'string' ? [...branches, [scope.name(fallback), 'otherwise'] as const] : branches
  const names = all.map(([name]) => name).join(', ')
  const members = all.map(([name, predicate]) => `${name}: ${predicate}`).join(', ')
  return `const { ${names} } = ${scope.name(input)}.split({ ${members} })`
}
