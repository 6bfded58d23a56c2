/** Where the changelogs of tasks begin and end; a source topic that serves as one ends where the group has committed. */
import { EARLIEST, LATEST, listOffsets } from '../kafka/admin.js'
import type { KafkaClient } from '../kafka/client.js'
import { formatTaskId, type TaskId } from '../kafka/task-id.js'
import { partitionKey, type TopicPartition } from '../kafka/topic-partition.js'
import type { StoreSet } from '../state/store-set.js'

/** Stores of a task. */
export interface TaskState {
  readonly id: TaskId
  readonly stores: StoreSet
}

/** Offset that the group has committed of a partition that the task reads; undefined: none, or it is not known. */
export type CommittedOf = (topic: string, partition: number) => number | undefined

/** Of one task, by topic. */
export type ChangelogPositions = ReadonlyMap<string, number>

export const changelogStarts = async (client: KafkaClient, task: TaskState): Promise<ChangelogPositions> => {
  const offsets = await listOffsets(client, partitionsOf(task), EARLIEST, { timeoutMs: TIMEOUT_MS })
  return new Map(
    partitionsOf(task).map(({ topic, partition }) => [topic, offsets.get(partitionKey(topic, partition)) ?? 0]),
  )
}

/** By task as text. */
export const changelogEndsOf = async (
  client: KafkaClient,
  tasks: readonly TaskState[],
  committed: CommittedOf,
): Promise<ReadonlyMap<string, ChangelogPositions>> => {
  const own = tasks.flatMap((task) => partitionsOf(task).filter(({ isSource }) => !isSource))
  const offsets = await listOffsets(client, own, LATEST, { timeoutMs: TIMEOUT_MS })
  return new Map(
    tasks.map((task) => {
      const ends = partitionsOf(task).map(({ topic, partition, isSource }): [string, number] => {
        const end = isSource ? committed(topic, partition) : offsets.get(partitionKey(topic, partition))
        return [topic, end ?? 0]
      })
      return [formatTaskId(task.id), new Map(ends)]
    }),
  )
}

const TIMEOUT_MS = 60_000

const partitionsOf = ({ id, stores }: TaskState): readonly (TopicPartition & { readonly isSource: boolean })[] =>
  stores.changelogs.map(({ topic, restoredBy }) => ({
    ...{ topic, partition: id.partition },
    isSource: restoredBy !== undefined,
  }))
