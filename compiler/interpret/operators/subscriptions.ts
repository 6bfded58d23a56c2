/** Which left rows a foreign-key join has to tell of a right row. */
import { compareKeys } from '../state/key-bytes.js'
import type { Journal } from '../state/journal.js'
import type { KeyOrder } from '../state/key-order.js'
import { KeyedMap } from '../state/keyed-map.js'

export interface Subscription {
  readonly leftKey: unknown
  /** Value of the left row; null: it was deleted. */
  readonly row: unknown
  /**
   * What the left row wants to hear: the right row if there is one, that or null, or nothing of this right row any more,
   * with a last null or without.
   */
  readonly asks: 'a-row' | 'whatever-is-there' | 'ends' | 'ends-silently'
}

export class Subscriptions {
  /** By foreign key. */
  readonly #subscriptions: KeyedMap<readonly Subscription[]>

  constructor(
    journal: Journal,
    readonly keyOrder: KeyOrder,
  ) {
    this.#subscriptions = new KeyedMap(journal)
  }

  put(foreignKey: unknown, subscription: Subscription): void {
    const others = this.of(foreignKey).filter(({ leftKey }) => compareKeys(leftKey, subscription.leftKey) !== 0)
    const ends = subscription.asks === 'ends' || subscription.asks === 'ends-silently'
    const all = ends ? others : [...others, subscription].toSorted((a, b) => this.keyOrder(a.leftKey, b.leftKey))
    this.#subscriptions.set(foreignKey, all)
  }

  /** By left key. */
  of(foreignKey: unknown): readonly Subscription[] {
    return this.#subscriptions.get(foreignKey) ?? []
  }
}
