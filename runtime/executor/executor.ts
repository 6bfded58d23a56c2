/**
 * Runs tasks with connections of its own: fetches their inputs, processes in slices, produces, and asks for commits once
 * outputs are acknowledged. Knows nothing of the group: the main thread says which tasks to run. Talks by
 * messages only.
 */
import type { GeneratedPipeline } from '../abi/index.js'
import { KafkaClient } from '../kafka/client.js'
import { Fetcher } from '../kafka/fetcher.js'
import { Producer } from '../kafka/producer.js'
import { fetchCommittedOffsets, type CommittedOffset } from '../kafka/offsets.js'
import { BufferPool } from '../kafka/record-batch/index.js'
import { formatTaskId, type TaskId } from '../kafka/task-id.js'
import { retry } from '../kafka/retry.js'
import { retryLog } from '../kafka/retry-log.js'
import { KafkajsTransport } from '../kafka/transport/kafkajs-transport.js'
import { TransactionalProducer } from '../kafka/transactional-producer.js'
import { KafkaProtocolError } from '../kafka/protocol/index.js'
import { HttpRegistry } from '../registry/http-registry.js'
import type { RuntimeRegistry } from '../registry/runtime-registry.js'
import { StoreSet } from '../state/store-set.js'
import { OpenOutputs } from '../task/outputs.js'
import { SchemaDirectory } from '../task/schemas.js'
import { DueProcessingError, RecordProcessingError } from '../task/task-error.js'
import { TaskInput } from '../task/task-input.js'
import { TaskRunner, type TaskEnvironment } from '../task/task-runner.js'
import { withoutDeadLetters } from '../task/without-dead-letters.js'
import { CommitBeat } from './commit-beat.js'
import { Committer } from './committer.js'
import type { ExecutorOptions } from './executor-options.js'
import { Linger } from './linger.js'
import { OutputTopics } from './output-topics.js'
import { RestoringTasks } from './restoring-tasks.js'
import { StandbyTasks } from './standby-tasks.js'
import { StateKeeper } from './state-keeper.js'
import { statusOf } from './task-status.js'
import { fixedTopics } from './topology.js'
import { TransactionalCommitter } from './transactional-committer.js'
import { GlobalTables } from './global-tables.js'
import { reportOf, type ExecutorCommand, type FromExecutor, type TaskStart, type ToExecutor } from './protocol.js'
import { WakeTimer } from './wake-timer.js'

/** A task gives way to the others after this long… */
const SLICE_MS = 10
/** …and all of them to the event loop. */
const TURN_MS = 20
/** What can be undone takes memory: beyond it, a commit does not wait for the interval. */
const MAX_JOURNAL_BYTES = 64 * 1024 * 1024
const STATUS_INTERVAL_MS = 1000
/** Of learning what the group has committed. */
const COMMITTED_MS = 60_000

export class Executor {
  readonly #options: ExecutorOptions
  readonly #pipeline: GeneratedPipeline
  readonly #post: (message: FromExecutor) => void
  readonly #client: KafkaClient
  readonly #onRetry: (error: Error) => void
  readonly #fetcher: Fetcher
  readonly #producer: Producer | TransactionalProducer
  readonly #registry: RuntimeRegistry | undefined
  readonly #schemas: SchemaDirectory
  readonly #tasks = new Map<string, TaskRunner>()
  readonly #restoring: RestoringTasks
  readonly #committer: Committer | TransactionalCommitter
  readonly #keeper: StateKeeper
  readonly #standbys: StandbyTasks
  readonly #globals: GlobalTables
  readonly #outputs: OutputTopics
  #scheduled = false
  readonly #linger: Linger
  /** For what tasks do by the wall clock. */
  readonly #wakeTimer = new WakeTimer(() => {
    this.#schedule()
  })
  readonly #commitBeat: CommitBeat
  #statusTimer: NodeJS.Timeout | undefined
  #isPaused = false
  #failed = false
  #closed = false

  constructor(options: ExecutorOptions, pipeline: GeneratedPipeline, post: (message: FromExecutor) => void) {
    this.#options = options
    this.#pipeline = pipeline
    this.#post = post
    const transport = new KafkajsTransport({
      ...options.connection,
      receiveBytes: options.fetch.budgetBytes,
      log: (level, message, fields) => {
        this.#log(level, message, fields)
      },
    })
    this.#client = new KafkaClient(transport, { requestTimeoutMs: options.requestTimeoutMs })
    this.#outputs = new OutputTopics(this.#client, new BufferPool(options.produce.bufferBytes), options)
    const onRetry = retryLog((level, message) => {
      this.#log(level, message, {})
    })
    this.#onRetry = onRetry
    const onFatal = (error: Error): void => {
      this.#fail(error)
    }
    const schedule = (): void => {
      this.#schedule()
    }
    const onTruncated = (message: string): void => {
      this.#log('warn', message, {})
    }
    this.#fetcher = new Fetcher(this.#client, options.fetch, {
      onData: schedule,
      onError: onFatal,
      onTruncated,
      onRetry,
    })
    this.#linger = new Linger(options, () => this.#producer instanceof Producer && this.#producer.isIdle, schedule)
    this.#commitBeat = new CommitBeat(options.commitIntervalMs, () => {
      if (this.#committer.isRunning) this.#commitLater()
      else void this.#commit()
    })
    const onIdle = (): void => {
      this.#linger.onIdle()
    }
    const callbacks = { onRoom: schedule, onIdle, onFatal, onRetry }
    if (options.transaction === undefined) {
      this.#producer = new Producer(this.#client, options.produce, callbacks)
      this.#committer = new Committer(this.#producer, (id, offsets) => {
        post({ type: 'commit', id, offsets, transaction: undefined })
      })
    } else {
      const onAbortable = (error: Error): void => {
        void this.#abort(error)
      }
      this.#producer = new TransactionalProducer(this.#client, options.produce, options.transaction, {
        ...callbacks,
        onAbortable,
      })
      this.#committer = new TransactionalCommitter(this.#producer, {
        request: (id, offsets, transaction) => {
          post({ type: 'commit', id, offsets, transaction })
        },
        restore: (committed) => {
          this.#restore(committed)
        },
        onReleased: schedule,
        onFatal,
      })
    }
    const { checkCrcs, fetch, stateDirectory, snapshotIntervalMs } = options
    this.#keeper = new StateKeeper(pipeline.manifest, this.#client, this.#fetcher, {
      directory: stateDirectory,
      snapshotIntervalMs,
      input: { checkCrcs, isolation: fetch.isolation },
      maxRecordBytes: (topic) => this.#outputs.maxRecordBytes(topic),
      warn: (message, fields) => {
        this.#log('warn', message, fields)
      },
      committed: (topic, partition) => this.#committer.committedOf(topic, partition),
      openRestorer: (id, input, stores) => this.#openRestorer(id, input, stores),
    })
    this.#restoring = new RestoringTasks(this.#keeper, this.#fetcher, {
      onReady: (task, stores, status) => {
        this.#open(task, stores)
        this.#log('debug', 'stores are restored', { task: formatTaskId(task.id), stores: status })
      },
      onNone: () => {
        this.#postStatus()
      },
    })
    this.#standbys = new StandbyTasks(pipeline.manifest, this.#keeper, this.#fetcher, (partitions) =>
      fetchCommittedOffsets(this.#client, options.applicationId, partitions, { timeoutMs: COMMITTED_MS, onRetry }),
    )
    this.#globals = new GlobalTables(pipeline.manifest, {
      fetcher: this.#fetcher,
      input: { checkCrcs, isolation: fetch.isolation },
      partitions: (topic) => this.#client.topic(topic)?.partitions.length ?? 0,
    })
    this.#registry = options.registry === undefined ? undefined : new HttpRegistry(options.registry)
    this.#schemas = new SchemaDirectory(pipeline.manifest, this.#registry)
  }

  /** Takes a message of the main thread. */
  receive(message: ToExecutor): void {
    if (message.type === 'committed') {
      this.#committer.answer(message.id, message.error)
      return
    }
    if (message.type === 'paused') {
      this.#isPaused = message.isPaused
      this.#schedule()
      return
    }
    const { id, command } = message
    this.#run(command).then(
      () => {
        this.#post({ type: 'done', id, failure: undefined })
      },
      (error: unknown) => {
        this.#post({ type: 'done', id, failure: reportOf(error) })
      },
    )
  }

  #run(command: ExecutorCommand): Promise<void> {
    switch (command.kind) {
      case 'start':
        return this.#start()
      case 'assign':
        return this.#assign(command.tasks, command.standbys)
      case 'revoke':
        return this.#revoke(command.tasks)
      case 'lose':
        return this.#lose(command.tasks)
      case 'close':
        return this.#close()
    }
  }

  async #start(): Promise<void> {
    const options = {
      timeoutMs: this.#options.startTimeoutMs,
      onRetry: this.#onRetry,
    }
    const topics = [...fixedTopics(this.#pipeline.manifest), ...this.#globals.topics]
    await this.#refresh(topics, options.timeoutMs)
    await Promise.all([
      this.#producer.start(options.timeoutMs),
      this.#schemas.load(options),
      retry(() => this.#outputs.learnLimits(topics), options),
    ])
    this.#globals.start(this.#environment())
    this.#commitBeat.begin()
    this.#statusTimer = setInterval(() => {
      this.#postStatus()
      // Snapshots become due, and a commit that failed is tried again, without input, too.
      this.#commitLater()
      this.#standbys.followCommits().catch(this.#onRetry)
    }, STATUS_INTERVAL_MS)
    this.#postStatus()
  }

  async #assign(tasks: readonly TaskStart[], standbys: readonly TaskId[]): Promise<void> {
    const topics = tasks.flatMap(({ inputs }) => inputs.map(({ topic }) => topic))
    await this.#refresh([...new Set([...topics, ...fixedTopics(this.#pipeline.manifest)])], Infinity)
    for (const { id } of tasks) this.#standbys.release(id)
    await Promise.all(tasks.map((task) => this.#prepare(task)))
    await this.#standbys.assign(standbys)
    this.#keeper.saveKept()
    // Before the command is answered: the application is not running yet.
    if (!this.#restoring.isEmpty) this.#postStatus()
    this.#schedule()
  }

  /** Opens a task, or begins to restore its stores. */
  async #prepare(task: TaskStart): Promise<void> {
    const committed = (topic: string): number | undefined => task.inputs.find((input) => input.topic === topic)?.offset
    const prepared = await this.#keeper.prepare(task.id, committed)
    if (prepared instanceof StoreSet) this.#open(task, prepared)
    else this.#restoring.add(task, prepared)
  }

  #open({ id, inputs: starts }: TaskStart, stores: StoreSet): void {
    const { checkCrcs, fetch } = this.#options
    const inputs = starts.map(({ topic, partition, offset, leaderEpoch, reset }) => {
      this.#committer.startAt({ topic, partition, offset, leaderEpoch })
      const source = this.#fetcher.assign(topic, partition, offset, reset, leaderEpoch)
      return new TaskInput(source, offset, { checkCrcs, isolation: fetch.isolation }, leaderEpoch)
    })
    const describe = this.#outputs.describe.bind(this.#outputs)
    const outputs = new OpenOutputs(this.#pipeline.manifest.sinks, describe)
    const deadLetters = new OpenOutputs([], describe)
    const changelogs = new OpenOutputs([], describe)
    const runner = new TaskRunner(id, inputs, outputs, deadLetters, this.#environment(), stores, changelogs)
    this.#tasks.set(formatTaskId(id), runner)
  }

  #openRestorer(id: TaskId, input: TaskInput, stores: StoreSet): TaskRunner {
    const nothing = new OpenOutputs([], () => undefined)
    const around = this.#environment()
    const environment = { ...around, pipeline: withoutDeadLetters(around.pipeline), isFull: () => false }
    return new TaskRunner(id, [input], nothing, nothing, environment, stores, nothing)
  }

  #environment(): TaskEnvironment {
    return {
      pipeline: this.#pipeline,
      schemas: this.#schemas,
      globals: this.#globals.stores,
      maxOpenBytes: this.#options.maxOpenBytes,
      send: (topic, partition, writer) => {
        this.#producer.send(topic, partition, writer)
      },
      isFull: () => this.#producer.isFull,
      print: (label, key, value) => {
        this.#post({ type: 'print', label, key, value })
      },
      lookUpTopic: async (topic) => {
        const info = (await this.#client.refresh([topic])).get(topic)
        if (info instanceof KafkaProtocolError && info.retriable && info.errorName !== 'UNKNOWN_TOPIC_OR_PARTITION') {
          throw info
        }
        if (info === undefined || info instanceof KafkaProtocolError) return false
        await this.#outputs.learnLimits([topic])
        return true
      },
      warn: (message, fields) => {
        this.#log('warn', message, fields)
      },
      onUnparked: () => {
        this.#schedule()
      },
    }
  }

  #schedule(): void {
    if (this.#scheduled || this.#failed || this.#closed) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#work()
    })
  }

  /** Lets tasks run, each for a slice at most, until the turn of the event loop is over. */
  #work(): void {
    if (this.#failed || this.#closed || this.#isHeld()) return
    const turnEnds = performance.now() + TURN_MS
    let more = false
    let journalBytes = 0
    let wakeAt = Infinity
    try {
      more = this.#globals.run(performance.now() + SLICE_MS)
      if (this.#restoring.run(SLICE_MS)) more = true
      const held = this.#isPaused || !this.#globals.isReady
      for (const [key, task] of held ? [] : [...this.#tasks]) {
        if (performance.now() >= turnEnds) {
          more = true
          break
        }
        if (task.run(performance.now() + SLICE_MS) === 'more') more = true
        journalBytes += task.stores.journalBytes
        wakeAt = Math.min(wakeAt, task.nextWallClock())
        // Who has run waits behind those who have not.
        this.#tasks.delete(key)
        this.#tasks.set(key, task)
      }
      if (this.#standbys.run(performance.now() + SLICE_MS)) more = true
      this.#linger.sealDue(this.#tasks.values(), more)
    } catch (error) {
      void this.#failRecord(error)
      return
    }
    if (journalBytes > MAX_JOURNAL_BYTES) void this.#commit()
    else this.#commitLater()
    if (more) this.#schedule()
    else this.#wakeTimer.set(wakeAt)
  }

  /** A transaction ends: `#schedule` follows when it has. */
  #isHeld(): boolean {
    return this.#committer instanceof TransactionalCommitter && this.#committer.isHeld
  }

  /** Everything before the failing record is whole: it is committed, so that a restart begins at that record. */
  async #failRecord(error: unknown): Promise<void> {
    this.#failed = true
    if (error instanceof RecordProcessingError || error instanceof DueProcessingError) {
      try {
        await this.#committer.commitFinally([...this.#tasks.values()])
      } catch (cause) {
        this.#log('warn', `no commit before the failure: ${String(cause)}`, {})
      }
    }
    this.#post({ type: 'failed', failure: reportOf(error) })
  }

  #fail(error: Error): void {
    if (this.#failed || this.#closed) return
    this.#failed = true
    this.#post({ type: 'failed', failure: reportOf(error) })
  }

  #commitLater(): void {
    if (!this.#failed && !this.#closed) this.#commitBeat.atNext()
  }

  async #commit(): Promise<void> {
    if (this.#failed || this.#closed) return
    try {
      await this.#committer.commitUnlessRunning([...this.#tasks.values()])
      for (const { stores } of this.#tasks.values()) if (stores.failure !== undefined) this.#fail(stores.failure)
      await this.#keeper.beginSnapshots([...this.#tasks.values()])
      this.#standbys.writeSnapshots()
    } catch (error) {
      this.#log('warn', error instanceof Error ? error.message : String(error), {})
    }
  }

  /** The tasks do not run any more from here on; what they did is committed. */
  async #revoke(ids: readonly TaskId[]): Promise<void> {
    const tasks: TaskRunner[] = []
    for (const id of ids) {
      this.#restoring.leave(id)
      const task = this.#tasks.get(formatTaskId(id))
      if (task === undefined) continue
      this.#tasks.delete(formatTaskId(id))
      for (const { source } of task.inputs) this.#fetcher.unassign(source)
      tasks.push(task)
    }
    try {
      // A transaction holds what all tasks have sent.
      const rest = this.#options.transaction === undefined ? [] : this.#tasks.values()
      if (!this.#failed) {
        await this.#committer.commitFinally([...tasks, ...rest])
        await this.#keeper.keep(tasks)
      }
    } catch (error) {
      this.#log(
        'warn',
        `tasks are revoked without a commit: ${error instanceof Error ? error.message : String(error)}`,
        {},
      )
    } finally {
      for (const task of tasks) {
        this.#forget(task)
        this.#keeper.release(task.stores)
      }
      await this.#keeper.released()
    }
  }

  /** What these tasks have sent in the open transaction must not commit; the others begin it again. */
  async #lose(ids: readonly TaskId[]): Promise<void> {
    const stores = ids.flatMap((id) => this.#tasks.get(formatTaskId(id))?.stores ?? [])
    this.#drop(ids)
    for (const each of stores) this.#keeper.release(each)
    if (this.#committer instanceof TransactionalCommitter && !this.#failed) await this.#committer.abort()
    await this.#keeper.released()
  }

  async #abort(reason: Error): Promise<void> {
    this.#log('warn', `the transaction is aborted: ${reason.message}`, {})
    try {
      if (this.#committer instanceof TransactionalCommitter) await this.#committer.abort()
    } catch (error) {
      this.#log('warn', error instanceof Error ? error.message : String(error), {})
    }
  }

  /** New tasks take the places of the old ones, at the committed offsets, with the stores as they were then. */
  #restore(committed: (key: string) => CommittedOffset | undefined): void {
    const starts = [...this.#tasks.values()].map(({ id, inputs, stores }) => ({
      id,
      stores,
      inputs: inputs.map(({ source: { topic, partition, key, reset }, offset, leaderEpoch }) => {
        return { topic, partition, reset, ...(committed(key) ?? { offset, leaderEpoch }) }
      }),
    }))
    for (const { id, inputs, stores } of starts) {
      this.#drop([id])
      stores.abort()
      this.#open({ id, inputs }, stores)
    }
  }

  #drop(ids: readonly TaskId[]): void {
    for (const id of ids) {
      this.#restoring.leave(id)
      const task = this.#tasks.get(formatTaskId(id))
      if (task === undefined) continue
      this.#tasks.delete(formatTaskId(id))
      for (const { source } of task.inputs) this.#fetcher.unassign(source)
      this.#forget(task)
    }
  }

  #forget(task: TaskRunner): void {
    this.#committer.forget(task)
    task.close()
    task.stores.snapshots?.discard()
  }

  async #close(): Promise<void> {
    this.#closed = true
    this.#commitBeat.stop()
    clearInterval(this.#statusTimer)
    this.#linger.stop()
    this.#wakeTimer.clear()
    this.#restoring.leaveAll()
    this.#standbys.releaseAll()
    for (const { stores } of this.#tasks.values()) this.#keeper.release(stores)
    this.#drop([...this.#tasks.values()].map(({ id }) => id))
    this.#globals.close()
    this.#keeper.saveKept()
    this.#committer.close()
    await this.#producer.close()
    const fetcherClosed = this.#fetcher.close()
    await this.#client.close()
    await fetcherClosed
    await this.#keeper.released()
    this.#registry?.close()
  }

  async #refresh(topics: readonly string[], timeoutMs: number): Promise<void> {
    if (topics.every((topic) => this.#client.topic(topic) !== undefined) && this.#client.nodes.length > 0) return
    await retry(
      async () => {
        for (const info of (await this.#client.refresh(topics)).values())
          if (info instanceof KafkaProtocolError) throw info
      },
      { timeoutMs, onRetry: this.#onRetry },
    )
  }

  #postStatus(): void {
    const tasks = [...this.#tasks.values()]
    this.#post({
      type: 'status',
      status: {
        tasks: tasks.map(statusOf),
        restoring: this.#restoring.status,
        standbys: this.#standbys.held,
        fetchedBytes: this.#fetcher.heldBytes,
        unacknowledgedBytes: this.#producer.bufferedBytes,
        transcodedMessages: this.#schemas.transcoded,
        commits: this.#committer.commits,
      },
    })
  }

  #log(level: 'debug' | 'warn', message: string, fields: object): void {
    this.#post({ type: 'log', level, message, fields })
  }
}
