/**
 * A generated module as an engine: its tasks are driven through the same port as in production, with one batch a record
 * and outputs in memory.
 */
import { deadLetter } from '../compiler/interpret/dead-letter.js'
import { InternalTopics } from '../compiler/interpret/internal-topics.js'
import type { RecordProblem, StoreRow, Wire, WireRecord } from '../compiler/interpret/index.js'
import { BatchCursor, buildBatch } from '../runtime/kafka/record-batch/index.js'
import { internalPartitions } from '../runtime/executor/topology.js'
import { Stop, type GeneratedPipeline, type GeneratedTask, type ManifestSubTopology } from '../runtime/abi/index.js'
import type { Engine, EngineOutcome, EngineOutput, PartitionCount, PrintRecord } from './engine.js'
import { CompiledStores } from './compiled-stores.js'
import { keyPartition } from './key-partition.js'
import { manifestSerdes } from './manifest-serdes.js'
import { StoreSet } from '../runtime/state/store-set.js'
import { MemoryOutputs } from './memory-outputs.js'
import { MemorySchemas } from './memory-schemas.js'

export interface CompiledEngineOptions {
  readonly partitions: PartitionCount
  readonly print: PrintRecord
}

export function compiledEngine(generated: GeneratedPipeline, options: CompiledEngineOptions): Engine {
  return new CompiledEngine(generated, options)
}

/** Operator id of a record that could not be decoded. */
const SOURCE_DECODER = -1

/** A sub-topology that tasks are made of, or that of a global table. */
type Reader = Pick<ManifestSubTopology, 'id' | 'inputs'>

class CompiledEngine implements Engine {
  readonly name = 'compiled'
  readonly sources: ReadonlySet<string>
  readonly #generated: GeneratedPipeline
  readonly #options: CompiledEngineOptions
  readonly #outputs: MemoryOutputs
  readonly #schemas: MemorySchemas
  readonly #internalPartitions: ReadonlyMap<string, number>
  readonly #internal = new InternalTopics()
  /** All partitions of a global table are one store. */
  readonly #globals: StoreSet
  readonly #tasks = new Map<string, GeneratedTask>()
  readonly #stores: CompiledStores

  constructor(generated: GeneratedPipeline, options: CompiledEngineOptions) {
    const { manifest } = generated
    this.#generated = generated
    this.#options = options
    this.#schemas = new MemorySchemas(manifest)
    this.#stores = new CompiledStores(manifest)
    const inputs = manifest.subTopologies.flatMap((sub) => sub.inputs.map(({ topic }) => topic))
    for (const { input } of manifest.globalTables) inputs.push(input.topic)
    this.#globals = StoreSet.ofGlobals(manifest.globalTables)
    const internal = new Set(manifest.internalTopics.map(({ topic }) => topic))
    this.sources = new Set(inputs.filter((topic) => !internal.has(topic)))
    this.#internalPartitions = internalPartitions(manifest, options.partitions)
    this.#outputs = new MemoryOutputs(
      manifest,
      (topic) => this.#internalPartitions.get(topic) ?? options.partitions(topic),
    )
  }

  serdes: Engine['serdes'] = (topic) => manifestSerdes(this.#generated.manifest, topic)

  process(record: WireRecord): readonly EngineOutcome[] {
    const outcomes: EngineOutcome[] = []
    for (let next: WireRecord | undefined = record; next !== undefined; next = this.#internal.take()) {
      for (const sub of this.#readersOf(next.topic)) {
        const outcome = this.#processOne(sub, next)
        outcomes.push(outcome)
        if (outcome.result.kind === 'failed') return outcomes
      }
    }
    return outcomes
  }

  /** No compiled operator looks at the wall clock. */
  advanceWallClock(): readonly EngineOutcome[] {
    return []
  }

  store(name: string): readonly StoreRow[] | undefined {
    return this.#stores.rows(name)
  }

  get stores(): readonly string[] {
    return this.#stores.names
  }

  commit(): void {
    this.#stores.commit()
  }

  crash(): void {
    this.close()
    this.#stores.crash()
  }

  close(): void {
    for (const task of this.#tasks.values()) task.close()
    this.#tasks.clear()
  }

  #readersOf(topic: string): readonly Reader[] {
    const { subTopologies, globalTables } = this.#generated.manifest
    const globals = globalTables.map(({ subTopology, input }) => ({ id: subTopology, inputs: [input] }))
    return [...subTopologies, ...globals].filter(({ inputs }) => inputs.some((input) => input.topic === topic))
  }

  #processOne(sub: Reader, record: WireRecord): EngineOutcome {
    const task = this.#task(sub, record.partition)
    const batch = batchOf(record)
    const input = sub.inputs.findIndex(({ topic }) => topic === record.topic)
    const { buffer, view, start, end, section } = batch
    if (task.peek(input, buffer, view, start, end, section) === Stop.End && task.headTimestamp < 0) {
      return { record, result: { kind: 'dropped' }, outputs: [] }
    }
    for (let position = start; ; position = task.position) {
      const stop = task.process(input, buffer, view, position, end, section, Infinity)
      if (stop === Stop.End) return { record, result: { kind: 'done' }, outputs: this.#takeOutputs() }
      if (stop === Stop.OutputFull || stop === Stop.TimeSlice) continue
      return this.#applyPolicy(record, problemOf(this.#generated, task, stop))
    }
  }

  #storesOf({ id }: Reader, task: string): StoreSet {
    const isGlobal = this.#generated.manifest.globalTables.some(({ subTopology }) => subTopology === id)
    return isGlobal ? this.#globals : this.#stores.of(task, id)
  }

  #applyPolicy(record: WireRecord, problem: RecordProblem): EngineOutcome {
    const { manifest } = this.#generated
    this.#takeOutputs()
    const policy = manifest.operators.find(({ id }) => id === problem.operator)?.onError ?? manifest.onError
    switch (policy.kind) {
      case 'fail':
        return { record, result: { kind: 'failed', ...problem }, outputs: [] }
      case 'skip':
        return { record, result: { kind: 'skipped', ...problem }, outputs: [] }
      case 'dead-letter': {
        const letter = deadLetter(policy.topic, record, problem.error)
        const outputs = [{ ...letter, partition: keyPartition(letter, this.#options.partitions) }]
        return { record, result: { kind: 'dead-lettered', ...problem }, outputs }
      }
    }
  }

  /** Takes what was written; what stands on internal topics is queued. */
  #takeOutputs(): EngineOutput[] {
    this.#outputs.full = false
    const written = this.#outputs.take().map(({ topic, partition, timestamp, key, value, headers }) => ({
      topic,
      partition,
      timestamp,
      key,
      value,
      headers,
    }))
    for (const record of written) if (this.#internalPartitions.has(record.topic)) this.#internal.append(record)
    return written.filter(({ topic }) => !this.#internalPartitions.has(topic))
  }

  #task(sub: Reader, partition: number): GeneratedTask {
    const name = `${sub.id}_${partition}`
    let task = this.#tasks.get(name)
    if (task === undefined) {
      task = this.#generated.createTask(sub.id, {
        partition,
        outputs: this.#outputs,
        schemas: this.#schemas,
        stores: this.#storesOf(sub, name),
        globals: this.#globals,
        log: { print: this.#options.print },
        deadline: Infinity,
      })
      this.#tasks.set(name, task)
    }
    return task
  }
}

function problemOf({ manifest }: GeneratedPipeline, task: GeneratedTask, stop: Stop): RecordProblem {
  if (stop === Stop.UnknownSchema) {
    const error = new Error(`there is no schema with id ${task.unknownSchemaId}`)
    return { operator: SOURCE_DECODER, label: 'source', error }
  }
  if (stop !== Stop.RecordError) throw new Error(`the task stopped for reason ${stop}, which a test driver never gives`)
  const operator = manifest.operators.find(({ id }) => id === task.failedOperator)
  return { operator: task.failedOperator, label: operator?.label ?? 'source', error: task.error }
}

function batchOf(record: WireRecord) {
  const { timestamp, headers, offset } = record
  const bytes = buildBatch([{ timestamp, headers, key: bytesOf(record.key), value: bytesOf(record.value) }], {
    baseOffset: Number(offset),
  })
  const batch = new BatchCursor(bytes).next()
  if (batch === undefined) throw new Error('a batch that was just built cannot be read')
  const { buffer, view, start, end, baseOffset, baseTimestamp, appendTimestamp } = batch.records()
  return { buffer, view, start, end, section: { baseOffset, baseTimestamp, appendTimestamp, fromOffset: baseOffset } }
}

function bytesOf(wire: Wire): Uint8Array | null {
  if (wire === null || wire instanceof Uint8Array) return wire
  throw new TypeError('a compiled pipeline takes bytes, not values')
}
