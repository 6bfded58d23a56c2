/**
 * Which member runs which task: balanced by capacity, sticky, near to its state, and a task takes all its input
 * partitions together, so co-partitioned topics stay together. Tasks go only to members with the same topology hash. Pure: the group
 * leader runs it on what the members told about themselves in their subscriptions.
 */
import { formatTaskId, type TaskId } from './task-id.js'

export interface AssignableMember {
  readonly memberId: string
  readonly topologyHash: string
  /** Threads that process: a member with two gets twice the tasks. */
  readonly capacity: number
  /** Tasks it ran until now, as text. */
  readonly owned: readonly string[]
  /** How far it holds the state of tasks that it need not run: sum of changelog offsets, by task as text. */
  readonly held: ReadonlyMap<string, number>
}

/** Tasks by member id; members of another topology get none. */
export const assignTasks = (
  members: readonly AssignableMember[],
  tasks: readonly TaskId[],
  topologyHash: string,
): ReadonlyMap<string, readonly TaskId[]> => {
  const assignment = new Map<string, TaskId[]>(members.map(({ memberId }) => [memberId, []]))
  const eligible = members.filter((member) => member.topologyHash === topologyHash).sort(byMemberId)
  if (eligible.length === 0) return assignment
  const open = new Map(tasks.map((task) => [formatTaskId(task), task]))
  const quotas = quotasOf(eligible, tasks.length)
  const sizes = new Map<number, number>()
  for (const { subTopology } of tasks) sizes.set(subTopology, (sizes.get(subTopology) ?? 0) + 1)
  for (const member of eligible) {
    const quota = quotas.get(member.memberId) ?? 0
    const mine = kept(ownedOf(member, eligible, open), sizes, quota)
    for (const task of mine) open.delete(formatTaskId(task))
    assignment.set(member.memberId, mine)
  }
  const far = (task: TaskId): number => furthest(eligible, formatTaskId(task))
  for (const task of [...open.values()].sort((a, b) => far(b) - far(a) || byPartition(a, b))) {
    const memberId = memberWithRoom(eligible, assignment, quotas, task)
    if (memberId !== undefined) assignment.get(memberId)?.push(task)
  }
  return assignment
}

/** Tasks that a member runs, those first that nobody else can go on with at once: who has too many gives up the last ones. */
const ownedOf = (
  member: AssignableMember,
  members: readonly AssignableMember[],
  open: ReadonlyMap<string, TaskId>,
): readonly TaskId[] => {
  const others = members.filter((other) => other !== member)
  const elsewhere = (task: TaskId): number => furthest(others, formatTaskId(task))
  return member.owned
    .flatMap((id) => open.get(id) ?? [])
    .sort((a, b) => elsewhere(a) - elsewhere(b) || byPartition(a, b))
}

/** At most `quota` of them, of each sub-topology its share first: who comes new gets some of each, with state and without. */
const kept = (owned: readonly TaskId[], sizes: ReadonlyMap<number, number>, quota: number): TaskId[] => {
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  const counts = new Map<number, number>()
  const first: TaskId[] = []
  const rest: TaskId[] = []
  for (const task of owned) {
    const count = (counts.get(task.subTopology) ?? 0) + 1
    counts.set(task.subTopology, count)
    const share = Math.ceil(((sizes.get(task.subTopology) ?? 0) * quota) / total)
    ;(count <= share ? first : rest).push(task)
  }
  return [...first, ...rest].slice(0, quota)
}

const byMemberId = (a: AssignableMember, b: AssignableMember): number => (a.memberId < b.memberId ? -1 : 1)

const byPartition = (a: TaskId, b: TaskId): number => a.subTopology - b.subTopology || a.partition - b.partition

/** How many tasks each takes: in proportion to capacity, the rest to the largest remainders, owners of more first. */
const quotasOf = (members: readonly AssignableMember[], tasks: number): ReadonlyMap<string, number> => {
  const capacity = members.reduce((sum, member) => sum + member.capacity, 0)
  const shares = members.map((member) => {
    const exact = (tasks * member.capacity) / capacity
    return { member, quota: Math.floor(exact), remainder: exact - Math.floor(exact) }
  })
  let rest = tasks - shares.reduce((sum, { quota }) => sum + quota, 0)
  shares.sort((a, b) => b.remainder - a.remainder || b.member.owned.length - a.member.owned.length)
  return new Map(shares.map(({ member, quota }) => [member.memberId, quota + (rest-- > 0 ? 1 : 0)]))
}

/** How far the state of a task is anywhere. */
const furthest = (members: readonly AssignableMember[], id: string): number =>
  members.reduce((best, { held }) => Math.max(best, held.get(id) ?? 0), 0)

/** The member with room that is furthest with the task's state; else the one with the fewest tasks of this sub-topology. */
const memberWithRoom = (
  members: readonly AssignableMember[],
  assignment: ReadonlyMap<string, readonly TaskId[]>,
  quotas: ReadonlyMap<string, number>,
  task: TaskId,
): string | undefined => {
  let best: string | undefined
  let fewest = Infinity
  let position = 0
  for (const { memberId, held } of members) {
    const mine = assignment.get(memberId) ?? []
    if (mine.length >= (quotas.get(memberId) ?? 0)) continue
    const same = mine.filter(({ subTopology }) => subTopology === task.subTopology).length
    const at = held.get(formatTaskId(task)) ?? 0
    if (at < position || (at === position && same >= fewest)) continue
    position = at
    fewest = same
    best = memberId
  }
  return best
}
