/**
 * Stores of a compiled pipeline's tasks in a test: they outlive a restart as in production, by what was written to their
 * changelogs, and are read with the schemas of the manifest.
 */
import { parseSchemaOrThrow } from '../avro/parse-schema.js'
import { decodeValue } from '../avro/decode.js'
import type { StoreRow } from '../compiler/interpret/index.js'
import { plainSerde } from '../compiler/interpret/serdes/of-kind.js'
import type {
  GeneratedPipeline,
  Manifest,
  ManifestContents,
  ManifestStateSerde,
  ManifestStore,
} from '../runtime/abi/index.js'
import { BatchCursor, BatchWriter } from '../runtime/kafka/record-batch/index.js'
import { applyChanges, writeChanges } from '../runtime/state/changelog.js'
import { PREFIX_LENGTH_BYTES } from '../runtime/state/prefix-index.js'
import { PrefixedStore } from '../runtime/state/prefixed-store.js'
import { SessionStore } from '../runtime/state/session-store.js'
import { StoreSet, type OpenStore } from '../runtime/state/store-set.js'
import type { Table } from '../runtime/state/table.js'
import { WindowStore } from '../runtime/state/window-store.js'
import { aggregateResult, type ResultFunctions } from './aggregate-fields.js'

export class CompiledStores {
  readonly #manifest: Manifest
  readonly #results: NonNullable<GeneratedPipeline['results']>
  /** By task. */
  readonly #open = new Map<string, StoreSet>()
  /** Batches that were committed, by task and store. */
  readonly #changelogs = new Map<string, Buffer[]>()
  #serial = 0

  constructor({ manifest, results = {} }: GeneratedPipeline) {
    this.#manifest = manifest
    this.#results = results
  }

  get names(): readonly string[] {
    return this.#manifest.stores.filter(({ contents }) => isTold(contents)).map(({ name }) => name)
  }

  /** Restored from the changelogs when they are not open. */
  of(task: string, subTopology: number): StoreSet {
    let stores = this.#open.get(task)
    if (stores === undefined) {
      stores = StoreSet.of(this.#manifest.stores, subTopology)
      for (const store of stores.all) this.#restore(task, store)
      this.#open.set(task, stores)
    }
    return stores
  }

  commit(): void {
    for (const [task, stores] of this.#open) {
      for (const { description, forms, table } of stores.all) {
        if (description.changelog?.restoredBy !== undefined) continue
        const writer = new BatchWriter()
        if (writeChanges(table, writer, this.#serial++, forms.current) === 0) continue
        const log = this.#changelogs.get(`${task} ${description.name}`) ?? []
        this.#changelogs.set(`${task} ${description.name}`, log)
        for (const { buffer } of writer.seal(sealing)) log.push(Buffer.from(buffer))
      }
      stores.commit()
    }
  }

  /** What was not committed is lost. */
  crash(): void {
    // Tasks that nobody has asked for since would be missing in `rows`.
    for (const [task, stores] of this.#open) {
      for (const store of stores.all) {
        store.table.clear()
        this.#restore(task, store)
      }
    }
  }

  rows(name: string): readonly StoreRow[] | undefined {
    if (!this.names.includes(name)) return undefined
    return [...this.#open.values()].flatMap((stores) =>
      stores.all
        .filter(({ description }) => description.name === name)
        .flatMap((store) => rowsOf(store, this.#results[name])),
    )
  }

  #restore(task: string, { description, forms, table }: OpenStore): void {
    for (const batch of this.#changelogs.get(`${task} ${description.name}`) ?? []) {
      for (const one of new BatchCursor(batch)) applyChanges(table, one.records(), 0, forms)
    }
  }
}

const sealing = {
  producerId: -1n,
  producerEpoch: -1,
  baseSequence: -1,
  isTransactional: false,
  compression: 'none',
} as const

/** Bookkeeping of an operator is nobody's store. */
function isTold(contents: ManifestContents | undefined): contents is ManifestContents {
  return contents !== undefined && !(contents.key.kind === 'bytes' && contents.value.kind === 'bytes')
}

function rowsOf({ description, table, store }: OpenStore, results: ResultFunctions | undefined): StoreRow[] {
  const { contents } = description
  if (!isTold(contents)) return []
  const rows: StoreRow[] = []
  for (const slot of table.inKeyOrder()) {
    const keyEnd =
      store instanceof WindowStore || store instanceof SessionStore ? store.keyEnd(slot) : table.keyEnd(slot)
    const keyStart = store instanceof PrefixedStore ? store.innerStart(slot) : table.keyStart(slot)
    const own = decode(contents.key, table.keyBuffer(slot).subarray(keyStart, keyEnd))
    const key = store instanceof PrefixedStore ? [outerKey(contents, store, slot), own] : own
    rows.push({
      key: windowed(key, slot, store, contents),
      value: valueOf(description, contents, table, slot, results),
    })
  }
  return rows
}

function valueOf(
  { fields }: ManifestStore,
  contents: ManifestContents,
  table: Table,
  slot: number,
  results: ResultFunctions | undefined,
): unknown {
  const value = table.hasValue(slot)
    ? decode(contents.value, table.valueBuffer(slot).subarray(table.valueStart(slot), table.valueEnd(slot)))
    : undefined
  if (fields === undefined) return value === undefined ? table.number(slot, 0) : value
  const members: readonly unknown[] = typeof value === 'object' && value !== null ? Object.values(value) : []
  const row = { number: (column: number) => table.number(slot, column), field: (place: number) => members[place] }
  return aggregateResult(fields, row, results)
}

/** Of a map of a processor: the key of the records. */
function outerKey({ outer }: ManifestContents, store: PrefixedStore, slot: number): unknown {
  const { table } = store
  const start = table.keyStart(slot) + PREFIX_LENGTH_BYTES
  return outer === undefined ? undefined : decode(outer, table.keyBuffer(slot).subarray(start, store.innerStart(slot)))
}

function windowed(key: unknown, slot: number, store: OpenStore['store'], { windowMs = 0 }: ManifestContents): unknown {
  if (store instanceof WindowStore) {
    const start = store.windowStart(slot)
    return { key, start, end: start + windowMs }
  }
  return store instanceof SessionStore ? { key, start: store.sessionStart(slot), end: store.sessionEnd(slot) } : key
}

function decode(serde: ManifestStateSerde, bytes: Buffer): unknown {
  if (serde.kind !== 'avro') return plainSerde(serde).decode(Buffer.from(bytes))
  return decodeValue(parseSchemaOrThrow(serde.schema), bytes, { long: serde.long })
}
