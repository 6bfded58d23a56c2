/**
 * What members of a group tell one another beside topics: in the subscription who they are and what they run, in the
 * assignment which tasks to run. JSON, so that other versions can read what they know of it.
 */
import type { AssignableMember } from '../kafka/assignor.js'
import { decodeAssignment, decodeSubscription, encodeAssignment, encodeSubscription } from '../kafka/protocol/index.js'
import { formatTaskId, parseTaskId, type TaskId } from '../kafka/task-id.js'
import { byTopic, type TopicPartition } from '../kafka/topic-partition.js'

const VERSION = 1

export interface MemberData {
  readonly processId: string
  readonly topologyHash: string
  /** Threads that process. */
  readonly capacity: number
  readonly owned: readonly TaskId[]
  /** How far it holds the state of tasks: sum of changelog offsets, by task as text. */
  readonly held: ReadonlyMap<string, number>
  /** Counts the times it asked for a rebalance: a coordinator does not begin one for a member that says nothing new. */
  readonly round: number
  /** Why it stops the whole application; undefined: it does not. */
  readonly stop: string | undefined
}

/** What the leader knows of a member. */
export interface KnownMember extends AssignableMember {
  readonly stop: string | undefined
}

export interface AssignedTasks {
  readonly tasks: readonly TaskId[]
  /** Tasks of others whose state it follows. */
  readonly standbys: readonly TaskId[]
  /** Tasks, as text, that come here once their state is, and by how many records it is behind. */
  readonly awaited: ReadonlyMap<string, number>
  /** Tasks, as text, that others wait for: the member joins again without them. */
  readonly givesUp: readonly string[]
  /** Why there are no tasks. */
  readonly reason: string | undefined
  /** Why all processes of the application stop; undefined: they do not. */
  readonly stop: string | undefined
}

export const encodeMember = (topics: readonly string[], data: MemberData): Buffer =>
  encodeSubscription(
    {
      topics,
      userData: Buffer.from(
        JSON.stringify({
          ...data,
          version: VERSION,
          owned: data.owned.map(formatTaskId),
          held: Object.fromEntries(data.held),
        }),
      ),
    },
    1,
  )

/** A member that tells nothing we understand gets no tasks: its topology hash is empty. */
export const decodeMember = (memberId: string, subscription: Buffer): KnownMember => {
  const nobody = {
    memberId,
    topologyHash: '',
    capacity: 1,
    owned: [],
    held: new Map<string, number>(),
    stop: undefined,
  }
  const { userData } = decodeSubscription(subscription)
  const data = userData === null ? undefined : parseObject(userData)
  if (data === undefined) return nobody
  const topologyHash: unknown = Reflect.get(data, 'topologyHash')
  const capacity: unknown = Reflect.get(data, 'capacity')
  const owned: unknown = Reflect.get(data, 'owned')
  const held: unknown = Reflect.get(data, 'held')
  return {
    memberId,
    topologyHash: typeof topologyHash === 'string' ? topologyHash : '',
    capacity: typeof capacity === 'number' && capacity > 0 ? capacity : 1,
    owned: Array.isArray(owned) ? owned.filter((id) => typeof id === 'string') : [],
    held: recordsOf(held),
    stop: textOf(Reflect.get(data, 'stop')),
  }
}

export const encodeTasks = (
  { tasks, standbys, awaited, givesUp, reason, stop }: AssignedTasks,
  partitions: readonly TopicPartition[],
): Buffer =>
  encodeAssignment(
    {
      assignedPartitions: [...byTopic(partitions)].map(([topic, group]) => ({
        topic,
        partitions: group.map(({ partition }) => partition).sort((a, b) => a - b),
      })),
      userData: Buffer.from(
        JSON.stringify({
          version: VERSION,
          tasks: tasks.map(formatTaskId),
          standbys: standbys.map(formatTaskId),
          awaited: Object.fromEntries(awaited),
          givesUp,
          reason,
          stop,
        }),
      ),
    },
    1,
  )

export const decodeTasks = (assignment: Buffer): AssignedTasks => {
  const { userData } = decodeAssignment(assignment)
  const data = userData === null ? undefined : parseObject(userData)
  const tasks: unknown = data === undefined ? [] : Reflect.get(data, 'tasks')
  const standbys: unknown = data === undefined ? [] : Reflect.get(data, 'standbys')
  const awaited: unknown = data === undefined ? {} : Reflect.get(data, 'awaited')
  const givesUp: unknown = data === undefined ? [] : Reflect.get(data, 'givesUp')
  const stop: unknown = data === undefined ? undefined : Reflect.get(data, 'stop')
  const reason: unknown = data === undefined ? undefined : Reflect.get(data, 'reason')
  return {
    tasks: Array.isArray(tasks) ? tasks.map((id) => parseTaskId(String(id))) : [],
    standbys: Array.isArray(standbys) ? standbys.map((id) => parseTaskId(String(id))) : [],
    awaited: recordsOf(awaited),
    givesUp: Array.isArray(givesUp) ? givesUp.map(String) : [],
    reason: textOf(reason),
    stop: textOf(stop),
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** Numbers of records by task. */
const recordsOf = (value: unknown): ReadonlyMap<string, number> =>
  new Map(
    Object.entries(value !== null && typeof value === 'object' ? value : {}).filter(
      (entry): entry is [string, number] => typeof entry[1] === 'number',
    ),
  )

const parseObject = (bytes: Buffer): object | undefined => {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return value !== null && typeof value === 'object' ? value : undefined
  } catch {
    return undefined
  }
}
