/** Tasks stay with the executor that runs them, go back to the one that did, and else fill up the emptiest. */
import { expect, it } from 'vitest'
import { Placement } from '../../../runtime/executor/placement.js'
import type { TaskId } from '../../../runtime/kafka/task-id.js'

const tasks = (...partitions: readonly number[]): TaskId[] =>
  partitions.map((partition) => ({ subTopology: 0, partition }))

const shown = (placement: Placement<string>, its: readonly TaskId[]): string =>
  its.map((task) => `${task.partition}${placement.of(task) ?? '?'}`).join(' ')

it('shares tasks out evenly, and leaves them where they are', () => {
  const placement = new Placement(['a', 'b'])
  placement.plan(tasks(0, 1, 2, 3), []).place()
  expect(shown(placement, tasks(0, 1, 2, 3))).toBe('0a 1b 2a 3b')
  const { leaving, place } = placement.plan(tasks(1, 2, 3, 4), tasks(0, 1, 2, 3))
  expect(leaving).toEqual(tasks(0))
  // Nothing counts before those that leave have stopped.
  expect(placement.byExecutor(leaving)).toEqual([['a', tasks(0)]])
  place()
  expect(shown(placement, tasks(1, 2, 3, 4))).toBe('1b 2a 3b 4a')
})

it('moves what runs only where one has too many', () => {
  const placement = new Placement(['a', 'b'])
  placement.plan(tasks(0, 1, 2, 3), []).place()
  // Both are of one executor, which may have one of two.
  const { leaving, place } = placement.plan(tasks(0, 2), tasks(0, 1, 2, 3))
  expect(leaving).toEqual(tasks(1, 2, 3))
  place()
  expect(shown(placement, tasks(0, 2))).toBe('0a 2b')
})

it('gives a task that comes back, and its copy, to who had it', () => {
  const placement = new Placement(['a', 'b'])
  placement.plan(tasks(0, 1), []).place()
  placement.plan(tasks(0), tasks(0, 1)).place()
  placement.placeCopies(tasks(2, 1))
  expect(shown(placement, tasks(1, 2))).toBe('1b 2a')
  expect(placement.at('b', tasks(0, 1, 2))).toEqual(tasks(1))
})
