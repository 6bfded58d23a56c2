/** Values of case files: as JavaScript values of a type, as source text, and compared with what a pipeline wrote. */
import type { CaseType, CaseValue } from './case-format.js'
import { property, unify, withoutNull, type LongForm } from './case-types.js'

interface Tagged {
  readonly long?: string
  readonly double?: number | string
}

function tagged(value: CaseValue): Tagged {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
  const { $long, $double } = value as Readonly<Record<string, CaseValue>>
  if (typeof $long === 'string') return { long: $long }
  return typeof $double === 'number' || typeof $double === 'string' ? { double: $double } : {}
}

/** Type of a literal: plain integers are longs. */
export function typeOfValue(value: CaseValue): CaseType {
  if (value === null) return 'null'
  if (typeof value === 'string' || typeof value === 'boolean') return typeof value as 'string' | 'boolean'
  if (typeof value === 'number') return Number.isInteger(value) ? 'long' : 'double'
  const { long, double } = tagged(value)
  if (long !== undefined) return 'long'
  if (double !== undefined) return 'double'
  if (isList(value)) return { arr: value.map(typeOfValue).reduce<CaseType>((a, b) => unify(a, b), 'never') }
  return { obj: Object.fromEntries(Object.entries(value).map(([name, member]) => [name, typeOfValue(member)])) }
}

/** The JavaScript value that a pipeline sees. */
export function valueOf(value: CaseValue, type: CaseType, long: LongForm): unknown {
  if (value === null) return null
  const plain = withoutNull(type)
  if (plain === 'long') return long === 'bigint' ? bigintOf(value) : Number(bigintOf(value))
  if (plain === 'double') return Number(tagged(value).double ?? value)
  if (typeof plain === 'string') return value
  if ('arr' in plain) return (value as readonly CaseValue[]).map((item) => valueOf(item, plain.arr, long))
  const members = value as Readonly<Record<string, CaseValue>>
  const types =
    'windowed' in plain
      ? ({ key: plain.windowed, start: 'long', end: 'long' } as const)
      : 'obj' in plain
        ? plain.obj
        : {}
  return Object.fromEntries(Object.entries(types).map(([name, t]) => [name, valueOf(members[name] ?? null, t, long)]))
}

function isList(value: CaseValue): value is readonly CaseValue[] {
  return Array.isArray(value)
}

function bigintOf(value: CaseValue): bigint {
  const { long } = tagged(value)
  return BigInt(long ?? (value as number))
}

/** Source text of a literal. */
export function literalText(value: CaseValue, long: LongForm): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return stringText(value)
  const type = typeOfValue(value)
  if (type === 'long') return long === 'bigint' ? `${bigintOf(value)}n` : String(bigintOf(value))
  if (isList(value)) return `[${value.map((item) => literalText(item, long)).join(', ')}]`
  if (typeof type === 'object') {
    const members = Object.entries(value as Readonly<Record<string, CaseValue>>).map(
      ([name, member]) => `${property(name)}: ${literalText(member, long)}`,
    )
    return `{ ${members.join(', ')} }`
  }
  const double = Number(tagged(value).double ?? value)
  return Object.is(double, -0) ? '-0' : String(double)
}

export function stringText(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

/** Text of a value by its type, for comparison and for people: equal texts mean equal values. */
export function canonicalText(value: unknown, type: CaseType): string {
  if (value === null || value === undefined) return 'null'
  const plain = withoutNull(type)
  if (plain === 'long') return isWhole(value) ? String(value) : `not a long: ${JSON.stringify(value)}`
  if (plain === 'double') return typeof value === 'number' ? `${value}d` : `not a double: ${JSON.stringify(value)}`
  if (typeof plain === 'string') return JSON.stringify(value)
  if ('arr' in plain) {
    return Array.isArray(value)
      ? `[${value.map((item: unknown) => canonicalText(item, plain.arr)).join(',')}]`
      : `not an array: ${JSON.stringify(value)}`
  }
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  const types: Readonly<Record<string, CaseType>> =
    'windowed' in plain ? { key: plain.windowed, start: 'long', end: 'long' } : plain.obj
  return `{${members
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${property(name)}:${canonicalText(member, types[name] ?? 'string')}`)
    .join(',')}}`
}

function isWhole(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))
}
