declare const holds: unique symbol

/** A table that every task holds whole: it is joined by any key, and can do nothing else. */
export interface GlobalTable<out K, out V> {
  readonly [holds]: () => readonly [K, V]
}
