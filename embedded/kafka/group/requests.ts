/** What members ask of a group when they join and sync, and what they are told. */
import { NO_ASSIGNMENT } from './member.js'
import type { MemberProtocol } from './member.js'

export interface JoinRequest {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  readonly protocolType: string
  readonly protocols: readonly MemberProtocol[]
  /** JoinGroup 4 and later: dynamic members come back with the id that they are given. */
  readonly requireKnownMemberId: boolean
  /** JoinGroup 9 and later. */
  readonly supportsSkippingAssignment: boolean
}

export interface JoinResult {
  readonly errorCode: number
  readonly memberId: string
  readonly generationId: number
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly leader: string
  readonly skipAssignment: boolean
  /** For the leader only. */
  readonly members: readonly {
    readonly memberId: string
    readonly groupInstanceId: string | null
    readonly metadata: Buffer
  }[]
}

export interface SyncRequest {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly generationId: number
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly assignments: ReadonlyMap<string, Buffer>
}

export interface SyncResult {
  readonly errorCode: number
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly assignment: Buffer
}

const NO_GENERATION = -1

export const refusedJoin = (errorCode: number, memberId: string): JoinResult => ({
  errorCode,
  memberId,
  generationId: NO_GENERATION,
  protocolType: null,
  protocolName: null,
  leader: '',
  skipAssignment: false,
  members: [],
})

export const refusedSync = (errorCode: number): SyncResult => ({
  errorCode,
  protocolType: null,
  protocolName: null,
  assignment: NO_ASSIGNMENT,
})
