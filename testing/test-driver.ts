/**
 * Runs a pipeline in memory, without broker and registry: the public face of `millrace/testing`.
 */
import type { WireRecord } from '../compiler/interpret/index.js'
import type { Pipeline } from '../dsl/pipeline.js'
import { recordGraph } from '../dsl/record-graph.js'
import { DeclaredTopic, type Sink, type Source } from '../dsl/topic.js'
import type { TopicSpec } from '../dsl/model/graph.js'
import type { GeneratedPipeline } from '../runtime/abi/index.js'
import { compiledEngine } from './compiled-engine.js'
import type { Engine, EngineOutcome, PrintRecord } from './engine.js'
import { interpretedEngine } from './interpreted-engine.js'
import { RecordFailedError } from './record-failed-error.js'
import { testStore, type TestStore } from './test-store.js'
import { testInput, testOutput, type TestInput, type TestOutput } from './test-topics.js'

export interface TestDriverOptions {
  /** Partitions of all topics, or of each (others: 1). Default 1. */
  readonly partitions?: number | Readonly<Record<string, number>>
  /** Time stamp of records that are sent without one, in ms since the epoch. Default 0. */
  readonly timestamp?: number
  /** Wall clock at the start, in ms since the epoch. Default 0. */
  readonly startTime?: number
  /**
   * What `process` has for stream time: that of its task, as in production, or one for all tasks of a partition, as Kafka
   * Streams' TopologyTestDriver has it, which runs all sub-topologies as one task. Default `'task'`.
   */
  readonly streamTime?: 'task' | 'pipeline'
  /** What `print` operators print. Default: a line on the console. */
  readonly print?: (label: string, key: unknown, value: unknown) => void
  /** When what was done is committed: after each record that is sent, or when the test says so. Default `'each-record'`. */
  readonly commits?: 'each-record' | 'manual'
  /**
   * What a crash does to outputs since the commit. `'exactly_once'`: they are read once they are committed, and never if
   * they were not; `'at_least_once'`: they are there at once, and again when their records are processed again. Default
   * `'exactly_once'`.
   */
  readonly guarantee?: 'exactly_once' | 'at_least_once'
}

export interface TestDriver extends Disposable {
  /** A topic that the pipeline reads. */
  input<K, V>(topic: Sink<K, V>): TestInput<K, V>
  /** A topic that the pipeline writes, dead letters included. */
  output<K, V>(topic: Source<K, V>): TestOutput<K, V>
  /**
   * What an operator with a `name` keeps: the rows of a table or of an aggregate, over all partitions. Keys of windows are
   * `Windowed`.
   */
  store<K, V>(name: string): TestStore<K, V>
  /**
   * Moves the wall clock on by so many ms, for operators that look at it: windows that are closed when no input comes. It
   * stands still otherwise.
   * @throws RecordFailedError when what happens then fails.
   */
  advanceWallClock(ms: number): void
  /** Commits state, outputs and input positions. */
  commit(): void
  /** Ends the process cleanly, with a commit, and starts another one on what it has left. */
  restart(): void
  /**
   * Kills the process and starts another one: state is as it was at the last commit, and the records that were sent since
   * are processed again before this returns.
   * @throws RecordFailedError when one of them fails.
   */
  crash(): void
  /** Records that were dropped so far: skipped by policy, or with a negative event time. */
  readonly dropped: number
  /** Ends the pipeline's tasks. Also called by `using`. */
  close(): void
}

/**
 * Runs a pipeline without a broker: the pipeline itself is interpreted, a module that `millrace build` made of it runs
 * compiled. Both give the same results; the interpreted form needs no build and passes values of Avro topics by
 * reference, without looking at their schemas.
 *
 * Each record is processed to its end, internal topics included, before `send` returns. Partitions are real: a record
 * stands in the partition of its key, and a repartition moves it. Stores can be read by name, and the process can be
 * restarted or killed between two commits.
 *
 * @example
 * ```ts
 * using driver = testDriver(revenue, { partitions: 3 })
 * driver.input(orders).send({ key: 'o1', value: { orderId: 'o1', amount: 20 }, timestamp: 1000 })
 * expect(driver.output(paid).readValues()).toEqual([{ orderId: 'o1', amount: 20 }])
 * ```
 *
 * @example Broken records
 * ```ts
 * driver.input(orders).sendRaw({ value: Buffer.from('no avro') })
 * expect(driver.output(topic('dead', { value: bytes() })).size).toBe(1)
 * ```
 */
export function testDriver(pipeline: Pipeline | GeneratedPipeline, options: TestDriverOptions = {}): TestDriver {
  const partitions = partitionCount(options.partitions)
  const print = options.print ?? printLine
  const { startTime = 0 } = options
  const oneStreamTime = options.streamTime === 'pipeline'
  const engine =
    'manifest' in pipeline
      ? compiledEngine(pipeline, { partitions, print, startTime, oneStreamTime })
      : interpretedEngine(recordGraph(pipeline), { partitions, print, commits: true, startTime, oneStreamTime })
  return driveEngine(engine, options)
}

/** A driver on an engine of one's own. */
export function driveEngine(engine: Engine, options: Omit<TestDriverOptions, 'print'> = {}): TestDriver {
  return new EngineDriver(engine, options)
}

const printLine: PrintRecord = (label, key, value) => {
  console.log(`[${label}]`, key, value)
}

function partitionCount(partitions: TestDriverOptions['partitions']): (topic: string) => number {
  return typeof partitions === 'object' ? (topic) => partitions[topic] ?? 1 : () => partitions ?? 1
}

class EngineDriver implements TestDriver {
  readonly #engine: Engine
  readonly #partitions: (topic: string) => number
  readonly #timestamp: number
  readonly #unread = new Map<string, WireRecord[]>()
  readonly #offsets = new Map<string, bigint>()
  readonly #commits: 'each-record' | 'manual'
  readonly #isExactlyOnce: boolean
  /** Records that were sent since the last commit. */
  #uncommitted: WireRecord[] = []
  /** Under exactly-once: outputs since then. */
  #pending: WireRecord[] = []
  #failure: RecordFailedError | undefined
  /** The record that is being processed, or that has failed. */
  #failing: WireRecord | undefined
  #dropped = 0
  /** Wall clock, ms. */
  #now: number

  constructor(engine: Engine, options: Omit<TestDriverOptions, 'print'>) {
    this.#engine = engine
    this.#partitions = partitionCount(options.partitions)
    this.#timestamp = options.timestamp ?? 0
    this.#now = options.startTime ?? 0
    this.#commits = options.commits ?? 'each-record'
    this.#isExactlyOnce = (options.guarantee ?? 'exactly_once') === 'exactly_once'
  }

  get dropped(): number {
    return this.#dropped
  }

  input<K, V>(topic: Sink<K, V>): TestInput<K, V> {
    const spec = specOf(topic)
    if (!this.#engine.sources.has(spec.name)) {
      throw new RangeError(`the pipeline reads no topic ${spec.name}; it reads ${[...this.#engine.sources].join(', ')}`)
    }
    return testInput<K, V>({
      name: spec.name,
      partitions: this.#partitions(spec.name),
      serdes: this.#engine.serdes(spec),
      defaultTimestamp: this.#timestamp,
      deliver: (record) => {
        this.#send(record)
      },
    })
  }

  output<K, V>(topic: Source<K, V>): TestOutput<K, V> {
    const spec = specOf(topic)
    const records = (): WireRecord[] => this.#unread.get(spec.name) ?? []
    return testOutput<K, V>(this.#engine.serdes(spec), {
      get size() {
        return records().length
      },
      take: () => records().shift(),
    })
  }

  store<K, V>(name: string): TestStore<K, V> {
    if (!this.#engine.stores.includes(name)) {
      throw new RangeError(`the pipeline has no store ${name}; it has ${this.#engine.stores.join(', ') || 'none'}`)
    }
    return testStore<K, V>(() => this.#engine.store(name) ?? [])
  }

  advanceWallClock(ms: number): void {
    if (!(ms >= 0)) throw new RangeError('the wall clock does not go back')
    this.#assertRuns()
    this.#now += ms
    this.#take(this.#engine.advanceWallClock(this.#now))
  }

  commit(): void {
    this.#engine.commit()
    // A record that failed is not done: whoever starts again meets it again.
    this.#uncommitted = this.#failing === undefined ? [] : [this.#failing]
    for (const output of this.#pending) this.#publish(output)
    this.#pending = []
  }

  restart(): void {
    this.commit()
    this.crash()
  }

  crash(): void {
    const again = this.#uncommitted
    this.#engine.crash()
    this.#uncommitted = []
    this.#pending = []
    this.#failure = undefined
    this.#failing = undefined
    for (const record of again) this.#process(record)
  }

  close(): void {
    this.#engine.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #send(record: Omit<WireRecord, 'offset'>): void {
    this.#assertRuns()
    this.#process(this.#withOffset(record))
  }

  #process(record: WireRecord): void {
    this.#uncommitted.push(record)
    this.#failing = record
    this.#take(this.#engine.process(record))
  }

  #assertRuns(): void {
    if (this.#failure === undefined) return
    throw new Error('the pipeline has stopped: an earlier record failed', { cause: this.#failure })
  }

  #take(outcomes: readonly EngineOutcome[]): void {
    for (const { result, record: processed, outputs } of outcomes) {
      for (const output of outputs) this.#write(output)
      if (result.kind === 'failed') this.#failure = new RecordFailedError(processed, result)
      else if (result.kind === 'skipped' || result.kind === 'dropped') this.#dropped++
    }
    if (this.#failure === undefined) this.#failing = undefined
    if (this.#commits === 'each-record') this.commit()
    if (this.#failure !== undefined) throw this.#failure
  }

  #write(output: Omit<WireRecord, 'offset'>): void {
    const record = this.#withOffset(output)
    if (this.#isExactlyOnce) this.#pending.push(record)
    else this.#publish(record)
  }

  #publish(output: WireRecord): void {
    const unread = this.#unread.get(output.topic) ?? []
    this.#unread.set(output.topic, unread)
    unread.push(output)
  }

  #withOffset(record: Omit<WireRecord, 'offset'>): WireRecord {
    const partition = `${record.topic}/${record.partition}`
    const offset = this.#offsets.get(partition) ?? 0n
    this.#offsets.set(partition, offset + 1n)
    return { ...record, offset }
  }
}

function specOf(topic: Sink<never, never> | Source<unknown, unknown>): TopicSpec {
  if (topic instanceof DeclaredTopic) return topic.spec
  throw new TypeError('this is no topic: it was not made by `topic(…)` of this millrace')
}
