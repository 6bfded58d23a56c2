/**
 * Runs one generated task over its inputs: hands it sections of raw records in the order of their event times, seals its
 * outputs between records, applies the policy of record errors, parks it while a schema or a topic is looked up.
 * Synchronous, in slices; nothing here happens per record.
 */
import { Stop, type GeneratedPipeline, type GeneratedTask, type ManifestOperator } from '../abi/index.js'
import { CorruptBatchError, DecompressionError, type BatchWriter } from '../kafka/record-batch/index.js'
import type { TaskId } from '../kafka/task-id.js'
import type { ErrorPolicy } from '../../dsl/model/graph.js'
import { writeChanges } from '../state/changelog.js'
import type { StoreSet } from '../state/store-set.js'
import { DeadLetters, type FailedRecord } from './dead-letter.js'
import { headRecord } from './failed-record.js'
import type { OpenOutputs } from './outputs.js'
import type { SchemaDirectory } from './schemas.js'
import { DueProcessingError, RecordProcessingError, reasonOf } from './task-error.js'
import type { TaskInput } from './task-input.js'
import { newTaskMetrics, type TaskMetrics } from './task-metrics.js'

export interface TaskEnvironment {
  readonly pipeline: GeneratedPipeline
  readonly schemas: SchemaDirectory
  /** Global tables of the process. */
  readonly globals: StoreSet
  /** Most bytes in the open batches of a task before all are sealed. */
  readonly maxOpenBytes: number
  send(topic: string, partition: number, writer: BatchWriter): void
  /** Whether the producer holds as much as it may. */
  isFull(): boolean
  print(label: string, key: unknown, value: unknown): void
  /** Looks a chosen topic up; resolves to whether it exists. */
  lookUpTopic(topic: string): Promise<boolean>
  warn(message: string, fields: object): void
  /** A parked task may go on. */
  onUnparked(): void
}

/** What a task wants next. */
export type Progress =
  /** There is more to do at once. */
  | 'more'
  /** Nothing is buffered, or an input that still lags is empty. */
  | 'waiting'
  /** Something is being looked up. */
  | 'parked'
  /** The producer is full. */
  | 'full'

const CORRUPT_TRIES = 2
const PARKED_RETRY_MS = 1000

export class TaskRunner {
  readonly id: TaskId
  readonly inputs: readonly TaskInput[]
  readonly stores: StoreSet
  readonly metrics: TaskMetrics = newTaskMetrics()
  /** When the oldest record in the open batches was written, `performance.now()`; 0: they are empty. */
  openSince = 0
  /** Set while the task is parked, for metrics and readiness. */
  parkedFor: string | undefined

  readonly #environment: TaskEnvironment
  readonly #task: GeneratedTask
  readonly #context: { deadline: number }
  readonly #outputs: OpenOutputs
  readonly #deadLetters: DeadLetters
  readonly #changelogs: OpenOutputs
  /** Inputs with tables that are still to be read to their ends before the others are looked at. */
  readonly #awaited: Set<TaskInput>
  #changelogSerial = 0
  readonly #missingTopics = new Set<string>()
  #corruptTries = 0
  /** Stream time has made something due. */
  #isDue = true
  #closed = false

  constructor(
    id: TaskId,
    inputs: readonly TaskInput[],
    outputs: OpenOutputs,
    deadLetterOutputs: OpenOutputs,
    environment: TaskEnvironment,
    stores: StoreSet,
    changelogs: OpenOutputs,
  ) {
    this.id = id
    this.inputs = inputs
    this.stores = stores
    this.#changelogs = changelogs
    this.#environment = environment
    this.#awaited = new Set(awaitedOf(environment.pipeline, id, inputs))
    this.#outputs = outputs
    this.#deadLetters = new DeadLetters(deadLetterOutputs)
    const context = {
      partition: id.partition,
      outputs,
      schemas: environment.schemas,
      stores,
      globals: environment.globals,
      log: {
        print: (label: string, key: unknown, value: unknown) => {
          environment.print(label, key, value)
        },
      },
      now: Date.now,
      isIdle: () => inputs.every((input) => input.isIdle),
      deadline: 0,
    }
    this.#context = context
    this.#task = environment.pipeline.createTask(id.subTopology, context)
  }

  /** Records taken in by each operator. */
  get counts(): Float64Array {
    return this.#task.counts
  }

  /** Processes until `deadline` (`performance.now()`) or until there is nothing to do. */
  run(deadline: number): Progress {
    if (this.parkedFor !== undefined) return 'parked'
    const started = performance.now()
    this.#context.deadline = deadline
    try {
      for (;;) {
        if (this.#environment.isFull()) return 'full'
        const due = this.#tick()
        if (due !== undefined) return due
        const input = this.#pick()
        if (input === undefined) return this.#isParked() ? 'parked' : 'waiting'
        const progress = this.#step(input)
        if (progress !== undefined) return progress
        if (performance.now() >= deadline) return 'more'
      }
    } finally {
      const now = performance.now()
      this.metrics.processMs += now - started
      this.#afterSlice(started)
    }
  }

  /** When the wall clock makes something due, ms since the epoch; Infinity: never. */
  nextWallClock(): number {
    return this.#task.nextWallClock()
  }

  /** Sends all open batches. */
  seal(): void {
    this.openSince = 0
    this.#outputs.seal((topic, partition, writer) => {
      this.#environment.send(topic, partition, writer)
    })
    this.#deadLetters.outputs.seal((topic, partition, writer) => {
      this.#environment.send(topic, partition, writer)
    })
  }

  /**
   * Sends all open batches and what has changed in the stores since the last commit. What happens then is the
   * committer's: `stores.commit` or `stores.abort`.
   */
  sealForCommit(): void {
    for (const { description, forms, table } of this.stores.all) {
      if (description.changelog === undefined || description.changelog.restoredBy !== undefined) continue
      const writer = this.#changelogs.topic(description.changelog.topic)?.writers[this.id.partition]
      if (writer === undefined) throw new Error(`no metadata of changelog ${description.changelog.topic}`)
      this.metrics.changelogged += writeChanges(table, writer, this.#changelogSerial++, forms.current)
    }
    this.#changelogs.seal((topic, partition, writer) => {
      this.#environment.send(topic, partition, writer)
    })
    this.seal()
  }

  close(): void {
    this.#closed = true
    this.#task.close()
  }

  /** parkedFor is set by calls in between, which the type checker does not see. */
  #isParked(): boolean {
    return this.parkedFor !== undefined
  }

  #afterSlice(started: number): void {
    const bytes = this.#outputs.bytes + this.#deadLetters.outputs.bytes
    if (bytes === 0) this.openSince = 0
    else if (bytes >= this.#environment.maxOpenBytes) this.seal()
    else if (this.openSince === 0) this.openSince = started
  }

  /** The input whose head is earliest, or undefined when one that must be waited for is empty. */
  #pick(): TaskInput | undefined {
    const [only] = this.inputs
    if (this.inputs.length === 1 && only !== undefined) return this.#open(only) ? only : undefined
    return this.#earliest(this.#awaited) ?? (this.#awaited.size === 0 ? this.#earliest(this.inputs) : undefined)
  }

  #earliest(inputs: Iterable<TaskInput>): TaskInput | undefined {
    let earliest: TaskInput | undefined
    for (const input of inputs) {
      if (!this.#lookAtHead(input)) {
        if (this.#isParked() || !input.source.caughtUp) return undefined
        this.#awaited.delete(input)
        continue
      }
      if (earliest === undefined || headOf(input) < headOf(earliest)) earliest = input
    }
    return earliest
  }

  /** Opens the next section; false when there is none, or the task got parked. */
  #open(input: TaskInput): boolean {
    for (;;) {
      try {
        return input.advance()
      } catch (error) {
        if (!(error instanceof CorruptBatchError || error instanceof DecompressionError)) throw error
        if (this.#corruptTries++ < CORRUPT_TRIES) {
          this.#environment.warn(`${error.message}; fetching it again`, { partition: input.source.key })
          input.refetch()
          return false
        }
        this.#skipCorruptBatch(input, error)
      }
    }
  }

  /** Makes sure that the head of the input has a time; false when the input is empty or the task got parked. */
  #lookAtHead(input: TaskInput): boolean {
    while (input.headTimestamp === undefined) {
      if (!this.#open(input)) return false
      const { section, position } = input
      if (section === undefined) return false
      const index = this.inputs.indexOf(input)
      const stop = this.#task.peek(index, section.buffer, section.view, position, section.end, section)
      switch (stop) {
        case Stop.End:
          if (this.#task.position >= section.end) input.finishSection()
          else {
            input.position = this.#task.position
            input.headTimestamp = this.#task.headTimestamp
          }
          break
        case Stop.UnknownSchema:
          if (!this.#resolveSchema(input)) return false
          break
        case Stop.RecordError:
          this.#recordError(input, this.#task.failedOperator, this.#task.error)
          break
        default:
          throw new Error(`peek stopped with ${stop}`)
      }
    }
    return true
  }

  /** One call of `process`; undefined: go on. */
  #step(input: TaskInput): Progress | undefined {
    const { section } = input
    if (section === undefined) return undefined
    const task = this.#task
    const index = this.inputs.indexOf(input)
    const until = this.#untilTimestamp(index)
    const stop = task.process(index, section.buffer, section.view, input.position, section.end, section, until)
    this.#advance(input)
    switch (stop) {
      case Stop.End:
        input.finishSection()
        this.#corruptTries = 0
        return undefined
      case Stop.TimeLimit:
        input.headTimestamp = task.headTimestamp
        return undefined
      case Stop.OutputFull:
        this.seal()
        return undefined
      case Stop.TimeSlice:
        return 'more'
      case Stop.UnknownSchema:
        return this.#resolveSchema(input) ? undefined : 'parked'
      case Stop.UnknownTopic:
        return this.#resolveTopic(input, task.unknownTopic) ? undefined : 'parked'
      case Stop.RecordError:
        this.#recordError(input, task.failedOperator, task.error)
        return undefined
      case Stop.Due:
        this.#isDue = true
        return undefined
    }
  }

  /** Does what is due; undefined: nothing is left. What fails has no record to go on behind: it is dropped, or ends the task. */
  #tick(): Progress | undefined {
    const task = this.#task
    if (!this.#isDue && task.nextWallClock() > Date.now()) return undefined
    for (;;) {
      const stop = task.tick()
      // Whatever is left is done first: records behind it would be ahead of their time.
      this.#isDue = stop !== Stop.End
      switch (stop) {
        case Stop.End:
          return undefined
        case Stop.OutputFull:
          this.seal()
          if (this.#environment.isFull()) return 'full'
          break
        case Stop.TimeSlice:
          return 'more'
        case Stop.UnknownTopic:
          if (!this.#findTopic(task.unknownTopic)) return 'parked'
          this.#dropDue(-1, missingTopic(task.unknownTopic))
          break
        case Stop.RecordError:
          this.#dropDue(task.failedOperator, task.error)
          break
        default:
          throw new Error(`what was due stopped with ${stop}`)
      }
    }
  }

  #dropDue(operatorId: number, error: unknown): void {
    const operator = this.#operator(operatorId)
    if (this.#policyOf(operator).kind === 'fail') throw new DueProcessingError(this.id, operator, error)
    this.metrics.skipped++
    const fields = { task: `${this.id.subTopology}_${this.id.partition}`, operator: operator?.label }
    this.#environment.warn(`what was due is skipped: ${reasonOf(error)}`, { ...fields, source: operator?.source })
    this.#task.skipDue()
  }

  #advance(input: TaskInput): void {
    const { position, nextOffset } = this.#task
    input.position = position
    input.headTimestamp = undefined
    if (nextOffset > input.offset) {
      this.metrics.processed += nextOffset - input.offset
      this.metrics.lastRecordAt = Date.now()
      input.offset = nextOffset
    }
  }

  /** Ties go to the input with the lower index. */
  #untilTimestamp(index: number): number {
    let until = Infinity
    for (let other = 0; other < this.inputs.length; other++) {
      const head = this.inputs[other]?.headTimestamp
      if (other === index || head === undefined) continue
      until = Math.min(until, index < other ? head : head - 1)
    }
    return until
  }

  /** Whether the task can go on at once. */
  #resolveSchema(input: TaskInput): boolean {
    const id = this.#task.unknownSchemaId
    const { schemas } = this.#environment
    if (schemas.stateOf(id) === 'missing') {
      const part = this.#task.unknownSchemaInKey ? 'key' : 'value'
      this.#recordError(input, -1, new Error(`the schema registry does not know schema id ${id} of the ${part}`))
      return true
    }
    this.#park(`schema id ${id}`, async () => {
      await schemas.resolve(id)
      if (schemas.slotOf(id) === -2) {
        this.#environment.warn(
          `schema id ${id} was not in the schema lock when the pipeline was built: its messages are read slowly; ` +
            'run `millrace schema pull` and build again',
          { partition: input.source.key },
        )
      }
    })
    return false
  }

  #resolveTopic(input: TaskInput, topic: string): boolean {
    if (!this.#findTopic(topic)) return false
    this.#recordError(input, -1, missingTopic(topic))
    return true
  }

  /** Whether it is known not to exist; else the task is parked until somebody knows. */
  #findTopic(topic: string): boolean {
    if (this.#missingTopics.has(topic)) return true
    this.#park(`topic ${topic}`, async () => {
      if (await this.#environment.lookUpTopic(topic)) return
      this.#missingTopics.add(topic)
      setTimeout(() => this.#missingTopics.delete(topic), PARKED_RETRY_MS * 10).unref()
    })
    return false
  }

  /** Holds the task until `action` succeeds; everything before the head record may be committed meanwhile. */
  #park(reason: string, action: () => Promise<void>): void {
    this.parkedFor = reason
    const unpark = (): void => {
      this.parkedFor = undefined
      if (!this.#closed) this.#environment.onUnparked()
    }
    action().then(unpark, (error: unknown) => {
      this.#environment.warn(`waiting for ${reason}: ${reasonOf(error)}`, {})
      setTimeout(unpark, PARKED_RETRY_MS).unref()
    })
  }

  /** Applies the policy to the head record of the input and goes on behind it, or throws. */
  #recordError(input: TaskInput, operatorId: number, error: unknown): void {
    const operator = this.#operator(operatorId)
    let head
    try {
      head = headRecord(input, error)
    } catch (framing) {
      if (!(framing instanceof CorruptBatchError)) throw framing
      this.#skipRestOfSection(input, framing)
      return
    }
    this.#apply(this.#policyOf(operator), operator, head)
    this.metrics.processed += Math.max(0, head.offset + 1 - input.offset)
    input.offset = Math.max(input.offset, head.offset + 1)
    input.position = head.nextPosition
    input.headTimestamp = undefined
    if (input.section !== undefined && input.position >= input.section.end) input.finishSection()
  }

  #operator(id: number): ManifestOperator | undefined {
    return this.#environment.pipeline.manifest.operators.find((operator) => operator.id === id)
  }

  #policyOf(operator: ManifestOperator | undefined): ErrorPolicy {
    return operator?.onError ?? this.#environment.pipeline.manifest.onError
  }

  #apply(policy: ErrorPolicy, operator: ManifestOperator | undefined, record: FailedRecord): void {
    const { topic, partition, offset, error } = record
    const fields = { topic, partition, offset, operator: operator?.label, source: operator?.source }
    switch (policy.kind) {
      case 'fail':
        throw new RecordProcessingError(topic, partition, offset, operator, error)
      case 'skip':
        this.metrics.skipped++
        this.#environment.warn(`record skipped: ${reasonOf(error)}`, fields)
        return
      case 'dead-letter':
        this.#deadLetters.write(policy.topic, record)
        this.metrics.deadLettered++
        this.#environment.warn(`record sent to ${policy.topic}: ${reasonOf(error)}`, fields)
        return
    }
  }

  /** Nothing of a batch with a wrong checksum can be trusted: the policy applies to all of it. */
  #skipCorruptBatch(input: TaskInput, error: unknown): void {
    const { bytes, firstOffset } = input.corruptBatch()
    const { topic, partition } = input.source
    const record = {
      ...{ topic, partition, offset: firstOffset, timestamp: Date.now(), key: null },
      ...{ value: Buffer.from(bytes), headers: undefined, error },
    }
    this.#apply(this.#environment.pipeline.manifest.onError, undefined, record)
    this.metrics.corruptBatches++
    this.#corruptTries = 0
    input.skipCorruptBatch()
  }

  #skipRestOfSection(input: TaskInput, error: unknown): void {
    const { section } = input
    if (section === undefined) return
    const { topic, partition } = input.source
    const record = {
      ...{ topic, partition, offset: input.offset, timestamp: Date.now(), key: null },
      ...{ value: Buffer.from(section.buffer.subarray(input.position, section.end)), headers: undefined, error },
    }
    this.#apply(this.#environment.pipeline.manifest.onError, undefined, record)
    this.metrics.corruptBatches++
    input.finishSection()
  }
}

/** Of a task that has fewer inputs than its sub-topology, since a topic is narrower, those that it has. */
const awaitedOf = (
  { manifest }: GeneratedPipeline,
  { subTopology }: TaskId,
  inputs: readonly TaskInput[],
): TaskInput[] => {
  const found = manifest.subTopologies.find(({ id }) => id === subTopology)
  const topics = new Set(found?.awaited.map((index) => found.inputs[index]?.topic))
  return inputs.filter(({ source }) => topics.has(source.topic))
}

const missingTopic = (topic: string): Error => new Error(`the chosen topic "${topic}" does not exist`)

const headOf = (input: TaskInput): number => input.headTimestamp ?? Infinity
