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
): AssignableMember => ({
  memberId,
  owned,
  capacity,
  topologyHash,
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
})
