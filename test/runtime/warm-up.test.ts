/** A process that comes without state gets copies first, and tasks when the copies are near their end; nobody waits for it. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker } from '../../embedded/index.js'
import type { App, AppOptions } from '../../runtime/index.js'
import { appOn, numbered, topicPair } from './support/app-under-test.js'
import { counting, countsChangelog } from './support/counting-pipeline.js'
import { eventually, produceTo, readAll, silent } from './support/topics.js'

let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startBroker({ brokers: 1 })
})
afterAll(async () => {
  await broker.close()
})

interface Restored {
  readonly partition: number
  readonly records: number
}

interface Running {
  readonly app: App
  /** What it ran, assignment by assignment. */
  readonly tasks: string[][]
  readonly restored: Restored[]
}

const setUp = async (guarantee: 'at_least_once' | 'exactly_once') => {
  const { input, output, applicationId } = await topicPair(broker, 4)
  const pipeline = counting({ applicationId, inputs: [input], output })
  const start = async (options: Partial<AppOptions>): Promise<Running> => {
    const tasks: string[][] = []
    const restored: Restored[] = []
    const debug = (fields: { readonly stores?: readonly Restored[] }, message: string): void => {
      if (message === 'stores are restored') restored.push(...(fields.stores ?? []))
    }
    const info = (fields: { readonly tasks?: string[] }, message: string): void => {
      if (message === 'running') tasks.push(fields.tasks ?? [])
    }
    const logger = { ...silent, debug, info } as typeof silent
    const app = appOn(broker, pipeline, {
      ...{ guarantee, commitInterval: 50, transactionTimeout: 5000, acceptableRecoveryLag: 2, logger },
      ...options,
    })
    await app.start()
    return { app, tasks, restored }
  }
  const produce = (count: number, first: number) => produceTo(broker.bootstrap, input, numbered(count, first))
  const written = (count: number) =>
    eventually(
      () => readAll(broker.bootstrap, output),
      (records) => records.length === count,
      20_000,
    )
  /** The changelog is written at commits. */
  const committed = (count: number) =>
    eventually(
      () => readAll(broker.bootstrap, countsChangelog(applicationId)),
      (rows) => rows.filter(({ value }) => value?.readDoubleBE(1) === count / 50).length === 50,
      20_000,
    )
  return { start, produce, written, committed }
}

const until = ({ tasks }: Running, count: number): Promise<unknown> =>
  eventually(
    () => tasks.at(-1) ?? [],
    (its) => its.length === count,
    20_000,
  )

it.each(['at_least_once', 'exactly_once'] as const)('moves tasks when their copies are near, %s', async (guarantee) => {
  const { start, produce, written, committed } = await setUp(guarantee)
  const probing = { probingRebalanceInterval: 500 }
  const first = await start(probing)
  await produce(400, 0)
  await committed(400)
  const second = await start(probing)
  await until(second, 2)
  await until(first, 2)
  // None at first; then those that it has copies of, at whose ends it goes on.
  expect(second.tasks[0]).toEqual([])
  expect(second.restored).toHaveLength(2)
  for (const { records } of second.restored) expect(records).toBeLessThanOrEqual(3)
  await produce(400, 400)
  const records = await written(800)
  expect(new Set(records.map(({ value }) => String(value)))).toHaveProperty('size', 800)
  await Promise.all([first.app.close(), second.app.close()])
})

it('keeps working where the state is until then, and gives everything away when that process goes', async () => {
  const { start, produce, written, committed } = await setUp('at_least_once')
  const first = await start({})
  await produce(400, 0)
  await committed(400)
  const second = await start({})
  expect(second.tasks).toEqual([[]])
  expect(first.tasks.at(-1)).toHaveLength(4)
  await produce(400, 400)
  await written(800)
  await first.app.close()
  await until(second, 4)
  await produce(400, 800)
  await written(1200)
  await second.app.close()
})

it('moves a state at once that is restored in no time', async () => {
  const { start, produce, committed } = await setUp('at_least_once')
  const near = { acceptableRecoveryLag: 10_000 }
  const first = await start(near)
  await produce(400, 0)
  await committed(400)
  const second = await start(near)
  await until(second, 2)
  await Promise.all([first.app.close(), second.app.close()])
})
