/**
 * Tasks that would go to a member which has yet to restore their state stay where it is: the member gets a copy first, as
 * in Kafka Streams since KIP-441, and the task once the copy is near its end. Pure, for the group leader.
 */
import type { AssignableMember } from './assignor.js'
import { formatTaskId, type TaskId } from './task-id.js'

export interface WarmUpOptions {
  /** A copy so many records behind is near enough. */
  readonly acceptableRecoveryLag: number
  /** Copies that are made at a time to move tasks, over all members. */
  readonly maxWarmupReplicas: number
}

export interface WarmUps {
  /** Who runs what for the time being. */
  readonly active: ReadonlyMap<string, readonly TaskId[]>
  /** Copies that are made, by member id. */
  readonly copies: ReadonlyMap<string, readonly TaskId[]>
  /** Tasks, as text, that are to come to a member, and by how many records its state of them is behind; by member id. */
  readonly awaited: ReadonlyMap<string, ReadonlyMap<string, number>>
}

/** `ends`: of the changelogs of tasks with state, summed as `held` is, by task as text. */
export const warmUp = (
  target: ReadonlyMap<string, readonly TaskId[]>,
  members: readonly AssignableMember[],
  ends: ReadonlyMap<string, number>,
  topologyHash: string,
  { acceptableRecoveryLag, maxWarmupReplicas }: WarmUpOptions,
): WarmUps => {
  const eligible = members.filter((member) => member.topologyHash === topologyHash)
  const active = new Map<string, TaskId[]>(members.map(({ memberId }) => [memberId, []]))
  const copies = new Map<string, TaskId[]>(members.map(({ memberId }) => [memberId, []]))
  const awaited = new Map<string, Map<string, number>>()
  let warming = 0
  for (const [memberId, tasks] of target) {
    const wanted = eligible.find((member) => member.memberId === memberId)
    for (const task of tasks) {
      const id = formatTaskId(task)
      const end = ends.get(id) ?? 0
      const isNear = (member: AssignableMember): boolean => lagOf(member, id, end) <= acceptableRecoveryLag
      const holder = wanted === undefined || isNear(wanted) ? undefined : nearest(eligible.filter(isNear), id, end)
      active.get(holder?.memberId ?? memberId)?.push(task)
      if (wanted === undefined || holder === undefined) continue
      awaited.set(memberId, (awaited.get(memberId) ?? new Map<string, number>()).set(id, lagOf(wanted, id, end)))
      if (warming++ < maxWarmupReplicas) copies.get(memberId)?.push(task)
    }
  }
  return { active, copies, awaited }
}

/** Who runs a task has its state. */
const lagOf = ({ owned, held }: AssignableMember, id: string, end: number): number =>
  owned.includes(id) ? -1 : end - (held.get(id) ?? 0)

const nearest = (members: readonly AssignableMember[], id: string, end: number): AssignableMember | undefined =>
  members.reduce<AssignableMember | undefined>(
    (best, member) => (best === undefined || lagOf(member, id, end) < lagOf(best, id, end) ? member : best),
    undefined,
  )
