import { describe, expect, it } from 'vitest'
import fc from '../../fast-check.js'
import { assignTasks, type AssignableMember } from '../../../runtime/kafka/assignor.js'
import { shareCooperatively } from '../../../runtime/kafka/cooperative.js'
import { formatTaskId, type TaskId } from '../../../runtime/kafka/task-id.js'

const tasks = (count: number): TaskId[] =>
  Array.from({ length: count }, (_, partition) => ({ subTopology: 0, partition }))

const member = (memberId: string, owned: readonly string[] = []): AssignableMember => ({
  memberId,
  topologyHash: 'hash',
  capacity: 1,
  owned,
  held: new Map(),
})

/** One generation; what members give up is gone from them afterwards. */
const generation = (members: readonly AssignableMember[], count: number) => {
  const shares = shareCooperatively(assignTasks(members, tasks(count), 'hash'), members)
  const next = members.map(({ memberId }) => member(memberId, (shares.get(memberId)?.tasks ?? []).map(formatTaskId)))
  const again = [...shares.values()].some(({ givesUp }) => givesUp.length > 0)
  return { shares, next, again }
}

describe('incremental assignments', () => {
  it('hand a task on only after its owner has given it up', () => {
    const first = generation([member('a', ['0_0', '0_1']), member('b')], 2)
    expect(first.shares.get('b')?.tasks).toEqual([])
    const [moving] = first.shares.get('a')?.givesUp ?? []
    const second = generation(first.next, 2)
    expect(second.shares.get('b')?.tasks.map(formatTaskId)).toEqual([moving])
    expect(second.again).toBe(false)
  })

  it('give a task that two members claim to neither until both have given it up', () => {
    const { shares } = generation([member('a', ['0_0']), member('b', ['0_0'])], 1)
    expect([...shares.values()].map(({ tasks: its }) => its)).toEqual([[], []])
    expect([...shares.values()].map(({ givesUp }) => givesUp)).toEqual([['0_0'], ['0_0']])
  })

  it('settle, never run a task twice, and leave none out', () => {
    const claims = fc.array(fc.subarray(tasks(8).map(formatTaskId)), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(claims, (owned) => {
        let members = owned.map((its, index) => member(`m${index}`, its))
        for (let rounds = 0; ; rounds++) {
          expect(rounds).toBeLessThan(4)
          const { shares, next, again } = generation(members, 8)
          const given = [...shares].flatMap(([id, share]) =>
            share.tasks.map((task) => [id, formatTaskId(task)] as const),
          )
          expect(new Set(given.map(([, task]) => task)).size).toBe(given.length)
          for (const [id, task] of given) {
            expect(members.filter(({ owned: its }) => its.includes(task)).every((who) => who.memberId === id)).toBe(
              true,
            )
          }
          members = next
          if (again) continue
          expect(given).toHaveLength(8)
          return
        }
      }),
    )
  })
})
