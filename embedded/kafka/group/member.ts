/** A member of a classic consumer group, as its coordinator sees it. */
import type { Timer } from '../clock.js'
import type { JoinResult, SyncResult } from './requests.js'

export interface MemberProtocol {
  readonly name: string
  readonly metadata: Buffer
}

export interface Member {
  readonly id: string
  readonly instanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  sessionTimeoutMs: number
  rebalanceTimeoutMs: number
  protocols: readonly MemberProtocol[]
  assignment: Buffer
  /** Answers the JoinGroup that waits for the rebalance. */
  awaitingJoin: ((result: JoinResult) => void) | null
  /** Answers the SyncGroup that waits for the leader. */
  awaitingSync: ((result: SyncResult) => void) | null
  /** Runs out when no heartbeat comes. */
  session: Timer | null
}

export const NO_ASSIGNMENT = Buffer.alloc(0)

export const metadataFor = (member: Member, protocolName: string | null): Buffer =>
  member.protocols.find((protocol) => protocol.name === protocolName)?.metadata ?? NO_ASSIGNMENT

/** Whether a rejoin brings nothing new. */
export const sameProtocols = (one: readonly MemberProtocol[], other: readonly MemberProtocol[]): boolean =>
  one.length === other.length &&
  one.every((protocol, index) => {
    const peer = other[index]
    return peer !== undefined && peer.name === protocol.name && peer.metadata.equals(protocol.metadata)
  })
