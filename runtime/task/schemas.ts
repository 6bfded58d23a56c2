/**
 * Which slot of the manifest a schema id of this registry belongs to. Ids are looked up at start by subject and schema;
 * one that turns up later is resolved before any effect of its record: an unreachable registry means waiting,
 * an id that does not exist is remembered as such for a while. Never registers anything.
 */
import type { Manifest, ManifestSchema, ManifestSerde, TaskSchemas } from '../abi/index.js'
import { retry, type RetryOptions } from '../kafka/retry.js'
import type { RuntimeRegistry, WriterSchema } from '../registry/runtime-registry.js'

/** What is known of an id that has no generated reader. */
export type UnknownSchema = 'unresolved' | 'transcoded' | 'missing'

const UNRESOLVED = -1
const TRANSCODED = -2

/** How long an id that the registry does not know counts as missing. */
const MISSING_MS = 30_000

export class MissingSchemaError extends Error {
  override readonly name = 'MissingSchemaError'
}

export class SchemaDirectory implements TaskSchemas {
  readonly #manifest: Manifest
  readonly #registry: RuntimeRegistry | undefined
  readonly #framed: ReadonlySet<number>
  readonly #slots = new Map<number, number>()
  readonly #ids = new Map<number, number>()
  readonly #writers = new Map<number, WriterSchema>()
  readonly #missing = new Map<number, number>()
  readonly #resolving = new Map<number, Promise<void>>()
  /** Messages that had to be rewritten at run time: the module should be rebuilt. */
  transcoded = 0

  constructor(manifest: Manifest, registry: RuntimeRegistry | undefined) {
    this.#manifest = manifest
    this.#registry = registry
    this.#framed = framedSlots(manifest)
  }

  /** Looks up the ids of all slots. Fails when a schema to write with is not registered. */
  async load(options: RetryOptions): Promise<void> {
    await retry(() => this.#findIds(), options)
    for (const slot of this.#sinkSlots()) {
      if (this.#ids.has(slot)) continue
      const { subject } = this.#schema(slot)
      throw new MissingSchemaError(
        `the schema that this pipeline writes is not registered under subject ${subject}: run \`millrace schema register\``,
      )
    }
  }

  slotOf(id: number): number {
    return this.#slots.get(id) ?? UNRESOLVED
  }

  idOf(slot: number): number {
    const id = this.#ids.get(slot)
    if (id === undefined) throw new MissingSchemaError(`schema slot ${slot} has no id in this registry`)
    return id
  }

  transcode(id: number, readerSlot: number, buffer: Buffer, start: number, end: number): Buffer {
    const writer = this.#writers.get(id)
    if (writer === undefined) throw new MissingSchemaError(`schema id ${id} is not resolved`)
    this.transcoded++
    return writer.transcode(this.#schema(readerSlot).schema, buffer, start, end)
  }

  stateOf(id: number): UnknownSchema {
    if (this.#slots.has(id)) return 'transcoded'
    const until = this.#missing.get(id)
    return until !== undefined && performance.now() < until ? 'missing' : 'unresolved'
  }

  /** Resolves the id, or remembers that it does not exist. Fails with a retriable error when the registry is down. */
  resolve(id: number): Promise<void> {
    const running = this.#resolving.get(id)
    if (running !== undefined) return running
    const resolving = this.#resolve(id).finally(() => this.#resolving.delete(id))
    this.#resolving.set(id, resolving)
    return resolving
  }

  async #resolve(id: number): Promise<void> {
    if (this.#registry === undefined) {
      this.#missing.set(id, Infinity)
      return
    }
    await this.#findIds()
    if (this.#slots.has(id)) return
    const writer = await this.#registry.writer(id)
    if (writer === undefined) {
      this.#missing.set(id, performance.now() + MISSING_MS)
      return
    }
    this.#missing.delete(id)
    this.#writers.set(id, writer)
    this.#slots.set(id, TRANSCODED)
  }

  /** For the slots without an id. */
  async #findIds(): Promise<void> {
    const registry = this.#registry
    if (registry === undefined) {
      if (this.#framed.size > 0) {
        throw new MissingSchemaError('the pipeline uses Avro, but no schema registry is configured: set registry.url')
      }
      return
    }
    const open = this.#manifest.schemas.filter(({ slot }) => this.#framed.has(slot) && !this.#ids.has(slot))
    await Promise.all(
      open.map(async ({ slot, subject, schema, fingerprint }) => {
        const id = await registry.findId(subject, schema, fingerprint)
        if (id === undefined) return
        this.#ids.set(slot, id)
        this.#slots.set(id, slot)
      }),
    )
  }

  #schema(slot: number): ManifestSchema {
    const schema = this.#manifest.schemas.find((candidate) => candidate.slot === slot)
    if (schema === undefined) throw new RangeError(`the manifest has no schema slot ${slot}`)
    return schema
  }

  #sinkSlots(): ReadonlySet<number> {
    const slots = new Set<number>()
    const add = (serde: ManifestSerde): void => {
      if (serde.kind === 'avro') slots.add(serde.reader)
    }
    for (const { key, value } of this.#manifest.sinks) {
      add(key)
      add(value)
    }
    return slots
  }
}

/** Those that messages name by id. Records of internal topics and rows have no frame: no registry knows of them. */
const framedSlots = ({ subTopologies, globalTables, sinks }: Manifest): ReadonlySet<number> => {
  const topics = [...subTopologies.flatMap(({ inputs }) => inputs), ...globalTables.map(({ input }) => input), ...sinks]
  const serdes = topics.flatMap(({ key, value }) => [key, value])
  return new Set(serdes.flatMap((serde) => (serde.kind === 'avro' ? [serde.reader, ...serde.slots] : [])))
}
