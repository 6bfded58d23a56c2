/** Options as last arguments of a call. */
import type { CaseOperator } from '../case-format.js'
import { serdeText } from '../case-types.js'
import type { Scope } from '../scope.js'

/** `{ name: 'store' }` of operators with a store. */
export function nameOption(operator: CaseOperator): string | undefined {
  const store = operator['store']
  return typeof store === 'string' ? `name: '${store}'` : undefined
}

/** `{ key: serde }` of operators that make keys: they are JSON, as the format has it. */
export function keyOption(operator: CaseOperator, scope: Scope): string {
  return `key: ${serdeText(scope.types(operator.id).key, scope.long)}`
}

/** Nothing, or an object of those options that are there, as last arguments. */
export function options(...members: readonly (string | undefined)[]): string {
  const there = members.filter((member) => member !== undefined)
  return there.length === 0 ? '' : `, { ${there.join(', ')} }`
}
