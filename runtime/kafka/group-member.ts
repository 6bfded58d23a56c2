/**
 * One member of a consumer group, in the classic protocol: join, sync, heartbeat, leave, on a lane of its own. What the
 * members tell one another and how the leader assigns is the owner's business (`GroupCallbacks`). Rebalances are
 * incremental: the member joins again while it goes on, and the owner gives up what the new assignment takes away.
 * Heartbeats go on while callbacks run; a process that makes no progress for `maxPollIntervalMs` leaves the group and
 * comes back when it does.
 */
import { ErrorCode, KafkaProtocolError, api } from './protocol/index.js'
import type { KafkaClient } from './client.js'
import type { GroupIdentity } from './offsets.js'
import { atCoordinator, isRetriable, pause } from './retry.js'

export interface GroupMemberOptions {
  readonly groupId: string
  /** Static membership: the same over restarts, and the member does not leave at close. */
  readonly groupInstanceId: string | null
  /** After this long without a heartbeat the coordinator gives the member up. */
  readonly sessionTimeoutMs: number
  readonly heartbeatIntervalMs: number
  /** Longest time without progress; also how long a rebalance waits for this member. */
  readonly maxPollIntervalMs: number
  /** Name of the assignment protocol, the same in all members. */
  readonly protocolName: string
}

export interface JoinedMember {
  readonly memberId: string
  readonly subscription: Buffer
}

export interface GroupCallbacks {
  /** What this member tells the leader. */
  subscription(): Buffer
  /** Called in the leader: assignment bytes by member id. */
  assign(members: readonly JoinedMember[]): Promise<ReadonlyMap<string, Buffer>>
  /** The member joins again; what runs goes on. */
  onRebalance(): void
  /** The member closes: finish and commit. */
  onRevoke(): Promise<void>
  /** The coordinator has given our partitions to others already: stop without committing. */
  onLost(reason: string): Promise<void>
  /** Of the new generation: give up what it takes away, then begin what it adds. */
  onAssign(assignment: Buffer): Promise<void>
  /** When something was last done, `performance.now()`. */
  lastProgress(): number
  /** The member cannot go on: wrong configuration, no authorisation, fenced. */
  onFatal(error: Error): void
  onRetry(error: Error): void
}

type Outcome = 'rejoin' | 'lost' | 'stalled' | 'closed'

const FATAL: ReadonlySet<number> = new Set([
  ErrorCode.INCONSISTENT_GROUP_PROTOCOL,
  ErrorCode.INVALID_SESSION_TIMEOUT,
  ErrorCode.INVALID_GROUP_ID,
  ErrorCode.GROUP_MAX_SIZE_REACHED,
  ErrorCode.FENCED_INSTANCE_ID,
])

const LOST: ReadonlySet<number> = new Set([ErrorCode.ILLEGAL_GENERATION, ErrorCode.UNKNOWN_MEMBER_ID])

const RETRY_BACKOFF_MS = 200

/** How long a member that closes waits for a rebalance under way, in which it cannot commit. */
const CLOSE_PATIENCE_MS = 3000

const GIVEN_UP = 'the group coordinator has given up this member'

export class GroupMember {
  readonly #client: KafkaClient
  readonly #options: GroupMemberOptions
  readonly #callbacks: GroupCallbacks
  /** Stops what would wait. */
  readonly #closing = new AbortController()
  #isClosing = false
  #memberId = ''
  #generationId = -1
  #wake: ((outcome: Outcome) => void) | undefined
  #mustRejoin = false
  #running: Promise<void> | undefined

  constructor(client: KafkaClient, options: GroupMemberOptions, callbacks: GroupCallbacks) {
    this.#client = client
    this.#options = options
    this.#callbacks = callbacks
  }

  /** For commits; undefined outside of a generation. */
  get identity(): GroupIdentity | undefined {
    if (this.#generationId < 0) return undefined
    const { groupId, groupInstanceId } = this.#options
    return { groupId, groupInstanceId, memberId: this.#memberId, generationId: this.#generationId }
  }

  start(): void {
    this.#running = this.#run()
  }

  /** Joins again, for example since a topic has more partitions now. */
  rejoin(): void {
    // Who is joining has told already what it had to say.
    if (this.#wake === undefined) this.#mustRejoin = true
    else this.#wake('rejoin')
  }

  /** Whether a commit of `identity` failed for no other reason than a rebalance, and may be tried again. */
  isBetweenGenerations(error: KafkaProtocolError, identity: GroupIdentity): boolean {
    if (error.code === ErrorCode.REBALANCE_IN_PROGRESS) return true
    const now = this.identity
    return (
      error.code === ErrorCode.ILLEGAL_GENERATION &&
      now?.memberId === identity.memberId &&
      now.generationId > identity.generationId
    )
  }

  /** To be told of the error of a commit: it may mean that our generation is over. */
  noteCommitError(error: KafkaProtocolError, identity: GroupIdentity): void {
    const isStale = this.#memberId !== identity.memberId || this.#generationId !== identity.generationId
    if (LOST.has(error.code)) {
      if (!isStale) this.#wake?.(this.#lose(error.code))
    } else if (error.code === ErrorCode.REBALANCE_IN_PROGRESS) this.#wake?.('rejoin')
    else if (FATAL.has(error.code)) this.#callbacks.onFatal(this.#explain(error))
  }

  /** Revokes, and leaves the group unless the member is static or `leave` is false. */
  async close(leave = this.#options.groupInstanceId === null): Promise<void> {
    this.#isClosing = true
    this.#wake?.('closed')
    // A member that is joining commits best in the generation that it gets.
    if (this.#generationId >= 0) await this.#endOfJoin()
    this.#closing.abort()
    await this.#running
    try {
      await this.#callbacks.onRevoke()
    } finally {
      if (leave && this.#memberId !== '') await this.#leave('the application closes')
      this.#generationId = -1
    }
  }

  async #endOfJoin(): Promise<void> {
    const patience = new AbortController()
    await Promise.race([this.#running, pause(CLOSE_PATIENCE_MS, patience.signal)])
    patience.abort()
  }

  async #run(): Promise<void> {
    try {
      while (!this.#isClosing) await this.#generation()
    } catch (error) {
      if (!this.#isClosing) this.#callbacks.onFatal(this.#explain(error))
    }
  }

  /** One generation: from joining to whatever ends it. */
  async #generation(): Promise<void> {
    const assignment = await this.#join()
    if (assignment === undefined || this.#isClosing) return
    let finish: (outcome: Outcome) => void = () => undefined
    const ended = new Promise<Outcome>((resolve) => {
      finish = resolve
    })
    this.#wake = finish
    if (this.#mustRejoin) finish('rejoin')
    this.#mustRejoin = false
    const heartbeats = new AbortController()
    const beating = this.#heartbeats(finish, heartbeats.signal)
    try {
      await this.#callbacks.onAssign(assignment)
      await this.#end(await ended)
    } finally {
      this.#wake = undefined
      heartbeats.abort()
      await beating
    }
  }

  async #end(outcome: Outcome): Promise<void> {
    switch (outcome) {
      case 'rejoin':
        this.#callbacks.onRebalance()
        return
      case 'closed':
        return
      case 'lost':
        this.#generationId = -1
        await this.#callbacks.onLost(GIVEN_UP)
        return
      case 'stalled':
        await this.#leave('no progress within the maximum poll interval')
        await this.#callbacks.onLost(`no progress within ${this.#options.maxPollIntervalMs} ms`)
        await this.#waitForProgress()
        return
    }
  }

  /** Returns the assignment, or undefined when the group moved on meanwhile. */
  async #join(): Promise<Buffer | undefined> {
    const { groupId, groupInstanceId, protocolName, sessionTimeoutMs, maxPollIntervalMs } = this.#options
    const joined = await this.#atCoordinator((node) =>
      this.#client.request(
        node,
        'group',
        api.JoinGroup,
        {
          groupId,
          sessionTimeoutMs,
          rebalanceTimeoutMs: maxPollIntervalMs,
          memberId: this.#memberId,
          groupInstanceId,
          protocolType: 'consumer',
          protocols: [{ name: protocolName, metadata: this.#callbacks.subscription() }],
        },
        { minVersion: 5, timeoutMs: maxPollIntervalMs + 5000 },
      ),
    )
    if (joined.errorCode === ErrorCode.MEMBER_ID_REQUIRED) {
      this.#memberId = joined.memberId
      return undefined
    }
    if (!(await this.#accept(joined.errorCode, 'joining'))) return undefined
    this.#memberId = joined.memberId
    this.#generationId = joined.generationId
    const leads = joined.leader === joined.memberId && joined.members.length > 0
    const assignments = leads
      ? await this.#callbacks.assign(
          joined.members.map(({ memberId, metadata }) => ({ memberId, subscription: metadata })),
        )
      : new Map<string, Buffer>()
    return this.#sync(assignments, joined.protocolName)
  }

  async #sync(assignments: ReadonlyMap<string, Buffer>, protocolName: string | null): Promise<Buffer | undefined> {
    const { groupId, groupInstanceId } = this.#options
    const synced = await this.#atCoordinator((node) =>
      this.#client.request(
        node,
        'group',
        api.SyncGroup,
        {
          groupId,
          generationId: this.#generationId,
          memberId: this.#memberId,
          groupInstanceId,
          protocolType: 'consumer',
          protocolName,
          assignments: [...assignments].map(([memberId, assignment]) => ({ memberId, assignment })),
        },
        { minVersion: 3, timeoutMs: this.#options.maxPollIntervalMs + 5000 },
      ),
    )
    return (await this.#accept(synced.errorCode, 'synchronising')) ? synced.assignment : undefined
  }

  /** Whether an answer to join or sync is good; else prepares the next try or throws what is fatal. */
  async #accept(code: number, what: string): Promise<boolean> {
    if (code === ErrorCode.NONE) return true
    const error = this.#errorOf(code, `${what} group ${this.#options.groupId}`)
    if (FATAL.has(code)) throw error
    if (LOST.has(code)) {
      this.#lose(code)
      await this.#callbacks.onLost(GIVEN_UP)
    } else if (code !== ErrorCode.REBALANCE_IN_PROGRESS && !error.retriable) throw error
    this.#callbacks.onRetry(error)
    await pause(RETRY_BACKOFF_MS, this.#closing.signal)
    return false
  }

  #lose(code: number): Outcome {
    if (code === ErrorCode.UNKNOWN_MEMBER_ID) this.#memberId = ''
    this.#generationId = -1
    return 'lost'
  }

  async #heartbeats(finish: (outcome: Outcome) => void, signal: AbortSignal): Promise<void> {
    try {
      await this.#beat(finish, signal)
    } catch (error) {
      if (!this.#isClosing) this.#callbacks.onFatal(this.#explain(error))
    }
  }

  async #beat(finish: (outcome: Outcome) => void, signal: AbortSignal): Promise<void> {
    for (;;) {
      await pause(this.#options.heartbeatIntervalMs, signal)
      if (signal.aborted) return
      if (performance.now() - this.#callbacks.lastProgress() > this.#options.maxPollIntervalMs) {
        finish('stalled')
        return
      }
      const code = await this.#heartbeat()
      if (isAborted(signal)) return
      if (code === ErrorCode.NONE) continue
      if (LOST.has(code)) {
        finish(this.#lose(code))
        return
      }
      if (code === ErrorCode.REBALANCE_IN_PROGRESS) finish('rejoin')
      else if (FATAL.has(code)) {
        this.#callbacks.onFatal(this.#explain(this.#errorOf(code, 'heartbeat')))
        return
      } else this.#callbacks.onRetry(this.#errorOf(code, 'heartbeat'))
    }
  }

  /** Error code; a heartbeat that fails on the way is left to the next one. */
  async #heartbeat(): Promise<number> {
    const { groupId, groupInstanceId, sessionTimeoutMs } = this.#options
    const [memberId, generationId] = [this.#memberId, this.#generationId]
    try {
      const node = await this.#client.coordinator('group', groupId)
      const { errorCode } = await this.#client.request(
        node,
        'group',
        api.Heartbeat,
        { groupId, generationId, memberId, groupInstanceId },
        { minVersion: 3, timeoutMs: Math.max(1000, sessionTimeoutMs / 3) },
      )
      if (errorCode === ErrorCode.NOT_COORDINATOR || errorCode === ErrorCode.COORDINATOR_NOT_AVAILABLE) {
        this.#client.forgetCoordinator('group', groupId)
        return ErrorCode.NONE
      }
      return errorCode
    } catch (error) {
      if (!isRetriable(error)) throw error
      this.#client.forgetCoordinator('group', groupId)
      this.#callbacks.onRetry(error)
      return ErrorCode.NONE
    }
  }

  /** On another lane: a JoinGroup that still waits blocks ours. */
  async #leave(reason: string): Promise<void> {
    const { groupId, groupInstanceId } = this.#options
    const memberId = this.#memberId
    this.#memberId = ''
    this.#generationId = -1
    try {
      const node = await this.#client.coordinator('group', groupId)
      await this.#client.request(
        node,
        'control',
        api.LeaveGroup,
        { groupId, members: [{ memberId, groupInstanceId, reason }] },
        { minVersion: 3, timeoutMs: 5000 },
      )
    } catch (error) {
      if (!isRetriable(error)) throw error
      this.#callbacks.onRetry(error)
    }
  }

  async #waitForProgress(): Promise<void> {
    const stalledAt = performance.now()
    while (!this.#isClosing && this.#callbacks.lastProgress() <= stalledAt) {
      await pause(RETRY_BACKOFF_MS, this.#closing.signal)
    }
  }

  /** Tries until the coordinator answers or the member closes; codes in the answer are the caller's. */
  #atCoordinator<T extends { readonly errorCode: number }>(action: (node: number) => Promise<T>): Promise<T> {
    const options = {
      timeoutMs: Infinity,
      signal: this.#closing.signal,
      onRetry: (error: Error) => {
        this.#callbacks.onRetry(error)
      },
    }
    return atCoordinator(this.#client, 'group', this.#options.groupId, options, async (node) => {
      const response = await unlessAborted(action(node), this.#closing.signal)
      const error = this.#errorOf(response.errorCode, `group ${this.#options.groupId}`)
      if (error.retriable) throw error
      return response
    })
  }

  #errorOf(code: number, where: string): KafkaProtocolError {
    return this.#client.errorOf(code, where, { group: this.#options.groupId })
  }

  #explain(error: unknown): Error {
    if (!(error instanceof Error)) return new Error(String(error))
    if (!(error instanceof KafkaProtocolError)) return error
    const { groupId } = this.#options
    switch (error.code) {
      case ErrorCode.INCONSISTENT_GROUP_PROTOCOL:
        return new Error(
          `group ${groupId} is in use by clients of another kind: choose another application id, or stop them`,
          { cause: error },
        )
      case ErrorCode.INVALID_SESSION_TIMEOUT:
        return new Error(
          `the broker refuses a session time-out of ${this.#options.sessionTimeoutMs} ms for group ${groupId}: ` +
            'it must lie between its group.min.session.timeout.ms and group.max.session.timeout.ms',
          { cause: error },
        )
      case ErrorCode.FENCED_INSTANCE_ID:
        return new Error(
          `another process has joined group ${groupId} with the group instance id ` +
            `${this.#options.groupInstanceId ?? ''}: each process needs its own`,
          { cause: error },
        )
      default:
        return error
    }
  }
}

/** A call, since the type checker takes a property that it has seen for constant. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted

/** Stops waiting, not the request: joining may take as long as the slowest member. */
const unlessAborted = <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    }
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort)
    })
  })
