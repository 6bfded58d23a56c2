import fc from '../../fast-check.js'
import { describe, expect, it } from 'vitest'
import { assignTasks, type AssignableMember } from '../../../runtime/kafka/assignor.js'
import { formatTaskId, type TaskId } from '../../../runtime/kafka/task-id.js'

const tasksOf = (subTopologies: number, partitions: number): TaskId[] =>
  Array.from({ length: subTopologies * partitions }, (_, i) => ({
    subTopology: Math.floor(i / partitions),
    partition: i % partitions,
  }))

const member = (
  memberId: string,
  owned: readonly string[] = [],
  capacity = 1,
  topologyHash = 'h',
  held: ReadonlyMap<string, number> = new Map(),
): AssignableMember => ({
  memberId,
  owned,
  capacity,
  topologyHash,
  held,
})

const textOf = (assignment: ReadonlyMap<string, readonly TaskId[]>): Map<string, string[]> =>
  new Map([...assignment].map(([id, tasks]) => [id, tasks.map(formatTaskId)]))

describe('assignTasks', () => {
  it('gives every task to exactly one member, evenly, and leaves tasks where they were', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 1, max: 6 }),
        (before, subTopologies, partitions, after) => {
          const tasks = tasksOf(subTopologies, partitions)
          const first = textOf(
            assignTasks(
              Array.from({ length: before }, (_, i) => member(`m${i}`)),
              tasks,
              'h',
            ),
          )
          const members = Array.from({ length: after }, (_, i) => member(`m${i}`, first.get(`m${i}`) ?? []))
          const second = textOf(assignTasks(members, tasks, 'h'))
          const all = [...second.values()].flat()
          expect(all.length).toBe(tasks.length)
          expect(new Set(all).size).toBe(tasks.length)
          const sizes = [...second.values()].map((its) => its.length)
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
          const quota = Math.floor(tasks.length / after)
          for (const [id, its] of second) {
            const kept = its.filter((task) => first.get(id)?.includes(task)).length
            expect(kept).toBeGreaterThanOrEqual(Math.min(first.get(id)?.length ?? 0, quota))
          }
        },
      ),
    )
  })

  it('shares out by capacity', () => {
    const assignment = assignTasks([member('a', [], 3), member('b')], tasksOf(1, 8), 'h')
    expect([assignment.get('a')?.length, assignment.get('b')?.length]).toEqual([6, 2])
  })

  it('spreads each sub-topology', () => {
    const assignment = assignTasks([member('a'), member('b')], tasksOf(2, 2), 'h')
    for (const tasks of assignment.values()) {
      expect(tasks.map(({ subTopology }) => subTopology).sort()).toEqual([0, 1])
    }
  })

  it('gives who comes new some of each sub-topology, in whatever order the owner tells its tasks', () => {
    const all = tasksOf(2, 4).map(formatTaskId)
    for (const owned of [all, all.toReversed()]) {
      const moved = textOf(assignTasks([member('a', owned), member('b')], tasksOf(2, 4), 'h'))
      expect(moved.get('b')?.toSorted()).toEqual(['0_2', '0_3', '1_2', '1_3'])
      // Half way there, the same is left to do.
      const between = [member('a', [...(moved.get('a') ?? []), '1_2', '1_3']), member('b', ['0_2', '0_3'])]
      expect(
        textOf(assignTasks(between, tasksOf(2, 4), 'h'))
          .get('b')
          ?.toSorted(),
      ).toEqual(['0_2', '0_3', '1_2', '1_3'])
    }
  })

  it('gives nothing to members of another topology', () => {
    const assignment = assignTasks([member('a'), member('b', [], 1, 'other')], tasksOf(1, 4), 'h')
    expect([assignment.get('a')?.length, assignment.get('b')?.length]).toEqual([4, 0])
  })

  it('does not depend on the order of members', () => {
    const members = [member('c', ['0_1']), member('a'), member('b', ['0_0', '0_2', '0_3'])]
    const tasks = tasksOf(1, 7)
    const assignment = textOf(assignTasks(members, tasks, 'h'))
    const reversed = textOf(assignTasks([...members].reverse(), tasks, 'h'))
    for (const [id, its] of assignment) expect(reversed.get(id)).toEqual(its)
  })

  const held = (...entries: readonly (readonly [string, number])[]) => new Map(entries)

  it('gives a task to whoever is furthest with its state, within the balance', () => {
    const members = [member('a', [], 1, 'h', held(['0_0', 5], ['0_1', 9])), member('b', [], 1, 'h', held(['0_0', 7]))]
    expect(textOf(assignTasks(members, tasksOf(1, 2), 'h'))).toEqual(
      new Map([
        ['a', ['0_1']],
        ['b', ['0_0']],
      ]),
    )
    const [a, b] = assignTasks(members, tasksOf(1, 4), 'h').values()
    expect([a?.length, b?.length]).toEqual([2, 2])
  })

  it('takes away from an owner of too many what somebody else holds', () => {
    const all = ['0_0', '0_1', '0_2', '0_3']
    const members = [member('a', all), member('b', [], 1, 'h', held(['0_0', 3], ['0_1', 3]))]
    expect(textOf(assignTasks(members, tasksOf(1, 4), 'h')).get('b')).toEqual(['0_0', '0_1'])
    // Who runs a task keeps it, however far others say that they are.
    const even = [member('a', ['0_0', '0_1']), member('b', ['0_2', '0_3'], 1, 'h', held(['0_0', 99]))]
    expect(new Set(textOf(assignTasks(even, tasksOf(1, 4), 'h')).get('a'))).toEqual(new Set(['0_0', '0_1']))
  })
})
