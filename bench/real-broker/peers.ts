/** Which pipeline, of which guarantee. */
type Figures = Readonly<Record<'customer-minutes' | 'zip-orders' | 'known-orders', number>>

interface Peer {
  /** Thousands of records per CPU-second of the whole process, the JVM's start included. */
  readonly at_least_once: Figures
  readonly exactly_once: Figures
  readonly maxRssMiB: string
}

/**
 * What others took for the same three jobs: measured once, on 22 November 2026, with 5 million such orders in four
 * partitions of one Apache Kafka 4 node on the same two cores (AMD EPYC, virtual), hand-written Avro serdes, one thread
 * each. Of Kafka Streams the better store counts: in memory without cache where that was measured. Runs differ by 15 %.
 */
export const peers = {
  'Kafka Streams 4.3.1': {
    at_least_once: { 'customer-minutes': 144, 'zip-orders': 161, 'known-orders': 124 },
    exactly_once: { 'customer-minutes': 129, 'zip-orders': 151, 'known-orders': 92 },
    maxRssMiB: '480 to 2,160',
  },
  'Flink 2': {
    at_least_once: { 'customer-minutes': 160, 'zip-orders': 275, 'known-orders': 161 },
    exactly_once: { 'customer-minutes': 180, 'zip-orders': 305, 'known-orders': 131 },
    maxRssMiB: '620 to 1,115',
  },
} as const satisfies Record<string, Peer>

export const peersAt = (guarantee: 'at_least_once' | 'exactly_once', pipeline: keyof Figures): object =>
  Object.fromEntries(Object.entries(peers).map(([name, peer]) => [name, `${peer[guarantee][pipeline]} k`]))
