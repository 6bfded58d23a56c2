/**
 * A generated module as an engine: its tasks are driven through the same port as in production, with one batch a record
 * and outputs in memory.
 */
import { deadLetter } from '../compiler/interpret/dead-letter.js'
import { InternalTopics } from '../compiler/interpret/internal-topics.js'
import type { ErrorPolicy } from '../dsl/model/graph.js'
import type { RecordProblem, StoreRow, Wire, WireRecord } from '../compiler/interpret/index.js'
import { BatchCursor, buildBatch } from '../runtime/kafka/record-batch/index.js'
import { internalPartitions } from '../runtime/executor/topology.js'
import {
  Stop,
  type GeneratedPipeline,
  type GeneratedTask,
  type ManifestSubTopology,
  type TaskContext,
} from '../runtime/abi/index.js'
import type { Engine, EngineOutcome, EngineOutput, PartitionCount, PrintRecord } from './engine.js'
import { CompiledStores } from './compiled-stores.js'
import { keyPartition } from './key-partition.js'
import { manifestSerdes } from './manifest-serdes.js'
import { StoreSet } from '../runtime/state/store-set.js'
import { MemoryOutputs } from './memory-outputs.js'
import { MemorySchemas } from './memory-schemas.js'
import { SourceLogs } from './source-logs.js'

export interface CompiledEngineOptions {
  readonly partitions: PartitionCount
  readonly print: PrintRecord
  /** Wall clock at the start, ms; default 0. */
  readonly startTime?: number
  /** All tasks of a partition have one stream time. Default: each has its own. */
  readonly oneStreamTime?: boolean
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
  readonly #sourceLogs: SourceLogs
  #now: number

  constructor(generated: GeneratedPipeline, options: CompiledEngineOptions) {
    const { manifest } = generated
    this.#generated = generated
    this.#options = options
    this.#now = options.startTime ?? 0
    this.#schemas = new MemorySchemas(manifest)
    this.#stores = new CompiledStores(generated)
    this.#sourceLogs = new SourceLogs(manifest)
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
    this.#openTasks()
  }

  serdes: Engine['serdes'] = (topic) => manifestSerdes(this.#generated.manifest, topic)

  process(record: WireRecord): readonly EngineOutcome[] {
    const outcomes: EngineOutcome[] = []
    for (let next: WireRecord | undefined = record; next !== undefined; next = this.#internal.take()) {
      for (const sub of this.#readersOf(next.topic)) {
        outcomes.push(...this.#processOne(sub, next))
        if (outcomes.at(-1)?.result.kind === 'failed') return outcomes
      }
      this.#sourceLogs.append(next)
    }
    return outcomes
  }

  advanceWallClock(now: number): readonly EngineOutcome[] {
    this.#now = now
    const outcomes: EngineOutcome[] = []
    for (const [id, task] of this.#tasks) outcomes.push(...this.#tick(task, tickAt(now, partitionOf(id))))
    const next = this.#internal.take()
    return next === undefined ? outcomes : [...outcomes, ...this.process(next)]
  }

  store(name: string): readonly StoreRow[] | undefined {
    return this.#stores.rows(name)
  }

  get stores(): readonly string[] {
    return this.#stores.names
  }

  commit(): void {
    this.#stores.commit()
    this.#sourceLogs.commit()
  }

  crash(): void {
    this.close()
    this.#stores.crash()
    this.#restoreFromSources()
    this.#openTasks()
  }

  /** Rows of tables whose topic is their changelog are made of its records again, as in production. */
  #restoreFromSources(): void {
    this.#sourceLogs.restore(({ subTopology }, restoredBy, record) => {
      const stores = this.#stores.of(`${subTopology}_${record.partition}`, subTopology)
      const task = this.#generated.createTask(restoredBy, this.#contextOf(record.partition, stores))
      const { buffer, view, start, end, section } = batchOf(record)
      let stop = task.process(0, buffer, view, start, end, section, Infinity)
      while (stop === Stop.TimeSlice) stop = task.process(0, buffer, view, task.position, end, section, Infinity)
      // What cannot be read was skipped then, too.
      task.close()
    })
    this.#stores.commit()
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

  /** What became of the record, then of what was due behind it. */
  #processOne(sub: Reader, record: WireRecord): readonly EngineOutcome[] {
    const task = this.#task(sub, record.partition)
    const batch = batchOf(record)
    const input = sub.inputs.findIndex(({ topic }) => topic === record.topic)
    const { buffer, view, start, end, section } = batch
    if (task.peek(input, buffer, view, start, end, section) === Stop.End && task.headTimestamp < 0) {
      return [{ record, result: { kind: 'dropped' }, outputs: [] }]
    }
    for (let position = start; ; position = task.position) {
      const stop = task.process(input, buffer, view, position, end, section, Infinity)
      if (stop === Stop.OutputFull || stop === Stop.TimeSlice) continue
      if (stop !== Stop.End && stop !== Stop.Due) {
        return [this.#applyPolicy(record, problemOf(this.#generated, task, stop))]
      }
      const done: EngineOutcome = { record, result: { kind: 'done' }, outputs: this.#takeOutputs() }
      return [done, ...this.#dueTasks(sub, task, record, stop === Stop.Due).flatMap((due) => this.#tick(due, record))]
    }
  }

  /** Those that have something to do now that a task has done a record. */
  #dueTasks(sub: Reader, task: GeneratedTask, { partition }: WireRecord, isDue: boolean): readonly GeneratedTask[] {
    if (this.#options.oneStreamTime !== true || this.#isGlobal(sub)) return isDue ? [task] : []
    const time = task.headTimestamp
    const ofPartition = [...this.#tasks].filter(([id]) => partitionOf(id) === partition).map(([, other]) => other)
    return ofPartition.filter((other) => (other === task ? isDue : other.advanceStreamTime(time)))
  }

  /** What is due, each thing for itself; one that fails is dropped, or ends it, as the policy says. */
  #tick(task: GeneratedTask, cause: WireRecord): readonly EngineOutcome[] {
    const outcomes: EngineOutcome[] = []
    for (;;) {
      const stop = task.tick()
      if (stop === Stop.RecordError) {
        const problem = problemOf(this.#generated, task, stop)
        const kind = this.#policyOf(problem).kind === 'fail' ? 'failed' : 'skipped'
        // What was written before it is kept.
        outcomes.push({ record: cause, result: { kind: 'done' }, outputs: this.#takeOutputs() })
        outcomes.push({ record: cause, result: { kind, ...problem }, outputs: [] })
        if (kind === 'failed') return outcomes
        task.skipDue()
        continue
      }
      const outputs = this.#takeOutputs()
      outcomes.push({ record: cause, result: { kind: 'done' }, outputs })
      if (stop === Stop.End) return outcomes
    }
  }

  /** Those of wall-clock time are there from the start. */
  #openTasks(): void {
    const { subTopologies } = this.#generated.manifest
    const { partitions } = this.#options
    for (const sub of subTopologies) {
      const width = Math.max(...sub.inputs.map(({ topic }) => this.#internalPartitions.get(topic) ?? partitions(topic)))
      for (let partition = 0; partition < width; partition++) this.#task(sub, partition)
    }
  }

  #isGlobal({ id }: Reader): boolean {
    return this.#generated.manifest.globalTables.some(({ subTopology }) => subTopology === id)
  }

  #storesOf(sub: Reader, task: string): StoreSet {
    return this.#isGlobal(sub) ? this.#globals : this.#stores.of(task, sub.id)
  }

  #applyPolicy(record: WireRecord, problem: RecordProblem): EngineOutcome {
    this.#takeOutputs()
    const policy = this.#policyOf(problem)
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

  #policyOf(problem: RecordProblem): ErrorPolicy {
    const { manifest } = this.#generated
    return manifest.operators.find(({ id }) => id === problem.operator)?.onError ?? manifest.onError
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
      task = this.#generated.createTask(sub.id, this.#contextOf(partition, this.#storesOf(sub, name)))
      this.#tasks.set(name, task)
    }
    return task
  }

  #contextOf(partition: number, stores: StoreSet): TaskContext {
    return {
      ...{ partition, stores },
      outputs: this.#outputs,
      schemas: this.#schemas,
      globals: this.#globals,
      log: { print: this.#options.print },
      now: () => this.#now,
      // Records are processed to their end before they are sent for.
      isIdle: () => true,
      deadline: Infinity,
    }
  }
}

/** What a failure of the wall clock is told of. */
function tickAt(now: number, partition: number): WireRecord {
  return { topic: 'wall clock', partition, offset: 0n, timestamp: now, key: null, value: null, headers: [] }
}

function partitionOf(task: string): number {
  return Number(task.slice(task.indexOf('_') + 1))
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
