/**
 * Incremental rebalances (KIP-429): what stays with a member goes on meanwhile. Nobody gets a task that somebody else
 * still runs: its owner gives it up first and joins again, and the next generation hands it on. Pure: the group
 * leader runs it on the assignment that it is heading for.
 */
import type { AssignableMember } from './assignor.js'
import { formatTaskId, type TaskId } from './task-id.js'

export interface CooperativeShare {
  /** To run from now on. */
  readonly tasks: readonly TaskId[]
  /** To be given up, then to join again: others wait for them. */
  readonly givesUp: readonly string[]
}

/** What each member gets in this generation, by member id. */
export const shareCooperatively = (
  target: ReadonlyMap<string, readonly TaskId[]>,
  members: readonly AssignableMember[],
): ReadonlyMap<string, CooperativeShare> => {
  const owners = ownersOf(members)
  return new Map(
    members.map(({ memberId, owned }) => {
      const tasks = (target.get(memberId) ?? []).filter((task) =>
        (owners.get(formatTaskId(task)) ?? []).every((owner) => owner === memberId),
      )
      const kept = new Set(tasks.map(formatTaskId))
      return [memberId, { tasks, givesUp: owned.filter((id) => !kept.has(id)) }]
    }),
  )
}

/** Several, when one of them has not heard yet that the group went on without it. */
const ownersOf = (members: readonly AssignableMember[]): ReadonlyMap<string, readonly string[]> => {
  const owners = new Map<string, string[]>()
  for (const { memberId, owned } of members) {
    for (const id of owned) owners.set(id, [...(owners.get(id) ?? []), memberId])
  }
  return owners
}
