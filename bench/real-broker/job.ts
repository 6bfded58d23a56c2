import type { CompressionType } from '../../runtime/kafka/record-batch/index.js'

/** What a contender is told by its first argument. */
export interface Job {
  readonly contender: 'kafkajs' | 'millrace' | 'raw'
  readonly guarantee: 'at_least_once' | 'exactly_once'
  readonly compression: Extract<CompressionType, 'none' | 'lz4'>
  readonly brokers: string
  readonly registryUrl: string
  readonly pipeline: string
  readonly webOrderId: number
  /** Consumer group; a new one for each run. */
  readonly group: string
  /** `produce.linger` of millrace; its default without. */
  readonly linger?: number
  /** For snapshots of its stores; none are written without. */
  readonly stateDirectory?: string
}

/** What a contender tells: that it is in its group, and when it has been told to stop, what it took since then. */
export type Told = { readonly type: 'ready' } | ({ readonly type: 'stopped' } & Usage)

export interface Usage {
  /** Of the whole process, from when its group was joined until it has stopped. */
  readonly cpuSeconds: number
  /** Before that. */
  readonly startUpCpuSeconds: number
  readonly maxRssMiB: number
}
