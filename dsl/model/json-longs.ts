/**
 * Where bigints stand in a JSON value. Its text does not tell them from numbers, its type does: the compiler reads it.
 * Parts refer to each other by number, since types may be recursive; the first is the whole.
 */
export type JsonLongs = readonly JsonPart[]

export interface JsonPart {
  /** A whole number here is a bigint. */
  readonly long?: true
  /** Of an array. */
  readonly items?: number
  /** Of a map. */
  readonly values?: number
  /** Of an object, by name: those that are or hold bigints. */
  readonly members?: readonly (readonly [string, number])[]
}
