/** A store: values by key, with changes that can be undone. */
import type { Journal } from './journal.js'
import { keyText } from './key-bytes.js'

export interface Row<K, V> {
  readonly key: K
  readonly value: V
}

export class KeyedMap<V, K = unknown> {
  readonly #rows = new Map<string, Row<K, V>>()

  constructor(readonly journal: Journal) {}

  get(key: K): V | undefined {
    return this.#rows.get(keyText(key))?.value
  }

  set(key: K, value: V): void {
    const text = keyText(key)
    this.#remember(text)
    this.#rows.set(text, { key, value })
  }

  delete(key: K): void {
    const text = keyText(key)
    this.#remember(text)
    this.#rows.delete(text)
  }

  /** In no particular order. */
  rows(): readonly Row<K, V>[] {
    return [...this.#rows.values()]
  }

  #remember(text: string): void {
    const before = this.#rows.get(text)
    this.journal.add(() => {
      if (before === undefined) this.#rows.delete(text)
      else this.#rows.set(text, before)
    })
  }
}
