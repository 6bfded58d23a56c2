/** Before the group is joined: the topics must be there, and internal ones are created. */
import type { Manifest } from './abi/index.js'
import { createTopics, describeTopics } from './kafka/admin.js'
import type { TopicOperation } from './kafka/authorization-error.js'
import type { KafkaClient } from './kafka/client.js'
import { pause, type RetryOptions } from './kafka/retry.js'
import { checkCoPartitioning } from './executor/co-partitioning.js'
import { externalTopics, internalPartitions, operationsOn, ownChangelogs } from './executor/topology.js'

/** Topics that the pipeline reads or writes do not exist. */
export class MissingTopicsError extends Error {
  override readonly name = 'MissingTopicsError'

  constructor(readonly topics: readonly string[]) {
    const names = topics.map((topic) => `"${topic}"`).join(', ')
    super(
      topics.length === 1
        ? `topic ${names} does not exist: create it, or correct its name in the pipeline`
        : `topics ${names} do not exist: create them, or correct their names in the pipeline`,
    )
  }
}

const POLL_MS = 500

/** Waits for missing topics as long as `timeoutMs` says; throws `MissingTopicsError` after that. */
export const prepareTopics = async (
  client: KafkaClient,
  manifest: Manifest,
  options: RetryOptions,
  onMissing: (topics: readonly string[]) => void,
): Promise<void> => {
  await waitForTopics(client, externalTopics(manifest), (topic) => operationsOn(manifest, topic), options, onMissing)
  const changelogs = ownChangelogs(manifest)
  const ours = [...manifest.internalTopics, ...changelogs].map(({ topic }) => topic)
  const existing = await describeTopics(client, ours, options, (topic) => operationsOn(manifest, topic))
  const counts = internalPartitions(
    manifest,
    (topic) => client.topic(topic)?.partitions.length,
    (topic) => existing.get(topic)?.partitions.length,
  )
  checkCoPartitioning(
    manifest,
    (topic) => existing.get(topic)?.partitions.length ?? counts.get(topic) ?? client.topic(topic)?.partitions.length,
  )
  await createTopics(
    client,
    [...manifest.internalTopics, ...changelogs]
      .filter(({ topic }) => !existing.has(topic))
      .map(({ topic, config }) => ({ topic, config, partitions: counts.get(topic) ?? 1 })),
    options,
  )
  for (const { topic, partitions } of manifest.internalTopics) {
    const found = existing.get(topic)?.partitions.length
    if (found !== undefined && partitions !== undefined && found !== partitions) {
      throw new Error(
        `internal topic ${topic} has ${found} partitions, the pipeline wants ${partitions}: ` +
          'delete the topic while the application is stopped, or set the number back',
      )
    }
  }
  for (const { topic } of changelogs) {
    const found = existing.get(topic)?.partitions.length
    const wanted = counts.get(topic)
    if (found !== undefined && found !== wanted) {
      throw new Error(
        `changelog ${topic} has ${found} partitions, its tasks are ${wanted}: the inputs have other partitions than when ` +
          'the state was built; stop the application and reset it to build the state anew',
      )
    }
  }
}

const waitForTopics = async (
  client: KafkaClient,
  topics: readonly string[],
  operations: (topic: string) => readonly TopicOperation[],
  options: RetryOptions,
  onMissing: (topics: readonly string[]) => void,
): Promise<void> => {
  const started = performance.now()
  let told = ''
  for (;;) {
    options.signal?.throwIfAborted()
    const found = await describeTopics(client, topics, options, operations)
    const missing = topics.filter((topic) => !found.has(topic))
    if (missing.length === 0) return
    if (performance.now() - started + POLL_MS > options.timeoutMs) throw new MissingTopicsError(missing)
    if (told !== missing.join()) onMissing(missing)
    told = missing.join()
    await pause(POLL_MS, options.signal)
  }
}
