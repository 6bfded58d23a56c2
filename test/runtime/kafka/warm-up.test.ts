import { describe, expect, it } from 'vitest'
import fc from '../../fast-check.js'
import { assignTasks, type AssignableMember } from '../../../runtime/kafka/assignor.js'
import { formatTaskId, type TaskId } from '../../../runtime/kafka/task-id.js'
import { warmUp, type WarmUps } from '../../../runtime/kafka/warm-up.js'

const OPTIONS = { acceptableRecoveryLag: 10, maxWarmupReplicas: 2 }
const tasks = (count: number): TaskId[] =>
  Array.from({ length: count }, (_, partition) => ({ subTopology: 0, partition }))
const ids = (its: readonly TaskId[] = []): string[] => its.map(formatTaskId)
const textOf = (assignment: ReadonlyMap<string, readonly TaskId[]>): Record<string, string[]> =>
  Object.fromEntries([...assignment].map(([id, its]) => [id, ids(its)]))

const member = (
  memberId: string,
  owned: readonly string[] = [],
  held: Readonly<Record<string, number>> = {},
): AssignableMember => ({ memberId, topologyHash: 'h', capacity: 1, owned, held: new Map(Object.entries(held)) })

const endsOf = (count: number, end: number): Map<string, number> =>
  new Map(tasks(count).map((task) => [formatTaskId(task), end]))

const assign = (members: readonly AssignableMember[], count: number, end: number): WarmUps =>
  warmUp(assignTasks(members, tasks(count), 'h'), members, endsOf(count, end), 'h', OPTIONS)

describe('warmUp', () => {
  it('leaves tasks with who runs them, and copies some to a new member', () => {
    const { active, copies, awaited } = assign([member('a', ids(tasks(6))), member('b')], 6, 1000)
    expect(textOf(active)).toEqual({ a: ids(tasks(6)), b: [] })
    expect(copies.get('a')).toEqual([])
    expect(copies.get('b')).toHaveLength(2)
    expect([...awaited.keys()]).toEqual(['b'])
    expect([...(awaited.get('b')?.values() ?? [])]).toEqual([1000, 1000, 1000])
  })

  it('moves at once what is small, without state, or restored nearly', () => {
    for (const end of [0, 10]) {
      const { active, copies, awaited } = assign([member('a', ids(tasks(2))), member('b')], 2, end)
      expect(active.get('b')).toHaveLength(1)
      expect(textOf(copies)).toEqual({ a: [], b: [] })
      expect(awaited.size).toBe(0)
    }
    const near = assign([member('a', ids(tasks(2))), member('b', [], { '0_0': 990 })], 2, 1000)
    expect(textOf(near.active)).toEqual({ a: ['0_1'], b: ['0_0'] })
    expect(near.awaited.size).toBe(0)
  })

  it('gives tasks that nobody runs to a copy that is near, else to whoever has room', () => {
    const copy = assign([member('a'), member('b', [], { '0_0': 995, '0_1': 995 })], 2, 1000)
    expect(ids(copy.active.get('b'))).toEqual(expect.arrayContaining(['0_0', '0_1']))
    expect(copy.copies.get('a')).toHaveLength(1)
    const none = assign([member('a'), member('b', [], { '0_0': 500 })], 2, 1000)
    expect(textOf(none.active)).toEqual({ a: ['0_1'], b: ['0_0'] })
    expect(none.awaited.size).toBe(0)
  })

  it('does not leave tasks with members of another topology', () => {
    const old = { ...member('a', ['0_0']), topologyHash: 'old' }
    expect(textOf(assign([old, member('b')], 1, 1000).active)).toEqual({ a: [], b: ['0_0'] })
  })

  it('ends balanced, some copies at a time, and each task always runs once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), fc.nat(12), (old, added, count) => {
        const names = Array.from({ length: old + added }, (_, i) => `m${i}`)
        const before = assignTasks(
          names.slice(0, old).map((name) => member(name)),
          tasks(count),
          'h',
        )
        let members = names.map((name) => member(name, ids(before.get(name))))
        for (let round = 0; ; round++) {
          expect(round).toBeLessThanOrEqual(count)
          const { active, copies, awaited } = assign(members, count, 1000)
          expect([...active.values()].flatMap(ids).sort()).toEqual(ids(tasks(count)).sort())
          expect([...copies.values()].flat().length).toBeLessThanOrEqual(2)
          if (awaited.size === 0) {
            const sizes = [...active.values()].map((its) => its.length)
            expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
            return
          }
          members = members.map(({ memberId, held }) => ({
            ...member(memberId, ids(active.get(memberId))),
            held: new Map([...held, ...ids(copies.get(memberId)).map((id): [string, number] => [id, 1000])]),
          }))
        }
      }),
    )
  })
})
