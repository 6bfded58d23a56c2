/** Tasks go to the process that has their state: a restart restores the tail, not the store. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker } from '../../embedded/index.js'
import type { App } from '../../runtime/index.js'
import { appOn, numbered, topicPair } from './support/app-under-test.js'
import { counting } from './support/counting-pipeline.js'
import { eventually, produceTo, readAll, silent } from './support/topics.js'

let broker: EmbeddedBroker
let directory: string

beforeAll(async () => {
  broker = await startBroker({ brokers: 1 })
  directory = mkdtempSync(path.join(tmpdir(), 'millrace-owner-'))
})
afterAll(async () => {
  await broker.close()
  rmSync(directory, { recursive: true })
})

interface Restored {
  readonly partition: number
  readonly records: number
}

it('gives a process that comes back the tasks whose snapshots it has', async () => {
  const { input, output, applicationId } = await topicPair(broker, 4)
  const pipeline = counting({ applicationId, inputs: [input], output })
  const restored = new Map<string, Restored[]>()
  const start = async (name: string): Promise<App> => {
    const its: Restored[] = []
    restored.set(name, its)
    const debug = (fields: { readonly stores?: readonly Restored[] }, message: string): void => {
      if (message === 'stores are restored') its.push(...(fields.stores ?? []))
    }
    const app = appOn(broker, pipeline, {
      commitInterval: 50,
      state: { directory: path.join(directory, name) },
      logger: { ...silent, debug },
    })
    await app.start()
    return app
  }
  const written = (count: number) =>
    eventually(
      () => readAll(broker.bootstrap, output),
      (records) => records.length === count,
    )
  await produceTo(broker.bootstrap, input, numbered(200))
  const first = await start('a')
  await written(200)
  await first.close()
  // What it holds of two tasks is lost, and another process has everything.
  const state = path.join(directory, 'a', encodeURIComponent(applicationId), '0')
  for (const task of ['0_2', '0_3']) rmSync(path.join(state, task), { recursive: true })
  const second = await start('b')
  expect(restored.get('b')).toHaveLength(4)
  const third = await start('a')
  await eventually(
    () => restored.get('a') ?? [],
    (its) => its.length === 2,
  )
  const its = restored.get('a') ?? []
  expect(its.map(({ partition }) => partition).sort()).toEqual([0, 1])
  expect(its.map(({ records }) => records)).toEqual([0, 0])
  await produceTo(broker.bootstrap, input, numbered(200, 200))
  await written(400)
  await Promise.all([second.close(), third.close()])
})
