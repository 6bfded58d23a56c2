/** The main thread's side of one executor: commands as promises, reports as callbacks, its last status. */
import type { PartitionOffset } from '../kafka/offsets.js'
import { pause } from '../kafka/retry.js'
import type { TaskId } from '../kafka/task-id.js'
import type { TransactionIdentity } from '../kafka/transactions.js'
import {
  errorOf,
  type ExecutorCommand,
  type ExecutorStatus,
  type FromExecutor,
  type TaskStart,
  type ToExecutor,
} from './protocol.js'

export interface ExecutorCallbacks {
  /** Commits the offsets, or adds them to the transaction; resolves to the reason when it could not. */
  commit(offsets: readonly PartitionOffset[], transaction: TransactionIdentity | undefined): Promise<string | undefined>
  onFailed(error: Error): void
  onPrint(label: string, key: unknown, value: unknown): void
  onLog(level: 'debug' | 'warn', message: string, fields: object): void
  /** All its tasks have their stores. */
  onRestored(): void
}

/** Where the executor lives. */
export interface ExecutorChannel {
  post(message: ToExecutor): void
  /** Ends the thread, if there is one. */
  terminate(): Promise<void>
}

export type OpenChannel = (receive: (message: FromExecutor) => void, onCrash: (error: Error) => void) => ExecutorChannel

interface Pending {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** How long closing connections may take. */
const CLOSE_MS = 5000

const NOTHING: ExecutorStatus = {
  tasks: [],
  restoring: [],
  standbys: [],
  fetchedBytes: 0,
  unacknowledgedBytes: 0,
  transcodedMessages: 0,
  commits: 0,
}

export class ExecutorHandle {
  status: ExecutorStatus = NOTHING
  /** When it last said anything, `performance.now()`: a blocked thread is silent. */
  lastSeen = performance.now()
  /** It has failed and is being replaced: what it was told is forgotten, and `TaskCoordinator.resume` tells it anew. */
  isDown = false
  readonly #open: OpenChannel
  readonly #callbacks: ExecutorCallbacks
  #channel: ExecutorChannel
  /** Counts the executors it has had: of former ones nothing is heard. */
  #generation = 0
  #isPaused = false
  #isClosed = false
  readonly #pending = new Map<number, Pending>()
  #lastId = 0
  #dead: Error | undefined

  constructor(open: OpenChannel, callbacks: ExecutorCallbacks) {
    this.#open = open
    this.#callbacks = callbacks
    this.#channel = this.#openChannel()
  }

  #openChannel(): ExecutorChannel {
    const generation = ++this.#generation
    return this.#open(
      (message) => {
        if (generation === this.#generation) this.#receive(message)
      },
      (error) => {
        if (generation === this.#generation) this.#crashed(error)
      },
    )
  }

  start(): Promise<void> {
    return this.#command({ kind: 'start' })
  }

  assign(tasks: readonly TaskStart[], standbys: readonly TaskId[]): Promise<void> {
    return this.#command({ kind: 'assign', tasks, standbys })
  }

  revoke(tasks: readonly TaskId[]): Promise<void> {
    return this.#command({ kind: 'revoke', tasks })
  }

  lose(tasks: readonly TaskId[]): Promise<void> {
    return this.#command({ kind: 'lose', tasks })
  }

  /** Ends the executor, if it has not ended by itself, and starts another one in its place, which has no tasks. */
  async restart(): Promise<void> {
    this.isDown = true
    await this.#end('the executor is replaced')
    if (this.#isClosed) throw new Error('the executor is closed')
    this.status = NOTHING
    this.lastSeen = performance.now()
    this.#dead = undefined
    this.#channel = this.#openChannel()
    if (this.#isPaused) this.setPaused(true)
    await this.start()
  }

  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused
    if (this.#dead === undefined) this.#channel.post({ type: 'paused', isPaused })
  }

  /** Closes its connections and ends its thread; one that does not answer in time is ended all the same. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#end('the executor is closed')
  }

  async #end(reason: string): Promise<void> {
    const deadline = new AbortController()
    try {
      if (this.#dead === undefined)
        await Promise.race([this.#command({ kind: 'close' }), pause(CLOSE_MS, deadline.signal)])
    } finally {
      deadline.abort()
      this.#dead ??= new Error(reason)
      this.#rejectPending(this.#dead)
      await this.#channel.terminate()
    }
  }

  #command(command: ExecutorCommand): Promise<void> {
    if (this.#dead !== undefined) return Promise.reject(this.#dead)
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      this.#channel.post({ type: 'command', id, command })
    })
  }

  #receive(message: FromExecutor): void {
    this.lastSeen = performance.now()
    switch (message.type) {
      case 'done':
        this.#done(message)
        return
      case 'commit':
        void this.#commit(message)
        return
      case 'status':
        this.#update(message.status)
        return
      case 'print':
        this.#callbacks.onPrint(message.label, message.key, message.value)
        return
      case 'log':
        this.#callbacks.onLog(message.level, message.message, message.fields)
        return
      case 'failed':
        this.#callbacks.onFailed(errorOf(message.failure))
        return
    }
  }

  get isRestoring(): boolean {
    return this.status.restoring.length > 0
  }

  #update(status: ExecutorStatus): void {
    const isRestored = this.isRestoring && status.restoring.length === 0
    this.status = status
    if (isRestored) this.#callbacks.onRestored()
  }

  #done({ id, failure }: FromExecutor & { readonly type: 'done' }): void {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    if (failure === undefined) pending?.resolve()
    else pending?.reject(errorOf(failure))
  }

  async #commit({ id, offsets, transaction }: FromExecutor & { readonly type: 'commit' }): Promise<void> {
    const generation = this.#generation
    let error: string | undefined
    try {
      error = await this.#callbacks.commit(offsets, transaction)
    } catch (cause) {
      error = cause instanceof Error ? cause.message : String(cause)
    }
    const isHeard = this.#dead === undefined && generation === this.#generation
    if (isHeard) this.#channel.post({ type: 'committed', id, error })
  }

  #crashed(error: Error): void {
    if (this.#dead !== undefined) return
    this.#dead = error
    this.#rejectPending(error)
    this.#callbacks.onFailed(error)
  }

  /** Nobody answers any more. */
  #rejectPending(error: Error): void {
    for (const { reject } of this.#pending.values()) reject(error)
    this.#pending.clear()
  }
}
