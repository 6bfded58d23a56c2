/** Types of the case format: as TypeScript text, as serdes, and how they unify. */
import type { CaseType } from './case-format.js'

/** How longs are represented: bigint in cases that need 64 bits. */
export type LongForm = 'number' | 'bigint'

export function typeText(type: CaseType, long: LongForm): string {
  if (type === 'long') return long
  if (type === 'double') return 'number'
  if (typeof type === 'string') return type
  if ('opt' in type) return `${typeText(type.opt, long)} | null`
  if ('arr' in type) return `ReadonlyArray<${typeText(type.arr, long)}>`
  if ('windowed' in type) return `Windowed<${typeText(type.windowed, long)}>`
  const members = Object.entries(type.obj).map(([name, t]) => `readonly ${property(name)}: ${typeText(t, long)}`)
  return `{ ${members.join('; ')} }`
}

/** Text of the serde of a topic's key or value: JSON, as the format has it. */
export function serdeText(type: CaseType, long: LongForm): string {
  if (isOptional(type)) return `nullable(${serdeText(type.opt, long)})`
  return `json<${typeText(type, long)}>()`
}

export function isOptional(type: CaseType): type is { readonly opt: CaseType } {
  return typeof type === 'object' && 'opt' in type
}

/** Optional types are never nested. */
export function withoutNull(type: CaseType): Exclude<CaseType, { readonly opt: CaseType }> {
  return isOptional(type) ? withoutNull(type.opt) : type
}

export function optional(type: CaseType): CaseType {
  return isOptional(type) || type === 'null' ? type : { opt: type }
}

/** Type of an expression that gives one or the other. Cases are type-checked: the two fit. */
export function unify(left: CaseType, right: CaseType): CaseType {
  if (left === 'null') return optional(right)
  if (right === 'null') return optional(left)
  if (isOptional(left) || isOptional(right)) return optional(unify(withoutNull(left), withoutNull(right)))
  if (left === 'never') return right
  if (typeof left === 'object' && typeof right === 'object') {
    if ('arr' in left && 'arr' in right) return { arr: unify(left.arr, right.arr) }
    if ('obj' in left && 'obj' in right) {
      const members = Object.entries(left.obj).map(([name, type]) => [name, unify(type, right.obj[name] ?? type)])
      return { obj: Object.fromEntries(members) as Record<string, CaseType> }
    }
  }
  return left
}

/** A name as a property of a literal or a type. */
export function property(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)
}
