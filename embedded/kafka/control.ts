/**
 * What can be asked of a running broker beside the Kafka protocol. The same methods run in the caller's thread or, by
 * messages, in the broker's own: arguments and results are plain data.
 */
import type { CoordinatorType } from './cluster.js'
import type { FaultRule } from './faults.js'
import type { TopicSpec } from './options.js'

export type ConfigOverrides = Readonly<Record<string, string>>

export interface BrokerStats {
  readonly topics: number
  readonly partitions: number
  readonly groups: number
  readonly connections: number
  /** Bytes of all logs. */
  readonly logBytes: number
  /** One past the last offset of each partition, by topic. */
  readonly endOffsets: Readonly<Record<string, readonly number[]>>
  /** How many more requests the rules for faults wait for. */
  readonly faultsLeft: number
}

export interface BrokerControl {
  /** Host and port of every node, the first one first. */
  start(): Promise<readonly string[]>
  createTopic(name: string, spec: TopicSpec): Promise<void>
  deleteTopic(name: string): Promise<void>
  /** Returns the base offset. */
  appendRaw(topic: string, partition: number, batch: Uint8Array): Promise<number>
  addFault(rule: FaultRule): Promise<void>
  clearFaults(): Promise<void>
  moveLeader(topic: string, partition: number, node: number): Promise<void>
  truncate(topic: string, partition: number, offset: number): Promise<void>
  moveCoordinator(type: CoordinatorType, key: string, node: number): Promise<void>
  delayMarkers(ms: number): Promise<void>
  stopNode(node: number): Promise<void>
  startNode(node: number): Promise<void>
  advanceClock(ms: number): Promise<void>
  stats(): Promise<BrokerStats>
  close(): Promise<void>
}

export type ControlMethod = keyof BrokerControl

/** To the broker's thread. */
export interface ControlRequest {
  readonly id: number
  readonly method: ControlMethod
  readonly args: readonly unknown[]
}

/** From the broker's thread. */
export type ControlResponse =
  | { readonly id: number; readonly ok: true; readonly result: unknown }
  | { readonly id: number; readonly ok: false; readonly message: string }
