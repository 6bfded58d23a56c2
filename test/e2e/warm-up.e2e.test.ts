/**
 * A second process joins a pipeline whose operators share a repartition topic: the tasks with state come to it once its
 * copies are near, and all of them when the first one goes. What comes out is what the interpreter makes of the same input.
 */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { AppSettings } from '../../runtime/index.js'
import { testDriver } from '../../testing/index.js'
import { newProject, type Project } from '../cli/support/project.js'
import { openCluster, type Cluster } from './cluster.js'
import { Fleet } from './fleet.js'
import { byZip, parcels, perZip, towns, withTown, type Parcel } from './pipelines/by-zip.js'

const PARTITIONS = 4
const ZIPS = 40
const PART = 400
const START = Date.UTC(2026, 0, 1)

let project: Project
let cluster: Cluster

beforeAll(async () => {
  project = await newProject()
  await project.remove('pipelines/large-orders.ts')
  const text = await readFile(fileURLToPath(new URL('pipelines/by-zip.ts', import.meta.url)), 'utf8')
  await project.write('pipelines/by-zip.ts', text.replace('../../../dsl/index.js', 'millrace'))
  await Fleet.writeProgram(project, 'by-zip')
  const { code, stderr } = await project.run(['build'])
  expect(code, stderr).toBe(0)
})
afterAll(() => project[Symbol.asyncDispose]())
beforeEach(async () => {
  cluster = await openCluster()
  for (const { name } of [towns, parcels, perZip, withTown]) await cluster.createTopic(name, { partitions: PARTITIONS })
})
afterEach(() => cluster.close())

interface Written {
  readonly key: string
  readonly value: Parcel
  readonly timestamp: number
}

// One zip in four has no town.
const everyTown = Array.from({ length: ZIPS }, (_, i) => ({
  key: `z${i}`,
  value: `Town ${i}`,
  timestamp: START,
})).filter((_, i) => i % 4 !== 0)

const parcel = (id: number): Written => ({
  key: `p${id}`,
  value: { id, zip: `z${(id * 7) % ZIPS}` },
  timestamp: START + id,
})

const textOf = <T extends { readonly value: unknown }>(records: readonly T[]) =>
  records.map((record) => ({ ...record, value: JSON.stringify(record.value) }))

const sorted = (records: readonly { readonly key: unknown; readonly value: unknown }[]): readonly string[] =>
  records.map(({ key, value }) => `${String(key)} ${String(value)}`).toSorted()

const expected = (written: readonly Written[]) => {
  using driver = testDriver(byZip, { partitions: PARTITIONS })
  driver.input(towns).sendAll(everyTown)
  driver.input(parcels).sendAll(written)
  const all = (topic: typeof perZip | typeof withTown) =>
    sorted(textOf(driver.output<string, unknown>(topic).readAll()))
  return { perZip: all(perZip), withTown: all(withTown) }
}

const guarantees: readonly NonNullable<AppSettings['guarantee']>[] = ['exactly_once', 'at_least_once']

it.each(guarantees)(
  '%s: copies first, then tasks, and nothing is lost',
  async (guarantee) => {
    await using fleet = new Fleet(project, cluster.brokers, {
      ...{ guarantee, commitInterval: 50, sessionTimeout: 5000, heartbeatInterval: 100 },
      ...{ acceptableRecoveryLag: 2, maxWarmupReplicas: 4, probingRebalanceInterval: 300 },
    })
    const written: Written[] = []
    /** Until all of it is counted, exactly or at least once. */
    const work = async (): Promise<void> => {
      const part = Array.from({ length: PART }, (_, i) => parcel(written.length + i))
      await cluster.produce(parcels.name, textOf(part))
      written.push(...part)
      await fleet.until(async () => {
        const found = sorted(await cluster.read(perZip.name))
        return new Set(found).size >= written.length
      })
    }

    await cluster.produce(towns.name, textOf(everyTown))
    await fleet.start('first')
    await work()
    await fleet.start('second')
    await fleet.until(() => ranState(fleet.said('second')))
    expect(fleet.said('second').indexOf('tasks wait for copies of their state')).toBeGreaterThan(0)
    const [atFirst = ''] = /"tasks":\[[^\]]*\].*"msg":"running"/u.exec(fleet.said('second')) ?? []
    expect(ranState(atFirst)).toBe(false)
    await work()
    await fleet.terminate('first')
    await work()
    await fleet.terminate('second')

    const want = expected(written)
    const found = {
      perZip: sorted(await cluster.read(perZip.name)),
      withTown: sorted(await cluster.read(withTown.name)),
    }
    for (const name of ['perZip', 'withTown'] as const) {
      const all = new Set(found[name])
      expect(want[name].filter((record) => !all.has(record))).toEqual([])
    }
    if (guarantee !== 'exactly_once') return
    expect(found).toEqual(want)
    // Each record once for both operators.
    expect((await cluster.read('by-zip-counted-repartition')).length).toBeLessThanOrEqual(written.length)
  },
  120_000,
)

/** Tasks of the second sub-topology. */
const ranState = (said: string): boolean => /"tasks":\[[^\]]*"1_\d[^\]]*\].*"msg":"running"/u.test(said)
