/** Which executor of the process runs a task, or copies its state; kept over rebalances, so that tasks stay where they were. */
import { formatTaskId, type TaskId } from '../kafka/task-id.js'

export class Placement<Executor> {
  readonly #executors: readonly Executor[]
  readonly #places = new Map<string, Executor>()

  constructor(executors: readonly Executor[]) {
    this.#executors = executors
  }

  of(task: TaskId): Executor | undefined {
    return this.#places.get(formatTaskId(task))
  }

  /** Those of these tasks that an executor has. */
  at(executor: Executor, tasks: readonly TaskId[]): readonly TaskId[] {
    return tasks.filter((task) => this.of(task) === executor)
  }

  /** Only executors that have some of them. */
  byExecutor(tasks: readonly TaskId[]): readonly (readonly [Executor, readonly TaskId[]])[] {
    return this.#executors
      .map((executor) => [executor, this.at(executor, tasks)] as const)
      .filter(([, its]) => its.length > 0)
  }

  /**
   * Shares tasks out to the executors: where they run or were, else to the one with the fewest. Returns those of `owned`,
   * which run, that are to run somewhere else from now on, or nowhere: they must stop before `place` counts.
   */
  plan(tasks: readonly TaskId[], owned: readonly TaskId[]): PlacementPlan {
    const counts = new Map<Executor, number>(this.#executors.map((executor) => [executor, 0]))
    const most = Math.ceil(tasks.length / this.#executors.length)
    const places = new Map<string, Executor>()
    const put = (id: string, executor: Executor): void => {
      counts.set(executor, (counts.get(executor) ?? 0) + 1)
      places.set(id, executor)
    }
    const running = new Set(owned.map(formatTaskId))
    const ids = tasks.map(formatTaskId)
    const homeless: string[] = []
    for (const id of [...ids.filter((one) => running.has(one)), ...ids.filter((one) => !running.has(one))]) {
      const before = this.#places.get(id)
      if (before !== undefined && (counts.get(before) ?? most) < most) put(id, before)
      else homeless.push(id)
    }
    for (const id of homeless) {
      const [executor] = [...counts].reduce((a, b) => (b[1] < a[1] ? b : a))
      put(id, executor)
    }
    return {
      leaving: owned.filter((task) => places.get(formatTaskId(task)) !== this.of(task)),
      place: () => {
        for (const [task, executor] of places) this.#places.set(task, executor)
      },
    }
  }

  /** Copies go where the task was, so that it goes on there; else to one executor after the other. */
  placeCopies(copies: readonly TaskId[]): void {
    for (const [index, task] of copies.entries()) {
      const executor = this.#executors[index % this.#executors.length]
      const id = formatTaskId(task)
      if (executor !== undefined && !this.#places.has(id)) this.#places.set(id, executor)
    }
  }
}

interface PlacementPlan {
  readonly leaving: readonly TaskId[]
  readonly place: () => void
}
