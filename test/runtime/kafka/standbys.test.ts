import { describe, expect, it } from 'vitest'
import fc from '../../fast-check.js'
import { assignTasks, type AssignableMember } from '../../../runtime/kafka/assignor.js'
import { assignStandbys } from '../../../runtime/kafka/standbys.js'
import { formatTaskId, type TaskId } from '../../../runtime/kafka/task-id.js'

const tasks = (count: number): TaskId[] =>
  Array.from({ length: count }, (_, partition) => ({ subTopology: 0, partition }))

const member = (memberId: string, held: Readonly<Record<string, number>> = {}): AssignableMember => ({
  memberId,
  topologyHash: 'h',
  capacity: 1,
  owned: [],
  held: new Map(Object.entries(held)),
})

const textOf = (assignment: ReadonlyMap<string, readonly TaskId[]>): Record<string, string[]> =>
  Object.fromEntries([...assignment].map(([id, its]) => [id, its.map(formatTaskId)]))

describe('assignStandbys', () => {
  it('keeps as many copies as there can be, never where the task runs, evenly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.nat(12), fc.nat(3), (count, partitions, copies) => {
        const members = Array.from({ length: count }, (_, i) => member(`m${i}`))
        const active = assignTasks(members, tasks(partitions), 'h')
        const standbys = assignStandbys(members, active, tasks(partitions), copies, 'h')
        const all = Object.values(textOf(standbys)).flat()
        expect(all).toHaveLength(partitions * Math.min(copies, count - 1))
        for (const [id, its] of standbys) {
          const mine = new Set(active.get(id)?.map(formatTaskId))
          expect(its.filter((task) => mine.has(formatTaskId(task)))).toEqual([])
          expect(new Set(its.map(formatTaskId)).size).toBe(its.length)
        }
      }),
    )
  })

  it('leaves copies where they are, and gives none to another topology', () => {
    const members = [member('a'), member('b'), member('c', { '0_0': 5 })]
    const active = new Map([['a', tasks(2)]])
    expect(textOf(assignStandbys(members, active, tasks(2), 1, 'h'))).toEqual({ a: [], b: ['0_1'], c: ['0_0'] })
    expect(textOf(assignStandbys(members, active, tasks(2), 1, 'other'))).toEqual({ a: [], b: [], c: [] })
  })
})
