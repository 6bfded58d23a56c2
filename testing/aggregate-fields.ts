/** Rows of declared aggregates as their authors see them: results, not what is kept for them. */
import type { ManifestAggregateField } from '../runtime/abi/index.js'

/** What a row holds. */
export interface AggregateParts {
  number(column: number): number
  /** Of the row's value, by place. */
  field(place: number): unknown
}

/** Of the author, by field. */
export type ResultFunctions = Readonly<Record<string, (held: never) => unknown>>

export function aggregateResult(
  fields: readonly ManifestAggregateField[],
  row: AggregateParts,
  functions: ResultFunctions = {},
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    fields.map(({ name, result, slots }) => {
      const parts = slots.map((slot) => ('column' in slot ? row.number(slot.column) : row.field(slot.field)))
      return [name, result === 'function' ? functions[name]?.(parts[0] as never) : resultOf(result, parts)]
    }),
  )
}

function resultOf(
  result: Exclude<ManifestAggregateField['result'], 'function'>,
  [first, second]: readonly unknown[],
): unknown {
  switch (result) {
    case 'first':
      return first
    case 'quotient':
      return Number(first) / Number(second)
    case 'length':
      return Array.isArray(first) ? first.length : 0
  }
}
