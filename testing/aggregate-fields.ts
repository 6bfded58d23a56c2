/** Rows of declared aggregates as their authors see them: results, not what is kept for them. */
import type { ManifestAggregateField } from '../runtime/abi/index.js'

/** What a row holds. */
export interface AggregateParts {
  number(column: number): number
  /** Of the row's value, by place. */
  field(place: number): unknown
}

export function aggregateResult(
  store: string,
  fields: readonly ManifestAggregateField[],
  row: AggregateParts,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    fields.map(({ name, result, slots }) => {
      const parts = slots.map((slot) => ('column' in slot ? row.number(slot.column) : row.field(slot.field)))
      return [name, resultOf(`${name} of store ${store}`, result, parts)]
    }),
  )
}

function resultOf(
  what: string,
  result: ManifestAggregateField['result'],
  [first, second]: readonly unknown[],
): unknown {
  switch (result) {
    case 'first':
      return first
    case 'quotient':
      return Number(first) / Number(second)
    case 'length':
      return Array.isArray(first) ? first.length : 0
    case 'function':
      throw new TypeError(`the result of ${what} is a function of the author: it is not read in compiled form yet`)
  }
}
