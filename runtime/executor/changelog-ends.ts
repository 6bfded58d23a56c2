/** How far the changelogs of tasks are written: what members hold of their state is compared with that. */
import type { Manifest } from '../abi/index.js'
import { LATEST, listOffsets } from '../kafka/admin.js'
import type { KafkaClient } from '../kafka/client.js'
import { fetchCommittedOffsets } from '../kafka/offsets.js'
import type { RetryOptions } from '../kafka/retry.js'
import { formatTaskId, type TaskId } from '../kafka/task-id.js'
import { partitionKey } from '../kafka/topic-partition.js'
import { changelogsOf } from './topology.js'

/** Sums, by task as text. */
export const changelogEnds = async (
  client: KafkaClient,
  groupId: string,
  manifest: Manifest,
  tasks: readonly TaskId[],
  options: RetryOptions,
): Promise<ReadonlyMap<string, number>> => {
  const changelogs = new Map(tasks.map((task) => [formatTaskId(task), changelogsOf(manifest, task)]))
  const all = [...changelogs.values()].flat()
  const own = all.filter(({ isSource }) => !isSource)
  const sources = all.filter(({ isSource }) => isSource)
  const committed = await fetchCommittedOffsets(client, groupId, sources, options)
  const ends = new Map(await listOffsets(client, own, LATEST, options))
  for (const [key, { offset }] of committed) ends.set(key, offset)
  return new Map(
    [...changelogs].map(([id, its]) => [
      id,
      its.reduce((sum, { topic, partition }) => sum + (ends.get(partitionKey(topic, partition)) ?? 0), 0),
    ]),
  )
}
