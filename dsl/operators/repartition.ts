import { keySerde, type KeySerde } from '../key-serde.js'
import type { OperatorCall } from '../model/handle.js'
import type { Stream } from '../stream.js'

export interface RepartitionOptions {
  /** Name of the internal topic: `<application id>-<name>-repartition`. Default: from the place in the pipeline. */
  readonly name?: string
  /** Partitions of the internal topic, 1 to 100,000. Default: as many as the largest source topic has. */
  readonly partitions?: number
}

export interface RepartitionOperator<out K, out V> {
  /**
   * Sends the stream through an internal topic, so that records with equal keys meet in one task. Costs one write and
   * one read of each record.
   *
   * @example
   * ```ts
   * orders.selectKey((o) => o.customerId).repartition({ name: 'by-customer', partitions: 12 })
   * ```
   */
  repartition(options?: RepartitionOptions & KeySerde<K>): Stream<K, V>
}

export function repartition({ recorder, input, args, stream }: OperatorCall): unknown {
  const options = args.options(0)
  const { partitions } = options
  if (partitions !== undefined && !isPartitionCount(partitions)) {
    throw args.wrong('`partitions` of `repartition` is not a whole number from 1 to 100,000')
  }
  return stream(
    recorder.add({ kind: 'repartition', input, partitions, keySerde: keySerde(args, options) }, args, options),
  )
}

function isPartitionCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 100_000
}
