/** Timers of `process`: one of each name for each key. */
import type { TimerSpec } from '../../../dsl/model/store-spec.js'
import type { TaskTime } from '../task-clock.js'
import type { Journal } from './journal.js'
import { compareKeys, keyText } from './key-bytes.js'
import { KeyedMap } from './keyed-map.js'

export interface SetTimer {
  readonly partition: number
  readonly name: string
  readonly key: unknown
  /** ms */
  readonly at: number
}

export class Timers {
  readonly #specs: readonly TimerSpec[]
  readonly #set: KeyedMap<SetTimer>

  constructor(specs: readonly TimerSpec[], journal: Journal) {
    this.#specs = specs
    this.#set = new KeyedMap(journal)
  }

  set(timer: SetTimer): void {
    if (!Number.isSafeInteger(timer.at) || timer.at < 0) {
      throw new RangeError(
        `timer '${timer.name}' is set to ${String(timer.at)}, which is no time in ms since the epoch`,
      )
    }
    this.#set.set(idOf(timer), timer)
  }

  cancel(timer: Omit<SetTimer, 'at'>): void {
    this.#set.delete(idOf(timer))
  }

  /** The first one that is due: those of stream time, then those of the wall clock, by time, name and key. */
  due(partition: number, time: TaskTime): (SetTimer & Pick<TimerSpec, 'clock'>) | undefined {
    for (const clock of ['stream', 'wall'] as const) {
      const names = this.#specs.filter((spec) => spec.clock === clock).map(({ name }) => name)
      const [first] = this.#set
        .rows()
        .map(({ value }) => value)
        .filter((timer) => timer.partition === partition && names.includes(timer.name) && timer.at <= time[clock])
        .toSorted((a, b) => a.at - b.at || compareText(a.name, b.name) || compareKeys(a.key, b.key))
      if (first !== undefined) return { ...first, clock }
    }
    return undefined
  }
}

function idOf({ partition, name, key }: Omit<SetTimer, 'at'>): string {
  return `${partition} ${name} ${keyText(key)}`
}

function compareText(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
