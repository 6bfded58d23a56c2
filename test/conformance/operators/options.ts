/** Options as last arguments of a call. */
import type { CaseOperator } from '../case-format.js'

/** `{ name: 'store' }` of operators with a store. */
export function nameOption(operator: CaseOperator): string | undefined {
  const store = operator['store']
  return typeof store === 'string' ? `name: '${store}'` : undefined
}

/** Nothing, or an object of those options that are there, as last arguments. */
export function options(...members: readonly (string | undefined)[]): string {
  const there = members.filter((member) => member !== undefined)
  return there.length === 0 ? '' : `, { ${there.join(', ')} }`
}
