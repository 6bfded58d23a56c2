/** Topics that serve as changelogs of the tables that are read from them: their records, as far as they are committed. */
import type { WireRecord } from '../compiler/interpret/index.js'
import type { Manifest, ManifestStore } from '../runtime/abi/index.js'
import { changelogSources } from '../runtime/executor/topology.js'

export class SourceLogs {
  readonly #manifest: Manifest
  readonly #topics: ReadonlySet<string>
  readonly #records: WireRecord[] = []
  #committed = 0

  constructor(manifest: Manifest) {
    this.#manifest = manifest
    this.#topics = new Set(changelogSources(manifest))
  }

  /** A record that was processed. */
  append(record: WireRecord): void {
    if (this.#topics.has(record.topic)) this.#records.push(record)
  }

  commit(): void {
    this.#committed = this.#records.length
  }

  /** Hands out what is committed, with the store that it belongs to; the rest was never processed. */
  restore(apply: (store: ManifestStore, restoredBy: number, record: WireRecord) => void): void {
    this.#records.length = this.#committed
    for (const store of this.#manifest.stores) {
      const { changelog } = store
      if (changelog?.restoredBy === undefined) continue
      for (const record of this.#records) {
        if (record.topic === changelog.topic) apply(store, changelog.restoredBy, record)
      }
    }
  }
}
