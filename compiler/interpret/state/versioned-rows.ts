/** A store that keeps what was before: the versions of each key, by time (KIP-889). */
import type { Journal } from './journal.js'
import { KeyedMap } from './keyed-map.js'
import { StreamTime } from './stream-time.js'

interface Version {
  readonly timestamp: number
  /** null: deleted from then on. */
  readonly value: unknown
}

export class VersionedRows {
  /** By time. */
  readonly #versions: KeyedMap<readonly Version[]>
  readonly #time: StreamTime
  readonly #history: number

  constructor(history: number, journal: Journal) {
    this.#history = history
    this.#versions = new KeyedMap(journal)
    this.#time = new StreamTime(journal)
  }

  /** Takes the place of a version of the same time. `expired`: it is older than what is kept. */
  put(partition: number, key: unknown, version: Version): 'latest' | 'history' | 'expired' {
    if (this.#isExpired(partition, version.timestamp)) return 'expired'
    this.#time.advance(partition, version.timestamp)
    const others = this.#of(key).filter(({ timestamp }) => timestamp !== version.timestamp)
    const versions = [...others, version].toSorted((a, b) => a.timestamp - b.timestamp)
    this.#versions.set(key, versions)
    return versions.at(-1) === version ? 'latest' : 'history'
  }

  latest(key: unknown): unknown {
    return this.#of(key).at(-1)?.value ?? null
  }

  /** What was there at a time; of a time before what is kept only what has not changed since is known. */
  asOf(partition: number, key: unknown, time: number): unknown {
    const versions = this.#of(key)
    const found = versions.findLast(({ timestamp }) => timestamp <= time)
    if (found !== versions.at(-1) && this.#isExpired(partition, time)) return null
    return found?.value ?? null
  }

  #of(key: unknown): readonly Version[] {
    return this.#versions.get(key) ?? []
  }

  #isExpired(partition: number, time: number): boolean {
    return time < this.#time.at(partition) - this.#history
  }
}
