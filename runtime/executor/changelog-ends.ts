/** How far the changelogs of tasks are written: what members hold of their state is compared with that. */
import type { Manifest } from '../abi/index.js'
import { LATEST, listOffsets } from '../kafka/admin.js'
import type { KafkaClient } from '../kafka/client.js'
import type { RetryOptions } from '../kafka/retry.js'
import { formatTaskId, type TaskId } from '../kafka/task-id.js'
import { partitionKey } from '../kafka/topic-partition.js'
import { changelogsOf } from './topology.js'

/** Sums, by task as text. */
export const changelogEnds = async (
  client: KafkaClient,
  manifest: Manifest,
  tasks: readonly TaskId[],
  options: RetryOptions,
): Promise<ReadonlyMap<string, number>> => {
  const changelogs = new Map(tasks.map((task) => [formatTaskId(task), changelogsOf(manifest, task)]))
  const ends = await listOffsets(client, [...changelogs.values()].flat(), LATEST, options)
  return new Map(
    [...changelogs].map(([id, its]) => [
      id,
      its.reduce((sum, { topic, partition }) => sum + (ends.get(partitionKey(topic, partition)) ?? 0), 0),
    ]),
  )
}
