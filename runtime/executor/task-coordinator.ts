/**
 * Membership of the process in the consumer group, on the main thread: tells the leader what it runs, assigns as leader,
 * hands new tasks to the executors with the offsets to start at, and takes back those that move; the others go on.
 * Commits on the executors' behalf, since only a member of the current generation may.
 */
import type { Manifest } from '../abi/index.js'
import { EARLIEST, LATEST, listOffsets } from '../kafka/admin.js'
import type { KafkaClient } from '../kafka/client.js'
import type { ResetPolicy } from '../kafka/fetched-partition.js'
import { GroupMember, type GroupMemberOptions, type JoinedMember } from '../kafka/group-member.js'
import { commitOffsets, fetchCommittedOffsets, type GroupIdentity, type PartitionOffset } from '../kafka/offsets.js'
import { KafkaProtocolError } from '../kafka/protocol/index.js'
import { pause, retry, type RetryOptions } from '../kafka/retry.js'
import { formatTaskId, type TaskId } from '../kafka/task-id.js'
import { partitionKey } from '../kafka/topic-partition.js'
import { commitOffsetsInTransaction } from '../kafka/transaction-offsets.js'
import type { TransactionIdentity } from '../kafka/transactions.js'
import { ApplicationStoppedError } from '../uncaught-errors.js'
import { assignGroup, statefulTasks, type AssignGroupOptions } from './assign-group.js'
import { changelogEnds } from './changelog-ends.js'
import type { ExecutorHandle } from './executor-handle.js'
import { decodeMember, decodeTasks, encodeMember } from './member-data.js'
import { Placement } from './placement.js'
import type { TaskStart } from './protocol.js'
import { RepartitionPurge } from './repartition-purge.js'
import { inputTopics, inputsOf, isInternal, tasksOf } from './topology.js'

export interface CoordinatorOptions extends AssignGroupOptions {
  readonly group: GroupMemberOptions
  readonly processId: string
  readonly capacity: number
  /** Where to start without a committed offset; internal topics always start at the earliest. */
  readonly reset: ResetPolicy
  /** How often partition counts are looked at. */
  readonly metadataMaxAgeMs: number
  /** How often records of repartition topics that are done are deleted. */
  readonly purgeIntervalMs: number
  /** Offsets are committed in transactions, which may abort after all. */
  readonly exactlyOnce: boolean
  /** How often tasks that wait for a copy are looked at. */
  readonly probingRebalanceIntervalMs: number
  /** How far tasks' state is held here, whether they run or not (`MemberData.held`). */
  heldState(): ReadonlyMap<string, number>
}

export interface CoordinatorCallbacks {
  /** `isLost`: its tasks do not run any more, others have them. */
  onRebalancing(isLost: boolean): void
  onRunning(tasks: readonly TaskId[]): void
  /** Tasks, as text, that come here once their state is, and by how many records it is behind now. */
  onAwaiting(tasks: ReadonlyMap<string, number>): void
  onFatal(error: Error): void
  onRetry(error: Error): void
  warn(message: string, fields: object): void
}

const COMMIT_RETRY_MS = 20
/** Of trying to learn how far the changelogs are, in the middle of a rebalance. */
const CHANGELOG_ENDS_MS = 2000

export class TaskCoordinator {
  readonly #client: KafkaClient
  readonly #manifest: Manifest
  readonly #executors: readonly ExecutorHandle[]
  readonly #options: CoordinatorOptions
  readonly #callbacks: CoordinatorCallbacks
  readonly #member: GroupMember
  readonly #placement: Placement<ExecutorHandle>
  readonly #purge: RepartitionPurge
  readonly #closing = new AbortController()
  #tasks: readonly TaskId[] = []
  #owned: readonly TaskId[] = []
  /** Tasks whose state is copied here. */
  #copies: readonly TaskId[] = []
  #round = 0
  /** Why this process stops the application, and who waits until all of them know. */
  #stop: { readonly reason: string; readonly onTold: () => void } | undefined
  /** What is told to executors: one thing after the other. */
  #turn: Promise<unknown> = Promise.resolve()
  #metadataTimer: NodeJS.Timeout | undefined
  /** Of the leader: tasks wait for copies since the last assignment. */
  #isWarming = false
  #probeTimer: NodeJS.Timeout | undefined

  constructor(
    client: KafkaClient,
    manifest: Manifest,
    executors: readonly ExecutorHandle[],
    options: CoordinatorOptions,
    callbacks: CoordinatorCallbacks,
  ) {
    this.#client = client
    this.#manifest = manifest
    this.#executors = executors
    this.#options = options
    this.#callbacks = callbacks
    this.#placement = new Placement(executors)
    const { group, purgeIntervalMs: intervalMs, exactlyOnce } = options
    this.#purge = new RepartitionPurge(client, { groupId: group.groupId, intervalMs, exactlyOnce }, (error) => {
      callbacks.onRetry(error)
    })
    this.#member = new GroupMember(client, options.group, {
      subscription: () => this.#subscription(),
      assign: (members) => this.#assign(members),
      onRebalance: () => {
        callbacks.onRebalancing(false)
      },
      onRevoke: () => this.#inTurn(() => this.#revoke(this.#owned)),
      onLost: (reason) => this.#inTurn(() => this.#lose(reason)),
      onAssign: (assignment) => this.#inTurn(() => this.#take(assignment)),
      lastProgress: () => Math.min(...executors.map(({ lastSeen }) => lastSeen)),
      onFatal: (error) => {
        callbacks.onFatal(error)
      },
      onRetry: (error) => {
        callbacks.onRetry(error)
      },
    })
  }

  start(): void {
    this.#member.start()
    this.#metadataTimer = setInterval(() => {
      void this.#watchPartitions()
    }, this.#options.metadataMaxAgeMs)
    if (this.#manifest.internalTopics.length > 0) this.#purge.start()
  }

  /** Revokes everything, commits and leaves the group; by default, static members remain in it. */
  async close(leave?: boolean): Promise<void> {
    clearInterval(this.#metadataTimer)
    this.#purge.stop()
    clearTimeout(this.#probeTimer)
    this.#closing.abort()
    await this.#member.close(leave)
  }

  /** Gives its tasks to an executor that was started in the place of another one. */
  resume(executor: ExecutorHandle): Promise<void> {
    return this.#inTurn(async () => {
      const starts = await this.#starts(this.#placement.at(executor, this.#owned))
      executor.isDown = false
      const copies = this.#placement.at(executor, this.#copies)
      await this.#tell(executor, () => executor.assign(starts, copies))
      this.#callbacks.onRunning(this.#owned)
    })
  }

  /** Tells all processes of the application to stop; resolves when they know, this one among them, or time is up. */
  async stopApplication(reason: string, timeoutMs: number): Promise<void> {
    const patience = new AbortController()
    const told = new Promise<void>((resolve) => {
      this.#stop = { reason, onTold: resolve }
    })
    this.#joinAgain()
    await Promise.race([told, pause(timeoutMs, patience.signal)])
    patience.abort()
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work)
    this.#turn = result.catch(() => undefined)
    return result
  }

  /** One that is being replaced is told what counts then, see `resume`. */
  async #tell(executor: ExecutorHandle, command: () => Promise<void>): Promise<void> {
    if (executor.isDown) return
    try {
      await command()
    } catch (error) {
      if (!isDown(executor)) throw error
    }
  }

  /** Resolves to the reason when the offsets could not be committed, or added to the transaction. */
  async commit(
    offsets: readonly PartitionOffset[],
    transaction: TransactionIdentity | undefined,
  ): Promise<string | undefined> {
    const deadline = performance.now() + this.#options.group.sessionTimeoutMs
    for (;;) {
      const identity = this.#member.identity
      if (identity === undefined) return 'this process is not a member of the group at present'
      const error = await this.#tryCommit(identity, offsets, transaction)
      if (error === undefined) return undefined
      const isBetween = error instanceof KafkaProtocolError && this.#member.isBetweenGenerations(error, identity)
      if (!isBetween || performance.now() > deadline) return error.message
      // The tasks go on while the group rebalances, and are ours until they are taken back.
      await pause(COMMIT_RETRY_MS)
    }
  }

  async #tryCommit(
    identity: GroupIdentity,
    offsets: readonly PartitionOffset[],
    transaction: TransactionIdentity | undefined,
  ): Promise<Error | undefined> {
    const options = {
      timeoutMs: this.#options.group.sessionTimeoutMs,
      onRetry: (error: Error) => {
        this.#callbacks.onRetry(error)
      },
    }
    try {
      if (transaction === undefined) await commitOffsets(this.#client, identity, offsets, options)
      else await commitOffsetsInTransaction(this.#client, identity, transaction, offsets, options)
    } catch (error) {
      if (error instanceof KafkaProtocolError) this.#member.noteCommitError(error, identity)
      return error instanceof Error ? error : new Error(String(error))
    }
    for (const offset of offsets) if (isInternal(this.#manifest, offset.topic)) this.#purge.add(offset)
    return undefined
  }

  readonly #partitionsOf = (topic: string): number | undefined => this.#client.topic(topic)?.partitions.length

  #subscription(): Buffer {
    const { processId, capacity } = this.#options
    return encodeMember(inputTopics(this.#manifest), {
      processId,
      capacity,
      topologyHash: this.#manifest.topologyHash,
      owned: this.#owned,
      held: this.#options.heldState(),
      round: this.#round,
      stop: this.#stop?.reason,
    })
  }

  /** Brokers may be away at this very moment. */
  async #lookAtInputs(): Promise<void> {
    const refresh = () => this.#client.refresh(inputTopics(this.#manifest))
    // Whoever closes in the middle of a rebalance still gives up its tasks with a commit.
    await (this.#closing.signal.aborted ? refresh() : retry(refresh, this.#untilClosed))
  }

  get #untilClosed(): RetryOptions {
    return {
      timeoutMs: Infinity,
      signal: this.#closing.signal,
      onRetry: (error) => {
        this.#callbacks.onRetry(error)
      },
    }
  }

  /** As leader. */
  async #assign(members: readonly JoinedMember[]): Promise<ReadonlyMap<string, Buffer>> {
    await this.#lookAtInputs()
    const known = members.map(({ memberId, subscription }) => decodeMember(memberId, subscription))
    const ends = known.length > 1 ? await this.#changelogEnds() : new Map<string, number>()
    const { shares, isWarming } = assignGroup(this.#manifest, this.#partitionsOf, known, ends, this.#options)
    this.#isWarming = isWarming
    return shares
  }

  /** Nobody waits for them: without, tasks move at once. */
  async #changelogEnds(): Promise<ReadonlyMap<string, number>> {
    const tasks = statefulTasks(this.#manifest, this.#partitionsOf)
    const timeoutMs = this.#closing.signal.aborted ? 0 : CHANGELOG_ENDS_MS
    const onRetry = (error: Error): void => {
      this.#callbacks.onRetry(error)
    }
    try {
      return await changelogEnds(this.#client, this.#options.group.groupId, this.#manifest, tasks, {
        timeoutMs,
        onRetry,
        awaitsGrants: false,
      })
    } catch (error) {
      onRetry(error instanceof Error ? error : new Error(String(error)))
      return new Map()
    }
  }

  async #take(assignment: Buffer): Promise<void> {
    const { tasks, standbys, awaited, givesUp, reason, stop } = decodeTasks(assignment)
    if (stop !== undefined) {
      if (this.#stop === undefined) this.#callbacks.onFatal(new ApplicationStoppedError(stop))
      else this.#stop.onTold()
      return
    }
    if (reason !== undefined) this.#callbacks.warn(`this process gets no tasks: ${reason}`, {})
    await this.#lookAtInputs()
    this.#tasks = tasksOf(this.#manifest, this.#partitionsOf)
    const { leaving, place } = this.#placement.plan(tasks, this.#owned)
    await this.#revoke(leaving)
    place()
    const running = new Set(this.#owned.map(formatTaskId))
    const starts = await this.#starts(tasks.filter((task) => !running.has(formatTaskId(task))))
    this.#owned = tasks
    // One that is still to be handed over runs here for the moment.
    const own = new Set(tasks.map(formatTaskId))
    this.#copies = standbys.filter((task) => !own.has(formatTaskId(task)))
    this.#placement.placeCopies(this.#copies)
    // Also those that get none: what they keep of tasks that have moved is not needed in memory any more.
    await Promise.all(
      this.#executors.map((executor) =>
        this.#tell(executor, () =>
          executor.assign(
            starts.filter(({ id }) => this.#placement.of(id) === executor),
            this.#placement.at(executor, this.#copies),
          ),
        ),
      ),
    )
    this.#callbacks.onAwaiting(awaited)
    this.#callbacks.onRunning(tasks)
    if (givesUp.length > 0) this.#joinAgain()
    this.#probeLater()
  }

  /** Whoever leads now has assigned, and looks again when tasks wait for copies. */
  #probeLater(): void {
    clearTimeout(this.#probeTimer)
    if (this.#isWarming && !this.#closing.signal.aborted) {
      this.#probeTimer = setTimeout(() => {
        this.#joinAgain()
      }, this.#options.probingRebalanceIntervalMs)
    }
    this.#isWarming = false
  }

  #joinAgain(): void {
    this.#round++
    this.#member.rejoin()
  }

  /** They stop after their last commit. */
  async #revoke(tasks: readonly TaskId[]): Promise<void> {
    const leaving = new Set(tasks.map(formatTaskId))
    await Promise.all(
      this.#placement.byExecutor(tasks).map(([executor, its]) => this.#tell(executor, () => executor.revoke(its))),
    )
    this.#owned = this.#owned.filter((task) => !leaving.has(formatTaskId(task)))
  }

  async #lose(reason: string): Promise<void> {
    this.#callbacks.warn(`tasks are lost: ${reason}`, { tasks: this.#owned.map(formatTaskId) })
    this.#callbacks.onRebalancing(true)
    const lost = this.#placement.byExecutor(this.#owned)
    this.#owned = []
    await Promise.all(lost.map(([executor, tasks]) => this.#tell(executor, () => executor.lose(tasks))))
  }

  /** Committed offsets of the tasks' inputs, or where the reset policy says. */
  async #starts(tasks: readonly TaskId[]): Promise<readonly TaskStart[]> {
    const inputs = new Map(tasks.map((task) => [task, inputsOf(this.#manifest, task, this.#partitionsOf)]))
    const partitions = [...inputs.values()].flat()
    const options = this.#untilClosed
    const committed = await fetchCommittedOffsets(this.#client, this.#options.group.groupId, partitions, options)
    const without = partitions.filter(({ topic, partition }) => !committed.has(partitionKey(topic, partition)))
    const [latest, earliest] = split(without, ({ topic }) => this.#resetOf(topic) === 'latest')
    const unset =
      this.#options.reset === 'none' ? earliest.filter(({ topic }) => !isInternal(this.#manifest, topic)) : []
    if (unset[0] !== undefined) {
      throw new Error(
        `group ${this.#options.group.groupId} has no committed offset for ${partitionKey(unset[0].topic, unset[0].partition)} ` +
          'and the reset policy is "none": set it to "earliest" or "latest"',
      )
    }
    const offsets = new Map([
      ...(await listOffsets(this.#client, earliest, EARLIEST, options)),
      ...(await listOffsets(this.#client, latest, LATEST, options)),
    ])
    return [...inputs].map(([id, ofTask]) => ({
      id,
      inputs: ofTask.map(({ topic, partition }) => ({
        topic,
        partition,
        ...(committed.get(partitionKey(topic, partition)) ?? {
          offset: offsets.get(partitionKey(topic, partition)) ?? 0,
          leaderEpoch: -1,
        }),
        reset: isInternal(this.#manifest, topic) ? 'none' : this.#options.reset,
      })),
    }))
  }

  #resetOf(topic: string): ResetPolicy {
    return isInternal(this.#manifest, topic) ? 'earliest' : this.#options.reset
  }

  /** Topics that have grown bring new tasks: the group must share them out. */
  async #watchPartitions(): Promise<void> {
    try {
      await this.#client.refresh(inputTopics(this.#manifest))
    } catch (error) {
      this.#callbacks.onRetry(error instanceof Error ? error : new Error(String(error)))
      return
    }
    if (tasksOf(this.#manifest, this.#partitionsOf).length !== this.#tasks.length) this.#joinAgain()
  }
}

/** Asked again: it may have failed meanwhile. */
const isDown = (executor: ExecutorHandle): boolean => executor.isDown

const split = <T>(items: readonly T[], goesLeft: (item: T) => boolean): [T[], T[]] => {
  const left: T[] = []
  const right: T[] = []
  for (const item of items) (goesLeft(item) ? left : right).push(item)
  return [left, right]
}
