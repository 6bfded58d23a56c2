/** Standby copies follow the changelogs, and the task goes on with them when its process is gone. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker } from '../../embedded/index.js'
import type { App } from '../../runtime/index.js'
import { appOn, numbered, topicPair } from './support/app-under-test.js'
import { counting } from './support/counting-pipeline.js'
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

it.each(['at_least_once', 'exactly_once'] as const)('takes over with what it has read, %s', async (guarantee) => {
  const { input, output, applicationId } = await topicPair(broker, 4)
  const pipeline = counting({ applicationId, inputs: [input], output })
  const restored: Restored[] = []
  const running: string[][] = []
  const debug = (fields: { readonly stores?: readonly Restored[] }, message: string): void => {
    if (message === 'stores are restored') restored.push(...(fields.stores ?? []))
  }
  const info = (fields: { readonly tasks?: string[] }, message: string): void => {
    if (message === 'running') running.push(fields.tasks ?? [])
  }
  const start = async (logger: object): Promise<App> => {
    const app = appOn(broker, pipeline, {
      guarantee,
      commitInterval: 50,
      transactionTimeout: 5000,
      standbys: 1,
      logger: { ...silent, ...logger },
    })
    await app.start()
    return app
  }
  const written = (count: number) =>
    eventually(
      () => readAll(broker.bootstrap, output),
      (records) => records.length === count,
      20_000,
    )
  const first = await start({})
  const second = await start({ debug, info })
  await eventually(
    () => running.at(-1) ?? [],
    (tasks) => tasks.length === 2,
  )
  await produceTo(broker.bootstrap, input, numbered(400))
  await written(400)
  restored.length = 0
  // No state directory: without copies, the other two stores would be read from the start of their changelogs.
  await first.close()
  await eventually(
    () => running.at(-1) ?? [],
    (tasks) => tasks.length === 4,
  )
  const total = restored.reduce((sum, { records }) => sum + records, 0)
  expect(restored).toHaveLength(2)
  const rows = await readAll(broker.bootstrap, `${applicationId}-counts-changelog`)
  const theirs = rows.filter(({ partition }) => restored.some((store) => store.partition === partition))
  expect(theirs.length).toBeGreaterThan(20)
  // The tail at most: what was committed while it left.
  expect(total).toBeLessThan(theirs.length / 2)
  await produceTo(broker.bootstrap, input, numbered(400, 400))
  const records = await written(800)
  const counts = new Map(records.map(({ value }) => String(value).split('=') as [string, string]))
  expect(new Set(counts.values())).toEqual(new Set(['16']))
  await second.close()
})

it('writes snapshots of what it follows, so that it is quick to come back itself', async () => {
  const { input, output, applicationId } = await topicPair(broker, 2)
  const directory = mkdtempSync(path.join(tmpdir(), 'millrace-standby-'))
  const pipeline = counting({ applicationId, inputs: [input], output })
  const start = async (name: string): Promise<App> => {
    const state = { directory: path.join(directory, name), snapshotInterval: 50 }
    const app = appOn(broker, pipeline, { commitInterval: 50, standbys: 1, state })
    await app.start()
    return app
  }
  const apps = [await start('a'), await start('b')]
  await produceTo(broker.bootstrap, input, numbered(100))
  const snapshots = ['a', 'b'].flatMap((name) =>
    ['0_0', '0_1'].map((task) =>
      path.join(directory, name, encodeURIComponent(applicationId), '0', task, 'counts.snapshot'),
    ),
  )
  await eventually(
    () => snapshots.filter((file) => !existsSync(file)),
    (missing) => missing.length === 0,
  )
  await Promise.all(apps.map((app) => app.close()))
  rmSync(directory, { recursive: true })
})
