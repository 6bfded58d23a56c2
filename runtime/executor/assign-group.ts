/** What the leader of the group tells its members: who runs what, copies what, waits for what. Pure but for its arguments. */
import type { Manifest } from '../abi/index.js'
import { assignTasks } from '../kafka/assignor.js'
import { shareCooperatively } from '../kafka/cooperative.js'
import { assignStandbys } from '../kafka/standbys.js'
import { formatTaskId, type TaskId } from '../kafka/task-id.js'
import { warmUp, type WarmUpOptions } from '../kafka/warm-up.js'
import { encodeTasks, type KnownMember } from './member-data.js'
import { hasChangelog, inputsOf, tasksOf, type PartitionCount } from './topology.js'

export interface AssignGroupOptions extends WarmUpOptions {
  /** Copies of the state of each task, beside the one that runs it. */
  readonly standbys: number
}

export interface GroupAssignment {
  /** By member id, as they are sent. */
  readonly shares: ReadonlyMap<string, Buffer>
  /** Tasks wait for copies of their state: the group is to share out again. */
  readonly isWarming: boolean
}

const STRANGER = 'its pipeline was built from another topology than the leader of the group'

/** Tasks whose state outlives them. */
export const statefulTasks = (manifest: Manifest, partitions: PartitionCount): readonly TaskId[] =>
  tasksOf(manifest, partitions).filter(({ subTopology }) => hasChangelog(manifest, subTopology))

/** `ends`: as of `changelogEnds`. */
export const assignGroup = (
  manifest: Manifest,
  partitions: PartitionCount,
  members: readonly KnownMember[],
  ends: ReadonlyMap<string, number>,
  options: AssignGroupOptions,
): GroupAssignment => {
  const { topologyHash } = manifest
  const stateful = statefulTasks(manifest, partitions)
  const target = assignTasks(members, tasksOf(manifest, partitions), topologyHash)
  const { active, copies, awaited } = warmUp(target, members, ends, topologyHash, options)
  const standbys = assignStandbys(members, active, stateful, options.standbys, topologyHash)
  const cooperative = shareCooperatively(active, members)
  const isStateful = new Set(stateful.map(formatTaskId))
  const stop = members.find((member) => member.stop !== undefined)?.stop
  const shares = new Map<string, Buffer>()
  for (const { memberId, topologyHash: theirs } of members) {
    const { tasks, givesUp } = cooperative.get(memberId) ?? { tasks: [], givesUp: [] }
    // It goes on following what it waits for, so that it starts with the copy.
    const coming = missing(active.get(memberId), tasks).filter((task) => isStateful.has(formatTaskId(task)))
    const following = [...(standbys.get(memberId) ?? []), ...coming]
    const assigned = {
      ...{ tasks, givesUp, stop },
      standbys: [...following, ...missing(copies.get(memberId), following)],
      awaited: awaited.get(memberId) ?? new Map<string, number>(),
      reason: theirs === topologyHash ? undefined : STRANGER,
    }
    const inputs = tasks.flatMap((task) => inputsOf(manifest, task, partitions))
    shares.set(memberId, encodeTasks(assigned, inputs))
  }
  return { shares, isWarming: awaited.size > 0 }
}

/** Those that are not among the others. */
const missing = (tasks: readonly TaskId[] = [], others: readonly TaskId[]): readonly TaskId[] => {
  const known = new Set(others.map(formatTaskId))
  return tasks.filter((task) => !known.has(formatTaskId(task)))
}
