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
import type { Engine, PrintRecord } from './engine.js'
import { interpretedEngine } from './interpreted-engine.js'
import { RecordFailedError } from './record-failed-error.js'
import { testInput, testOutput, type TestInput, type TestOutput } from './test-topics.js'

export interface TestDriverOptions {
  /** Partitions of all topics, or of each (others: 1). Default 1. */
  readonly partitions?: number | Readonly<Record<string, number>>
  /** Time stamp of records that are sent without one, in ms since the epoch. Default 0. */
  readonly timestamp?: number
  /** What `print` operators print. Default: a line on the console. */
  readonly print?: (label: string, key: unknown, value: unknown) => void
}

export interface TestDriver extends Disposable {
  /** A topic that the pipeline reads. */
  input<K, V>(topic: Sink<K, V>): TestInput<K, V>
  /** A topic that the pipeline writes, dead letters included. */
  output<K, V>(topic: Source<K, V>): TestOutput<K, V>
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
 * stands in the partition of its key, and a repartition moves it.
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
  const engine =
    'manifest' in pipeline
      ? compiledEngine(pipeline, { partitions, print })
      : interpretedEngine(recordGraph(pipeline), { partitions, print })
  return driveEngine(engine, options)
}

/** A driver on an engine of one's own. */
export function driveEngine(
  engine: Engine,
  options: Pick<TestDriverOptions, 'partitions' | 'timestamp'> = {},
): TestDriver {
  return new EngineDriver(engine, partitionCount(options.partitions), options.timestamp ?? 0)
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
  #failure: RecordFailedError | undefined
  #dropped = 0

  constructor(engine: Engine, partitions: (topic: string) => number, timestamp: number) {
    this.#engine = engine
    this.#partitions = partitions
    this.#timestamp = timestamp
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
        this.#process(record)
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

  close(): void {
    this.#engine.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #process(record: Omit<WireRecord, 'offset'>): void {
    if (this.#failure !== undefined) {
      throw new Error('the pipeline has stopped: an earlier record failed', { cause: this.#failure })
    }
    for (const { result, record: processed, outputs } of this.#engine.process(this.#withOffset(record))) {
      for (const output of outputs) this.#write(output)
      if (result.kind === 'failed') this.#failure = new RecordFailedError(processed, result)
      else if (result.kind === 'skipped' || result.kind === 'dropped') this.#dropped++
    }
    if (this.#failure !== undefined) throw this.#failure
  }

  #write(output: Omit<WireRecord, 'offset'>): void {
    const unread = this.#unread.get(output.topic) ?? []
    this.#unread.set(output.topic, unread)
    unread.push(this.#withOffset(output))
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
