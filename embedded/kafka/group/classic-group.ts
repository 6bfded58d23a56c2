/**
 * One group of the classic protocol, after Kafka's group coordinator: Empty → PreparingRebalance (members join) →
 * CompletingRebalance (the leader assigns) → Stable. Members that do not rejoin or sync in time are removed, static
 * ones only when their session ends. All time-outs run on the broker's clock.
 *
 * Longer than other files: the transitions of one state machine read best in one place.
 */
import { randomUUID } from 'node:crypto'
import { ErrorCode } from '../../../runtime/kafka/protocol/index.js'
import type { Clock, Timer } from '../clock.js'
import type { Storage } from '../storage/storage.js'
import { CommittedOffsets } from './committed-offsets.js'
import { NO_ASSIGNMENT, metadataFor, sameProtocols } from './member.js'
import type { Member } from './member.js'
import { Membership } from './membership.js'
import { refusedJoin, refusedSync } from './requests.js'
import type { JoinRequest, JoinResult, SyncRequest, SyncResult } from './requests.js'

export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead'

export interface GroupSettings {
  readonly clock: Clock
  readonly initialRebalanceDelayMs: number
  readonly storage: Storage
}

/** How long a new member may wait for its first rebalance. */
const NEW_MEMBER_JOIN_TIMEOUT_MS = 5 * 60 * 1000

export class ClassicGroup {
  readonly offsets: CommittedOffsets
  readonly #settings: GroupSettings
  readonly #membership = new Membership()
  /** Ids given out by MEMBER_ID_REQUIRED, until they come back. */
  readonly #pendingMembers = new Map<string, Timer>()
  readonly #pendingSync = new Set<string>()
  #state: GroupState = 'Empty'
  #generation = 0
  #protocolName: string | null = null
  #rebalanceTimer: Timer | null = null
  #syncTimer: Timer | null = null
  /** While the first rebalance of an empty group waits for more members. */
  #initialDelay = false
  /** ms since the epoch. */
  #rebalanceStart = 0

  constructor(
    readonly id: string,
    settings: GroupSettings,
  ) {
    this.#settings = settings
    this.offsets = new CommittedOffsets(id, settings.storage)
  }

  get state(): GroupState {
    return this.#state
  }

  get generation(): number {
    return this.#generation
  }

  get protocolType(): string | null {
    return this.#membership.protocolType
  }

  get protocolName(): string | null {
    return this.#protocolName
  }

  get members(): readonly Member[] {
    return this.#membership.all()
  }

  join(request: JoinRequest): Promise<JoinResult> {
    return new Promise((resolve) => {
      const refusal = this.#join(request, resolve)
      if (refusal !== null) resolve(refusal)
    })
  }

  sync(request: SyncRequest): Promise<SyncResult> {
    return new Promise((resolve) => {
      const answer = this.#sync(request, resolve)
      if (answer !== null) resolve(answer)
    })
  }

  heartbeat(memberId: string, instanceId: string | null, generationId: number): number {
    const problem = this.#memberProblem(memberId, instanceId)
    if (problem !== 0) return problem
    if (generationId !== this.#generation) return ErrorCode.ILLEGAL_GENERATION
    this.#touch(this.#membership.get(memberId))
    switch (this.#state) {
      case 'Empty':
      case 'Dead':
        return ErrorCode.UNKNOWN_MEMBER_ID
      case 'PreparingRebalance':
        return ErrorCode.REBALANCE_IN_PROGRESS
      case 'CompletingRebalance':
      case 'Stable':
        return ErrorCode.NONE
    }
  }

  /** `memberId` may be empty for static members, which are then removed by their instance id. */
  leave(memberId: string, instanceId: string | null): number {
    const pending = this.#pendingMembers.get(memberId)
    if (pending !== undefined) {
      pending.cancel()
      this.#pendingMembers.delete(memberId)
      this.#completeJoinIfAll()
      return ErrorCode.NONE
    }
    const staticId = instanceId === null ? undefined : this.#membership.staticMemberId(instanceId)
    if (instanceId !== null && memberId === '' && staticId === undefined) return ErrorCode.UNKNOWN_MEMBER_ID
    const id = memberId === '' ? (staticId ?? '') : memberId
    const problem = this.#memberProblem(id, instanceId)
    if (problem !== 0) return problem
    const member = this.#membership.get(id)
    if (member !== undefined) this.#removeMember(member)
    return ErrorCode.NONE
  }

  /** Whether a member, or nobody in particular, may commit now. */
  commitProblem(memberId: string, instanceId: string | null, generationId: number, transactional: boolean): number {
    if (this.#state === 'Dead') return ErrorCode.COORDINATOR_NOT_AVAILABLE
    if (generationId < 0 && this.#state === 'Empty') return ErrorCode.NONE
    if (generationId >= 0 || memberId !== '' || instanceId !== null) {
      const problem = this.#memberProblem(memberId, instanceId)
      if (problem !== 0) return problem
      if (generationId !== this.#generation) return ErrorCode.ILLEGAL_GENERATION
    } else if (!transactional) return ErrorCode.UNKNOWN_MEMBER_ID
    if (this.#state === 'CompletingRebalance' && !transactional) return ErrorCode.REBALANCE_IN_PROGRESS
    if (!transactional) this.#touch(this.#membership.get(memberId))
    return ErrorCode.NONE
  }

  /** Stops all timers; later requests are refused. */
  close(): void {
    this.#state = 'Dead'
    this.#rebalanceTimer?.cancel()
    this.#syncTimer?.cancel()
    for (const timer of this.#pendingMembers.values()) timer.cancel()
    for (const member of this.#membership.all()) {
      member.session?.cancel()
      member.awaitingJoin?.(refusedJoin(ErrorCode.COORDINATOR_NOT_AVAILABLE, member.id))
      member.awaitingSync?.(refusedSync(ErrorCode.COORDINATOR_NOT_AVAILABLE))
      member.awaitingJoin = null
      member.awaitingSync = null
    }
  }

  // --- joining

  #join(request: JoinRequest, respond: (result: JoinResult) => void): JoinResult | null {
    const { memberId, groupInstanceId } = request
    if (this.#state === 'Dead') return refusedJoin(ErrorCode.COORDINATOR_NOT_AVAILABLE, memberId)
    if (!this.#accepts(request)) return refusedJoin(ErrorCode.INCONSISTENT_GROUP_PROTOCOL, memberId)
    if (memberId === '') return this.#joinWithoutId(request, respond)
    const pending = this.#pendingMembers.get(memberId)
    if (pending !== undefined) {
      pending.cancel()
      this.#pendingMembers.delete(memberId)
      this.#addMember(memberId, request, respond)
      return null
    }
    const problem = this.#memberProblem(memberId, groupInstanceId)
    const member = this.#membership.get(memberId)
    if (problem !== 0 || member === undefined) return refusedJoin(problem, memberId)
    return this.#rejoin(member, request, respond)
  }

  /** A member's own protocols do not bind it when it is alone. */
  #accepts({ protocolType, protocols, memberId }: JoinRequest): boolean {
    const alone = this.#membership.size === 1 && this.#membership.get(memberId) !== undefined
    if (alone) return protocolType !== '' && protocols.length > 0 && protocolType === this.#membership.protocolType
    return this.#membership.accepts(protocolType, protocols)
  }

  #joinWithoutId(request: JoinRequest, respond: (result: JoinResult) => void): JoinResult | null {
    const { groupInstanceId, clientId } = request
    const memberId = `${groupInstanceId ?? clientId}-${randomUUID()}`
    if (groupInstanceId !== null) {
      const formerId = this.#membership.staticMemberId(groupInstanceId)
      const former = formerId === undefined ? undefined : this.#membership.get(formerId)
      if (former !== undefined) return this.#replaceStatic(former, memberId, request, respond)
    } else if (request.requireKnownMemberId) {
      const expire = (): void => {
        this.#pendingMembers.delete(memberId)
        this.#completeJoinIfAll()
      }
      this.#pendingMembers.set(memberId, this.#settings.clock.schedule(request.sessionTimeoutMs, expire))
      return refusedJoin(ErrorCode.MEMBER_ID_REQUIRED, memberId)
    }
    this.#addMember(memberId, request, respond)
    return null
  }

  #newMember(id: string, request: JoinRequest, respond: (result: JoinResult) => void): Member {
    return {
      id,
      instanceId: request.groupInstanceId,
      clientId: request.clientId,
      clientHost: request.clientHost,
      sessionTimeoutMs: request.sessionTimeoutMs,
      rebalanceTimeoutMs: request.rebalanceTimeoutMs,
      protocols: request.protocols,
      assignment: NO_ASSIGNMENT,
      awaitingJoin: respond,
      awaitingSync: null,
      session: null,
    }
  }

  #addMember(id: string, request: JoinRequest, respond: (result: JoinResult) => void): void {
    const member = this.#newMember(id, request, respond)
    this.#membership.add(member, request.protocolType)
    this.#startSession(member, NEW_MEMBER_JOIN_TIMEOUT_MS)
    if (this.#initialDelay) this.#extendInitialDelay()
    this.#rebalance()
  }

  /** In a stable group a restarted static member gets the old generation back, unless its protocol choice changes it. */
  #replaceStatic(
    former: Member,
    memberId: string,
    request: JoinRequest,
    respond: (result: JoinResult) => void,
  ): JoinResult | null {
    const formerLeader = this.#membership.leaderId ?? ''
    const successor = this.#newMember(memberId, request, respond)
    successor.assignment = former.assignment
    former.session?.cancel()
    former.awaitingJoin?.(refusedJoin(ErrorCode.FENCED_INSTANCE_ID, former.id))
    former.awaitingSync?.(refusedSync(ErrorCode.FENCED_INSTANCE_ID))
    this.#pendingSync.delete(former.id)
    this.#membership.replaceStatic(former, successor)
    if (this.#state === 'Stable' && this.#membership.selectProtocol() === this.#protocolName) {
      successor.awaitingJoin = null
      this.#startSession(successor, successor.sessionTimeoutMs)
      const isLeader = this.#membership.leaderId === memberId
      const skipAssignment = isLeader && request.supportsSkippingAssignment
      return {
        ...this.#joined(successor),
        leader: request.supportsSkippingAssignment ? (this.#membership.leaderId ?? '') : formerLeader,
        skipAssignment,
        members: skipAssignment ? this.#memberList() : [],
      }
    }
    this.#startSession(successor, NEW_MEMBER_JOIN_TIMEOUT_MS)
    this.#rebalance()
    return null
  }

  #rejoin(member: Member, request: JoinRequest, respond: (result: JoinResult) => void): JoinResult | null {
    const changed = !sameProtocols(member.protocols, request.protocols)
    const isLeader = this.#membership.leaderId === member.id
    switch (this.#state) {
      case 'Dead':
      case 'Empty':
        return refusedJoin(ErrorCode.UNKNOWN_MEMBER_ID, member.id)
      case 'CompletingRebalance':
        if (!changed) return { ...this.#joined(member), members: isLeader ? this.#memberList() : [] }
        break
      case 'Stable':
        if (!changed && !isLeader) return this.#joined(member)
        break
      case 'PreparingRebalance':
        break
    }
    member.protocols = request.protocols
    member.sessionTimeoutMs = request.sessionTimeoutMs
    member.rebalanceTimeoutMs = request.rebalanceTimeoutMs
    member.awaitingJoin = respond
    this.#rebalance()
    return null
  }

  // --- rebalancing

  #rebalance(): void {
    if (this.#state !== 'PreparingRebalance') this.#prepareRebalance()
    this.#completeJoinIfAll()
  }

  #prepareRebalance(): void {
    for (const member of this.#membership.all()) {
      member.awaitingSync?.(refusedSync(ErrorCode.REBALANCE_IN_PROGRESS))
      if (member.awaitingSync !== null) this.#startSession(member, member.sessionTimeoutMs)
      member.awaitingSync = null
    }
    this.#clearPendingSync()
    this.#initialDelay = this.#state === 'Empty' && this.#settings.initialRebalanceDelayMs > 0
    this.#state = 'PreparingRebalance'
    this.#rebalanceStart = this.#settings.clock.now()
    if (this.#initialDelay) this.#extendInitialDelay()
    else this.#startRebalanceTimer(this.#rebalanceTimeout())
  }

  /** Every member that joins an empty group gives the others some time again, up to the rebalance time-out. */
  #extendInitialDelay(): void {
    const { clock, initialRebalanceDelayMs } = this.#settings
    const left = this.#rebalanceStart + this.#rebalanceTimeout() - clock.now()
    this.#startRebalanceTimer(Math.min(initialRebalanceDelayMs, left))
  }

  #rebalanceTimeout(): number {
    return Math.max(0, ...this.#membership.all().map((member) => member.rebalanceTimeoutMs))
  }

  #startRebalanceTimer(ms: number): void {
    this.#rebalanceTimer?.cancel()
    this.#rebalanceTimer = this.#settings.clock.schedule(ms, () => {
      this.#initialDelay = false
      this.#completeJoin()
    })
  }

  #completeJoinIfAll(): void {
    if (this.#state !== 'PreparingRebalance' || this.#initialDelay || this.#pendingMembers.size > 0) return
    if (this.#membership.all().every((member) => member.awaitingJoin !== null)) this.#completeJoin()
  }

  #completeJoin(): void {
    if (this.#state !== 'PreparingRebalance') return
    for (const member of this.#membership.all()) {
      if (member.awaitingJoin === null && member.instanceId === null) this.#dropMember(member)
    }
    if (this.#membership.size > 0 && !this.#membership.electJoinedLeader()) {
      this.#startRebalanceTimer(this.#rebalanceTimeout())
      return
    }
    this.#rebalanceTimer?.cancel()
    this.#generation++
    if (this.#membership.size === 0) {
      this.#becomeEmpty()
      return
    }
    this.#protocolName = this.#membership.selectProtocol()
    this.#state = 'CompletingRebalance'
    for (const member of this.#membership.all()) {
      member.assignment = NO_ASSIGNMENT
      this.#pendingSync.add(member.id)
      this.#startSession(member, member.sessionTimeoutMs)
      const respond = member.awaitingJoin
      member.awaitingJoin = null
      respond?.({
        ...this.#joined(member),
        members: member.id === this.#membership.leaderId ? this.#memberList() : [],
      })
    }
    this.#syncTimer = this.#settings.clock.schedule(this.#rebalanceTimeout(), () => this.#expirePendingSync())
  }

  #becomeEmpty(): void {
    this.#state = 'Empty'
    this.#protocolName = null
  }

  /** What a member that has joined is told. */
  #joined(member: Member): JoinResult {
    return {
      errorCode: ErrorCode.NONE,
      memberId: member.id,
      generationId: this.#generation,
      protocolType: this.#membership.protocolType,
      protocolName: this.#protocolName,
      leader: this.#membership.leaderId ?? '',
      skipAssignment: false,
      members: [],
    }
  }

  #memberList(): JoinResult['members'] {
    return this.#membership.all().map((member) => ({
      memberId: member.id,
      groupInstanceId: member.instanceId,
      metadata: metadataFor(member, this.#protocolName),
    }))
  }

  // --- syncing

  #sync(request: SyncRequest, respond: (result: SyncResult) => void): SyncResult | null {
    const problem = this.#syncProblem(request)
    const member = this.#membership.get(request.memberId)
    if (problem !== 0 || member === undefined) return refusedSync(problem)
    switch (this.#state) {
      case 'Empty':
      case 'Dead':
        return refusedSync(ErrorCode.UNKNOWN_MEMBER_ID)
      case 'PreparingRebalance':
        return refusedSync(ErrorCode.REBALANCE_IN_PROGRESS)
      case 'Stable':
        this.#removePendingSync(member.id)
        this.#touch(member)
        return this.#assigned(member)
      case 'CompletingRebalance':
        this.#removePendingSync(member.id)
        member.session?.cancel()
        member.awaitingSync = respond
        if (member.id === this.#membership.leaderId) this.#assign(request.assignments)
        return null
    }
  }

  #syncProblem(request: SyncRequest): number {
    if (this.#state === 'Dead') return ErrorCode.COORDINATOR_NOT_AVAILABLE
    const problem = this.#memberProblem(request.memberId, request.groupInstanceId)
    if (problem !== 0) return problem
    if (request.generationId !== this.#generation) return ErrorCode.ILLEGAL_GENERATION
    const agrees = (asked: string | null, chosen: string | null): boolean => asked === null || asked === chosen
    return agrees(request.protocolType, this.#membership.protocolType) &&
      agrees(request.protocolName, this.#protocolName)
      ? ErrorCode.NONE
      : ErrorCode.INCONSISTENT_GROUP_PROTOCOL
  }

  #assign(assignments: ReadonlyMap<string, Buffer>): void {
    this.#state = 'Stable'
    for (const member of this.#membership.all()) {
      member.assignment = assignments.get(member.id) ?? NO_ASSIGNMENT
      const respond = member.awaitingSync
      if (respond === null) continue
      member.awaitingSync = null
      this.#startSession(member, member.sessionTimeoutMs)
      respond(this.#assigned(member))
    }
  }

  #assigned(member: Member): SyncResult {
    return {
      errorCode: ErrorCode.NONE,
      protocolType: this.#membership.protocolType,
      protocolName: this.#protocolName,
      assignment: member.assignment,
    }
  }

  #removePendingSync(memberId: string): void {
    this.#pendingSync.delete(memberId)
    if (this.#pendingSync.size === 0) this.#clearPendingSync()
  }

  #clearPendingSync(): void {
    this.#pendingSync.clear()
    this.#syncTimer?.cancel()
    this.#syncTimer = null
  }

  #expirePendingSync(): void {
    const late = this.#membership.all().filter((member) => this.#pendingSync.has(member.id))
    this.#clearPendingSync()
    if (late.length === 0 || (this.#state !== 'CompletingRebalance' && this.#state !== 'Stable')) return
    for (const member of late) this.#dropMember(member)
    this.#rebalance()
  }

  // --- members

  /** 0 when the member is known and not fenced by another one with its instance id. */
  #memberProblem(memberId: string, instanceId: string | null): number {
    if (this.#state === 'Dead') return ErrorCode.COORDINATOR_NOT_AVAILABLE
    if (instanceId !== null) {
      const current = this.#membership.staticMemberId(instanceId)
      if (current === undefined) return ErrorCode.UNKNOWN_MEMBER_ID
      if (current !== memberId) return ErrorCode.FENCED_INSTANCE_ID
    }
    return this.#membership.get(memberId) === undefined ? ErrorCode.UNKNOWN_MEMBER_ID : ErrorCode.NONE
  }

  /** A sign of life. Members that wait for an answer of ours do not expire. */
  #touch(member: Member | undefined): void {
    if (member !== undefined && member.awaitingJoin === null && member.awaitingSync === null) {
      this.#startSession(member, member.sessionTimeoutMs)
    }
  }

  #startSession(member: Member, ms: number): void {
    member.session?.cancel()
    member.session = this.#settings.clock.schedule(ms, () => this.#removeMember(member))
  }

  #dropMember(member: Member): void {
    member.session?.cancel()
    member.awaitingJoin?.(refusedJoin(ErrorCode.UNKNOWN_MEMBER_ID, member.id))
    member.awaitingSync?.(refusedSync(ErrorCode.UNKNOWN_MEMBER_ID))
    member.awaitingJoin = null
    member.awaitingSync = null
    this.#pendingSync.delete(member.id)
    this.#membership.remove(member)
  }

  #removeMember(member: Member): void {
    if (this.#membership.get(member.id) !== member) return
    this.#dropMember(member)
    if (this.#state === 'Stable' || this.#state === 'CompletingRebalance') this.#rebalance()
    else this.#completeJoinIfAll()
  }
}
