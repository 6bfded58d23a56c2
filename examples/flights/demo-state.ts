/**
 * The second half of the demo: two pipelines with state read what the first has written, exactly once, and what they write
 * is compared with what was computed from the CSV file.
 */
import kafkajs from 'kafkajs'
import { arrivedRows } from './expected-delays.js'
import { expectedLateAircraft } from './expected-late-legs.js'
import { expectedPaths } from './expected-paths.js'
import type { Row } from './flights-csv.js'
import type { LateAircraft } from './pipelines/late-legs.js'
import type { Path, PathCount } from './pipelines/paths.js'

/** A path goes out when nine hours have passed since its last leg: those of the last day have no flight behind them. */
const lastDay = Date.UTC(2013, 0, 31)

export const stateTopics = ['aircraft-paths', 'path-counts', 'late-aircraft'] as const

interface Compared {
  readonly right: number
  readonly wrong: number
  readonly expected: number
}

export interface StateResults {
  /** Of two and more legs, the most flown first. */
  readonly mostFlown: readonly { readonly route: string; readonly times: number }[]
  readonly paths: Compared
  readonly lateAircraft: Compared
}

export const isRight = ({ right, wrong, expected }: Compared): boolean => wrong === 0 && right === expected

/** Reads until everything is as expected; gives up when nothing came for half a minute, or `isOver`. */
export async function awaitState(
  brokers: readonly string[],
  rows: readonly Row[],
  isOver: () => boolean,
): Promise<StateResults> {
  const arrived = arrivedRows(rows)
  const paths = new Comparison(expectedPaths(arrived), ({ ends }) => ends < lastDay)
  const lateAircraft = new Comparison(expectedLateAircraft(arrived), () => true)
  const times = new Map<string, number>()
  let movedAt = Date.now()

  const client = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING })
  const consumer = client.consumer({ groupId: 'demo' })
  await consumer.connect()
  await consumer.subscribe({ topics: [...stateTopics], fromBeginning: true })
  await consumer.run({
    eachMessage: ({ topic, message: { key, value } }) => {
      movedAt = Date.now()
      const found: unknown = JSON.parse(value?.toString() ?? 'null')
      if (topic === 'aircraft-paths') paths.found(found as Path)
      else if (topic === 'late-aircraft') lateAircraft.found(found as LateAircraft)
      else times.set(key?.toString() ?? '', (found as PathCount).times)
      return Promise.resolve()
    },
  })
  try {
    const isDone = (): boolean => [paths, lateAircraft].every(({ result }) => isRight(result))
    while (!isDone() && !isOver() && Date.now() - movedAt < 30_000) {
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  } finally {
    await consumer.disconnect()
  }
  const mostFlown = [...times].map(([route, count]) => ({ route, times: count })).sort((a, b) => b.times - a.times)
  return { mostFlown, paths: paths.result, lateAircraft: lateAircraft.result }
}

/** What was found beside what was expected; some of that need not have come yet. */
class Comparison<T> {
  readonly #expected: ReadonlySet<string>
  readonly #due: Set<string>
  readonly #count: number
  #wrong = 0

  constructor(expected: readonly T[], isDue: (value: T) => boolean) {
    this.#expected = new Set(expected.map(textOf))
    this.#due = new Set(expected.filter(isDue).map(textOf))
    this.#count = this.#due.size
  }

  found(value: T): void {
    const text = textOf(value)
    if (!this.#expected.has(text)) this.#wrong++
    this.#due.delete(text)
  }

  get result(): Compared {
    return { right: this.#count - this.#due.size, wrong: this.#wrong, expected: this.#count }
  }
}

/** Members by their names, as the serde writes them. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )
}
