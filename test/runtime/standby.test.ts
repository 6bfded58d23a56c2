/** Standby copies follow the changelogs, and the task goes on with them when its process is gone. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker } from '../../embedded/index.js'
import { countingApp, runs } from './support/counting-app.js'
import { eventually } from './support/topics.js'

let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startBroker({ brokers: 1 })
})
afterAll(async () => {
  await broker.close()
})

it.each(['at_least_once', 'exactly_once'] as const)('takes over with what it has read, %s', async (guarantee) => {
  const { start, produce, written, committed } = await countingApp(broker, 4, { guarantee, standbys: 1 })
  const first = await start()
  const second = await start()
  await runs(second, 2)
  await produce(400)
  await written(400)
  second.restored.length = 0
  // No state directory: without copies, the other two stores would be read from the start of their changelogs.
  await first.app.close()
  await runs(second, 4)
  const total = second.restored.reduce((sum, { records }) => sum + records, 0)
  expect(second.restored).toHaveLength(2)
  const rows = await committed(400)
  const theirs = rows.filter(({ partition }) => second.restored.some((store) => store.partition === partition))
  expect(theirs.length).toBeGreaterThan(20)
  // The tail at most: what was committed while it left.
  expect(total).toBeLessThan(theirs.length / 2)
  await produce(400, 400)
  const records = await written(800)
  const counts = new Map(records.map(({ value }) => String(value).split('=') as [string, string]))
  expect(new Set(counts.values())).toEqual(new Set(['16']))
  await second.app.close()
})

it('writes snapshots of what it follows, so that it is quick to come back itself', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'millrace-standby-'))
  const { start, produce, applicationId } = await countingApp(broker, 2, { standbys: 1 })
  const inFolder = (name: string) => start({ state: { directory: path.join(directory, name), snapshotInterval: 50 } })
  const processes = [await inFolder('a'), await inFolder('b')]
  await produce(100)
  const snapshots = ['a', 'b'].flatMap((name) =>
    ['0_0', '0_1'].map((task) =>
      path.join(directory, name, encodeURIComponent(applicationId), '0', task, 'counts.snapshot'),
    ),
  )
  await eventually(
    () => snapshots.filter((file) => !existsSync(file)),
    (missing) => missing.length === 0,
  )
  await Promise.all(processes.map(({ app }) => app.close()))
  rmSync(directory, { recursive: true })
})
