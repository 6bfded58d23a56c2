/** What follows from manifest and partition counts: the tasks, their inputs, the partitions of internal topics. */
import type { Manifest, ManifestChangelog, ManifestInternalTopic } from '../abi/index.js'
import type { TopicOperation } from '../kafka/authorization-error.js'
import type { TaskId } from '../kafka/task-id.js'
import type { TopicPartition } from '../kafka/topic-partition.js'

export type PartitionCount = (topic: string) => number | undefined

/** Topics that the pipeline reads, internal ones included. */
export const inputTopics = ({ subTopologies }: Manifest): readonly string[] => [
  ...new Set(subTopologies.flatMap(({ inputs }) => inputs.map(({ topic }) => topic))),
]

/** Topics of tables that every process reads whole. */
export const globalTopics = ({ globalTables }: Manifest): readonly string[] =>
  globalTables.map(({ input }) => input.topic)

/** Topics that must exist: sources, fixed sinks, dead-letter topics; not those that we create. */
export const externalTopics = (manifest: Manifest): readonly string[] => {
  const internal = new Set(manifest.internalTopics.map(({ topic }) => topic))
  const topics = new Set([...inputTopics(manifest), ...globalTopics(manifest)])
  for (const { topic } of manifest.sinks) if (topic !== '') topics.add(topic)
  for (const policy of [manifest.onError, ...manifest.operators.map(({ onError }) => onError)]) {
    if (policy.kind === 'dead-letter') topics.add(policy.topic)
  }
  return [...topics].filter((topic) => !internal.has(topic))
}

/** Topics that every task may write to, so that their partitions are known before it starts. */
export const fixedTopics = (manifest: Manifest): string[] => {
  const { sinks, operators, onError } = manifest
  const topics = new Set(sinks.map(({ topic }) => topic).filter((topic) => topic !== ''))
  for (const { topic } of ownChangelogs(manifest)) topics.add(topic)
  for (const policy of [onError, ...operators.map((operator) => operator.onError)]) {
    if (policy.kind === 'dead-letter') topics.add(policy.topic)
  }
  return [...topics]
}

/** What the application does with a topic, so that it needs ACLs for it; those of its own it creates where they are missing. */
export const operationsOn = (manifest: Manifest, topic: string): readonly TopicOperation[] => {
  const changelogs = ownChangelogs(manifest).map((changelog) => changelog.topic)
  if (isInternal(manifest, topic) || changelogs.includes(topic)) return ['Create', 'Read', 'Write']
  const reads = inputTopics(manifest).includes(topic) || globalTopics(manifest).includes(topic)
  const writes = fixedTopics(manifest).includes(topic)
  return [...(reads ? (['Read'] as const) : []), ...(writes ? (['Write'] as const) : [])]
}

/** One task per partition of the widest input of each sub-topology. */
export const tasksOf = (manifest: Manifest, partitions: PartitionCount): readonly TaskId[] =>
  manifest.subTopologies.flatMap(({ id, inputs }) => {
    const widest = Math.max(0, ...inputs.map(({ topic }) => partitions(topic) ?? 0))
    return Array.from({ length: widest }, (_, partition) => ({ subTopology: id, partition }))
  })

/** Input partitions of a task, in the order of the sub-topology's inputs; narrower topics have none for high tasks. */
export const inputsOf = (
  manifest: Manifest,
  { subTopology, partition }: TaskId,
  partitions: PartitionCount,
): readonly TopicPartition[] => {
  const found = manifest.subTopologies.find(({ id }) => id === subTopology)
  if (found === undefined) throw new RangeError(`the manifest has no sub-topology ${subTopology}`)
  return found.inputs
    .filter(({ topic }) => partition < (partitions(topic) ?? 0))
    .map(({ topic }) => ({ topic, partition }))
}

/**
 * Partition counts of internal topics: as given, else as it is there, else as many as the widest input of the
 * sub-topologies that write them, as in Kafka Streams; of topics that must have the same partitions, as many as those that
 * are fixed. A changelog has a partition for each task that writes it.
 */
export const internalPartitions = (
  manifest: Manifest,
  partitions: PartitionCount,
  existing: PartitionCount = () => undefined,
): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  /** What does not follow from others. */
  const fixedCount = (topic: string): number | undefined => {
    const internal = manifest.internalTopics.find((candidate) => candidate.topic === topic)
    return internal === undefined ? (partitions(topic) ?? 0) : (internal.partitions ?? existing(topic))
  }
  const countOf = (topic: string, seen: readonly string[]): number => {
    const own = fixedCount(topic)
    if (own !== undefined) return own
    if (seen.includes(topic)) return 0
    const peers = peersOf(manifest, topic)
    const fixed = peers.flatMap((peer) => fixedCount(peer) ?? [])
    if (fixed.length > 0) return Math.max(1, ...fixed)
    return Math.max(...[topic, ...peers].map((one) => ofWriters(one, [...seen, topic, ...peers])))
  }
  const ofWriters = (topic: string, seen: readonly string[]): number => {
    const writers = manifest.subTopologies.filter(({ outputs }) =>
      outputs.some((sink) => manifest.sinks[sink]?.topic === topic),
    )
    const inputs = writers.flatMap((writer) => writer.inputs.map((input) => input.topic))
    return Math.max(1, ...inputs.map((input) => countOf(input, seen)))
  }
  for (const { topic } of manifest.internalTopics) counts.set(topic, countOf(topic, []))
  for (const { changelog, subTopology } of manifest.stores) {
    if (changelog === undefined || changelog.restoredBy !== undefined) continue
    const inputs = manifest.subTopologies.find(({ id }) => id === subTopology)?.inputs ?? []
    counts.set(changelog.topic, Math.max(1, ...inputs.map(({ topic }) => countOf(topic, []))))
  }
  return counts
}

/** Topics that must have the same partitions as this one, also because of another one that must have those of both. */
const peersOf = ({ coPartitioned = [] }: Manifest, topic: string): readonly string[] => {
  const peers = new Set([topic])
  for (const peer of peers)
    for (const { topics } of coPartitioned) if (topics.includes(peer)) for (const other of topics) peers.add(other)
  peers.delete(topic)
  return [...peers]
}

/** Topics that the application writes what stores hold to; not those that tables are read from and restored. */
export const ownChangelogs = ({ stores }: Manifest): readonly ManifestChangelog[] =>
  stores.flatMap(({ changelog }) => (changelog === undefined || changelog.restoredBy !== undefined ? [] : [changelog]))

/** Topics that tables are read from and restored. */
export const changelogSources = ({ stores }: Manifest): readonly string[] =>
  stores.flatMap(({ changelog }) => (changelog?.restoredBy === undefined ? [] : [changelog.topic]))

/** Whether tasks of a sub-topology have state that outlives them. */
export const hasChangelog = ({ stores }: Manifest, subTopology: number): boolean =>
  stores.some((store) => store.subTopology === subTopology && store.changelog !== undefined)

/** A partition that the state of a task is restored from. */
export interface ChangelogPartition extends TopicPartition {
  /** It is of the topic that the table is read from: what counts is below the group's committed offset. */
  readonly isSource: boolean
}

export const changelogsOf = ({ stores }: Manifest, { subTopology, partition }: TaskId): readonly ChangelogPartition[] =>
  stores.flatMap((store) =>
    store.subTopology === subTopology && store.changelog !== undefined
      ? [{ topic: store.changelog.topic, partition, isSource: store.changelog.restoredBy !== undefined }]
      : [],
  )

export const isInternal = (manifest: Manifest, topic: string): boolean =>
  manifest.internalTopics.some((internal: ManifestInternalTopic) => internal.topic === topic)
