/**
 * Which members keep copies of the state of tasks that others run: they follow the changelogs, so that the task goes on
 * with them at once when its owner is gone. Who has such a copy keeps it. Pure, for the group leader.
 */
import type { AssignableMember } from './assignor.js'
import { formatTaskId, type TaskId } from './task-id.js'

/** `copies` of each of `tasks`, never at its owner; fewer where there are fewer members. */
export const assignStandbys = (
  members: readonly AssignableMember[],
  active: ReadonlyMap<string, readonly TaskId[]>,
  tasks: readonly TaskId[],
  copies: number,
  topologyHash: string,
): ReadonlyMap<string, readonly TaskId[]> => {
  const result = new Map<string, TaskId[]>(members.map(({ memberId }) => [memberId, []]))
  const eligible = members.filter((member) => member.topologyHash === topologyHash)
  const load = ({ memberId, capacity }: AssignableMember): number => (result.get(memberId)?.length ?? 0) / capacity
  for (const task of tasks) {
    const id = formatTaskId(task)
    const others = eligible.filter(({ memberId }) => !runs(active.get(memberId), id))
    others.sort(
      (a, b) =>
        (b.held.get(id) ?? 0) - (a.held.get(id) ?? 0) || load(a) - load(b) || (a.memberId < b.memberId ? -1 : 1),
    )
    for (const { memberId } of others.slice(0, copies)) result.get(memberId)?.push(task)
  }
  return result
}

const runs = (tasks: readonly TaskId[] | undefined, id: string): boolean =>
  tasks?.some((task) => formatTaskId(task) === id) === true
