/**
 * An application: one compiled pipeline in this process. Owns the group membership and the executors, keeps the state,
 * closes everything it opened. A failure of a record under policy `fail`, of the group or of an executor ends it in
 * state ERROR, with what was done committed as far as possible.
 */
import { randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import type { GeneratedPipeline, Manifest } from './abi/index.js'
import { connectionOptions, readSettings, type AppSettings, type Settings } from './config.js'
import { ExecutorHandle, type OpenChannel } from './executor/executor-handle.js'
import { executorOptions } from './executor-settings.js'
import { inlineChannel } from './executor/inline-channel.js'
import { TaskCoordinator } from './executor/task-coordinator.js'
import { withApplicationId } from './executor/with-application-id.js'
import { workerChannel } from './executor/worker-channel.js'
import type { HttpServer } from './http.js'
import { AuthorizationError } from './kafka/authorization-error.js'
import { KafkaClient } from './kafka/client.js'
import { pause, retry } from './kafka/retry.js'
import { retryLog } from './kafka/retry-log.js'
import { KafkajsTransport } from './kafka/transport/kafkajs-transport.js'
import { checkPipeline, loadPipeline, urlOf } from './load-pipeline.js'
import { defaultLogger, type Logger } from './log.js'
import { checkSourceTopics } from './source-topics.js'
import { prepareTopics } from './prepare-topics.js'
import { formatTaskId, type TaskId } from './kafka/task-id.js'
import { heldSnapshots } from './state/held-snapshots.js'
import { StateDirectory } from './state/state-directory.js'
import { UncaughtErrors, type UncaughtErrorHandler, type UncaughtErrorResponse } from './uncaught-errors.js'
import { StateMachine, type AppState, type StateListener } from './state.js'

export interface AppOptions extends Omit<AppSettings, 'onUncaughtError'> {
  /**
   * What to do when a worker fails, also by a record under policy `fail`: one answer for all, or a function of the
   * error. Default: `stop_client`.
   */
  readonly onUncaughtError?: UncaughtErrorResponse | UncaughtErrorHandler
  /** The generated module, or its path or URL; worker threads need one of the latter two. */
  readonly pipeline: GeneratedPipeline | string | URL
  /** Default: pino, to standard error. */
  readonly logger?: Logger
  /** Takes what the `print` operator prints. Default: a line on standard output. */
  readonly onPrint?: (label: string, key: unknown, value: unknown) => void
  /** Default: `process.env`; its `MILLRACE_…` variables win over the options. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

export interface CloseOptions {
  /**
   * Whether the process leaves the consumer group, so that others take its tasks over at once, or remains until its
   * session ends, so that its tasks wait for it to come back. Default: `remain` with a `groupInstanceId`, else `leave`.
   */
  readonly group?: 'leave' | 'remain'
}

const PROTOCOL = 'millrace-2'
/** Checks the options; connects at `start`. Throws `ConfigError`. */
export const createApp = (options: AppOptions): App => new App(options)

export class App {
  readonly #options: AppOptions
  readonly #settings: Settings
  readonly #states = new StateMachine()
  readonly #starting = new AbortController()
  readonly #log: Logger
  #client: KafkaClient | undefined
  readonly #uncaught: UncaughtErrors
  readonly #onRetry: (error: Error) => void
  #executors: readonly ExecutorHandle[] = []
  #coordinator: TaskCoordinator | undefined
  #http: HttpServer | undefined
  #stateDirectory: StateDirectory | undefined
  /** Tasks that are assigned and not said to run yet. */
  #assigned: readonly TaskId[] | undefined
  /** Tasks, as text, that come here once their state is, and by how many records it was behind at the last assignment. */
  #awaited: ReadonlyMap<string, number> = new Map()
  #error: Error | undefined
  /** Undefined: dynamic members do, static ones do not. */
  #leaves: boolean | undefined
  /** It has been running and nothing has stopped its tasks since. */
  #keepsRunning = false
  #isPaused = false
  #closing: Promise<void> | undefined

  constructor(options: AppOptions) {
    this.#options = options
    const { pipeline: _pipeline, logger, onPrint: _onPrint, env, onUncaughtError, ...settings } = options
    const policy = typeof onUncaughtError === 'string' ? { onUncaughtError } : {}
    this.#settings = readSettings({ ...settings, ...policy }, env ?? process.env)
    this.#uncaught = new UncaughtErrors(
      typeof onUncaughtError === 'function' ? onUncaughtError : this.#settings.onUncaughtError,
    )
    this.#log = logger ?? defaultLogger('millrace')
    this.#onRetry = retryLog((level, message) => {
      this.#log[level]({}, message)
    })
  }

  get state(): AppState {
    return this.#states.state
  }

  /** Why the application is in state ERROR. */
  get error(): Error | undefined {
    return this.#error
  }

  /** Where metrics are served; undefined without HTTP. */
  get httpAddress(): string | undefined {
    return this.#http?.address
  }

  /**
   * Rebalances are cooperative: tasks that stay go on, and a process that was ready stays so, as Kafka Streams'
   * `isRunningOrRebalancing` has it; but not when its tasks are lost or its worker is replaced.
   */
  get #isReady(): boolean {
    return this.state === 'RUNNING' || (this.state === 'REBALANCING' && this.#keepsRunning)
  }

  /** Returns its unsubscription. */
  onStateChange(listener: StateListener): () => void {
    return this.#states.onChange(listener)
  }

  /** Resolves when tasks run for the first time, or this one of several processes waits for tasks. */
  async start(): Promise<void> {
    if (this.state !== 'CREATED' || this.#client !== undefined) throw new Error('an application starts once')
    try {
      await this.#start()
      await this.#states.reached('RUNNING')
    } catch (error) {
      if (this.#error !== undefined) throw this.#error
      const failure = error instanceof Error ? error : new Error(String(error))
      if (this.#starting.signal.aborted) throw failure
      await this.#fail(failure)
      throw failure
    }
  }

  /** Drains: stops fetching, waits for acknowledgements, commits, leaves the group. Bounded by `shutdownTimeout`. */
  async close(options: CloseOptions = {}): Promise<void> {
    if (options.group !== undefined) this.#leaves = options.group === 'leave'
    if (!this.#states.enter('PENDING_SHUTDOWN')) {
      await this.#closing
      return
    }
    await this.#shutDown()
    this.#states.enter('NOT_RUNNING')
  }

  /**
   * Stops processing after the present records; the process stays in the group, keeps its tasks and heartbeats, commits
   * what is done and goes on to restore stores. May be called at any time, also before `start`.
   */
  pause(): void {
    this.#setPaused(true)
  }

  /** Goes on where `pause` stopped. */
  resume(): void {
    this.#setPaused(false)
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  #setPaused(isPaused: boolean): void {
    if (this.#isPaused === isPaused) return
    this.#isPaused = isPaused
    for (const executor of this.#executors) executor.setPaused(isPaused)
    this.#log.info({}, isPaused ? 'paused' : 'resumed')
  }

  /** Resolves when the application is NOT_RUNNING; rejects with the error when it is in ERROR. */
  async finished(): Promise<void> {
    const state = await this.#states.reached('NOT_RUNNING', 'ERROR')
    if (state === 'ERROR') throw this.#error ?? new Error('the application failed')
  }

  async #start(): Promise<void> {
    const { pipeline: given } = this.#options
    const compiled =
      given instanceof URL || typeof given === 'string'
        ? await loadPipeline(given)
        : checkPipeline(given, 'the pipeline')
    const applicationId = this.#settings.applicationId ?? compiled.manifest.applicationId
    const pipeline = withApplicationId(compiled, applicationId)
    const { manifest } = pipeline
    const processId = randomUUID()
    const client = this.#openClient(applicationId)
    this.#client = client
    await this.#prepare(client, manifest)
    if (this.#settings.http !== false) await this.#serve(this.#settings.http, manifest, applicationId)
    if (manifest.stores.length > 0) this.#stateDirectory = this.#lockState(applicationId)
    this.#executors = this.#openExecutors(pipeline, applicationId, processId)
    if (this.#isPaused) for (const executor of this.#executors) executor.setPaused(true)
    await Promise.all(this.#executors.map((executor) => executor.start()))
    this.#starting.signal.throwIfAborted()
    this.#coordinator = this.#openCoordinator(client, manifest, applicationId, processId)
    this.#states.enter('REBALANCING')
    this.#coordinator.start()
  }

  /** Loaded when it is wanted: a good part of the start-up time. */
  async #serve(http: Exclude<Settings['http'], false>, manifest: Manifest, applicationId: string): Promise<void> {
    const [{ AppMetrics }, { startHttpServer }] = await Promise.all([import('./metrics.js'), import('./http.js')])
    const metrics = new AppMetrics(manifest, applicationId, () => ({
      state: this.state,
      executors: this.#executors,
      awaited: this.#awaited,
    }))
    this.#http = await startHttpServer(
      http,
      metrics,
      () => this.state,
      () => this.#isReady,
    )
    this.#log.info({ address: this.#http.address }, 'metrics, health and readiness')
  }

  /** Without snapshots a restart is slow, not wrong. */
  #lockState(applicationId: string): StateDirectory | undefined {
    const { directory } = this.#settings.state
    if (directory === false) return undefined
    try {
      return StateDirectory.lock(directory, applicationId)
    } catch (error) {
      this.#log.warn(
        { err: error },
        `no snapshots of stores: ${error instanceof Error ? error.message : String(error)}`,
      )
      return undefined
    }
  }

  get #isExactlyOnce(): boolean {
    return this.#settings.guarantee === 'exactly_once'
  }

  #openClient(applicationId: string): KafkaClient {
    const transport = new KafkajsTransport({
      ...connectionOptions(this.#settings, `${applicationId}-main`),
      log: (level, message, fields) => {
        this.#log[level](fields, message)
      },
    })
    return new KafkaClient(transport, { requestTimeoutMs: this.#settings.requestTimeout })
  }

  async #prepare(client: KafkaClient, manifest: Manifest): Promise<void> {
    let told = ''
    const options = {
      timeoutMs: this.#settings.startTimeout,
      signal: this.#starting.signal,
      onRetry: (error: Error) => {
        if (error instanceof AuthorizationError) this.#onRetry(error)
        else if (error.message !== told) this.#log.warn({}, `${error.message}; trying again`)
        told = error.message
      },
    }
    await retry(async () => {
      await client.version(-1, 'control', { key: 3, name: 'Metadata', minVersion: 4, maxVersion: 12 })
    }, options)
    await prepareTopics(client, manifest, options, (topics) => {
      this.#log.warn({ topics }, 'waiting for topics that do not exist')
    })
    await checkSourceTopics(client, manifest, options, (message) => {
      this.#log.warn({}, message)
    })
  }

  #heldState(client: KafkaClient): ReadonlyMap<string, number> {
    const isCurrent = (topic: string, topicId: string): boolean => {
      const known = client.topic(topic)
      return known === undefined || known.topicId === topicId
    }
    const held = new Map(this.#stateDirectory && heldSnapshots(this.#stateDirectory.path, isCurrent))
    for (const { task, position } of this.#executors.flatMap(({ status }) => status.standbys)) {
      held.set(task, Math.max(position, held.get(task) ?? 0))
    }
    return held
  }

  #openExecutors(pipeline: GeneratedPipeline, applicationId: string, processId: string): readonly ExecutorHandle[] {
    const { pipeline: given } = this.#options
    const located = given instanceof URL || typeof given === 'string'
    const threads = this.#settings.threads ?? (located ? 1 : 0)
    if (threads > 0 && !located) {
      throw new Error('worker threads load the pipeline themselves: give its path or URL, or set threads to 0')
    }
    const url = given instanceof URL ? given : typeof given === 'string' ? urlOf(given) : undefined
    const stateDirectory = this.#stateDirectory?.path
    return Array.from({ length: Math.max(1, threads) }, (_, index) => {
      const options = executorOptions(this.#settings, { applicationId, processId, index, stateDirectory })
      const open =
        threads === 0 || url === undefined
          ? inlineChannel(options, pipeline)
          : workerChannel(options, url.href, `millrace-${index}`)
      return this.#openExecutor(open)
    })
  }

  #openExecutor(open: OpenChannel): ExecutorHandle {
    const executor: ExecutorHandle = new ExecutorHandle(open, {
      commit: (offsets, transaction) =>
        this.#coordinator?.commit(offsets, transaction) ?? Promise.resolve('the group is not joined'),
      onFailed: (error) => {
        void this.#executorFailed(executor, error)
      },
      onPrint: this.#options.onPrint ?? printLine,
      onLog: (level, message, fields) => {
        this.#log[level](fields, message)
      },
      onRestored: () => {
        this.#runWhenRestored()
      },
    })
    return executor
  }

  async #executorFailed(executor: ExecutorHandle, error: Error): Promise<void> {
    const coordinator = this.#coordinator
    if (executor.isDown || coordinator === undefined || this.#closing !== undefined) return this.#fail(error)
    switch (this.#uncaught.responseTo(error)) {
      case 'replace_worker':
        return this.#replace(executor, coordinator, error)
      case 'stop_client':
        return this.#fail(error)
      case 'stop_application':
        executor.isDown = true
        this.#log.error({ err: error }, `the application is stopped: ${error.message}`)
        await coordinator.stopApplication(error.message, this.#settings.shutdownTimeout)
        return this.#fail(error)
    }
  }

  async #replace(executor: ExecutorHandle, coordinator: TaskCoordinator, error: Error): Promise<void> {
    executor.isDown = true
    const waits = this.#uncaught.nextPause()
    this.#log.error({ err: error }, `a worker is replaced${waits === 0 ? '' : ` in ${waits} ms`}: ${error.message}`)
    this.#assigned = undefined
    this.#keepsRunning = false
    this.#states.enter('REBALANCING')
    try {
      await pause(waits, this.#starting.signal)
      if (this.#starting.signal.aborted) return
      await executor.restart()
      await coordinator.resume(executor)
    } catch (cause) {
      if (this.#starting.signal.aborted) return
      await this.#fail(cause instanceof Error ? cause : new Error(String(cause)))
    }
  }

  #openCoordinator(client: KafkaClient, manifest: Manifest, groupId: string, processId: string): TaskCoordinator {
    const settings = this.#settings
    return new TaskCoordinator(
      client,
      manifest,
      this.#executors,
      {
        group: {
          groupId,
          groupInstanceId: settings.groupInstanceId ?? null,
          sessionTimeoutMs: settings.sessionTimeout,
          heartbeatIntervalMs: settings.heartbeatInterval,
          maxPollIntervalMs: settings.maxPollInterval,
          protocolName: PROTOCOL,
        },
        processId,
        capacity: this.#executors.length,
        reset: settings.autoOffsetReset,
        metadataMaxAgeMs: settings.metadataMaxAge,
        purgeIntervalMs: settings.repartitionPurgeInterval,
        exactlyOnce: this.#isExactlyOnce,
        standbys: settings.standbys,
        acceptableRecoveryLag: settings.acceptableRecoveryLag,
        maxWarmupReplicas: settings.maxWarmupReplicas,
        probingRebalanceIntervalMs: settings.probingRebalanceInterval,
        heldState: () => this.#heldState(client),
      },
      {
        onRebalancing: (isLost) => {
          this.#assigned = undefined
          if (isLost) this.#keepsRunning = false
          this.#states.enter('REBALANCING')
        },
        onRunning: (tasks) => {
          this.#assigned = tasks
          const restoring = this.#executors.flatMap(({ status }) => status.restoring)
          const stores = [...new Set(restoring.map(({ store }) => store))]
          if (stores.length > 0) this.#log.info({ stores, changelogPartitions: restoring.length }, 'restoring stores')
          this.#runWhenRestored()
        },
        onAwaiting: (tasks) => {
          this.#awaited = tasks
          if (tasks.size > 0)
            this.#log.info({ behind: Object.fromEntries(tasks) }, 'tasks wait for copies of their state')
        },
        onFatal: (error) => {
          void this.#fail(error)
        },
        onRetry: this.#onRetry,
        warn: (message, fields) => {
          this.#log.warn(fields, message)
        },
      },
    )
  }

  /** As in Kafka Streams: running is who can process everything that is assigned. */
  #runWhenRestored(): void {
    const tasks = this.#assigned
    if (tasks === undefined || this.#executors.some(({ isRestoring }) => isRestoring)) return
    this.#assigned = undefined
    this.#log.info({ tasks: tasks.map(formatTaskId) }, 'running')
    this.#keepsRunning = true
    this.#states.enter('RUNNING')
  }

  async #fail(error: Error): Promise<void> {
    if (!this.#states.enter('PENDING_ERROR')) {
      if (this.state !== 'PENDING_SHUTDOWN') return
      this.#log.error({ err: error }, `failed while closing: ${error.message}`)
      return
    }
    this.#error = error
    this.#log.error({ err: error }, error.message)
    await this.#shutDown()
    this.#states.enter('ERROR')
  }

  #shutDown(): Promise<void> {
    this.#closing ??= this.#closeAll()
    return this.#closing
  }

  async #closeAll(): Promise<void> {
    this.#starting.abort(new Error('the application is closed'))
    const drained = await withinTime(this.#drain(), this.#settings.shutdownTimeout)
    if (!drained)
      this.#log.warn({}, `closing without a last commit: it took more than ${this.#settings.shutdownTimeout} ms`)
    const results = await Promise.allSettled([
      ...this.#executors.map((executor) => executor.close()),
      this.#client?.close(),
      this.#http?.close(),
    ])
    for (const result of results) {
      if (result.status === 'rejected') this.#log.warn({ err: result.reason as unknown }, 'closing')
    }
    this.#stateDirectory?.release()
  }

  async #drain(): Promise<void> {
    try {
      await this.#coordinator?.close(this.#leaves)
    } catch (error) {
      this.#log.warn({ err: error }, 'leaving the group')
    }
  }
}

const printLine = (label: string, key: unknown, value: unknown): void => {
  process.stdout.write(`[${label}]: ${show(key)}, ${show(value)}\n`)
}

const show = (value: unknown): string =>
  typeof value === 'string' ? value : inspect(value, { depth: 8, breakLength: Infinity })

/** Whether it was done in time; rejects when it fails before. */
const withinTime = async (work: Promise<void>, ms: number): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(() => {
      resolve(false)
    }, ms)
  })
  try {
    return await Promise.race([work.then(() => true), timeout])
  } finally {
    clearTimeout(timer)
  }
}
