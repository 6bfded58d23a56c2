/** What an executor reports of its tasks. */
import type { TaskRunner } from '../task/task-runner.js'
import type { TaskStatus } from './protocol.js'

export const statusOf = (task: TaskRunner): TaskStatus => ({
  id: task.id,
  metrics: { ...task.metrics },
  parkedFor: task.parkedFor,
  counts: [...task.counts],
  lag: lagOf(task),
  awaited: task.inputs.filter((input) => input.isAwaited).length,
})

const lagOf = (task: TaskRunner): number => {
  let lag = 0
  for (const { source, offset } of task.inputs) lag += Math.max(0, source.lastStableOffset - offset)
  return lag
}
