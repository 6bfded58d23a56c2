/** Tables that are restored from the topic that they are read from, up to where the group has committed. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker } from '../../embedded/index.js'
import type { GeneratedPipeline } from '../../runtime/abi/index.js'
import type { App, AppOptions } from '../../runtime/index.js'
import { build } from '../compiler/support/compile-project.js'
import { appOn } from './support/app-under-test.js'
import { eventually, produceTo, readAll, silent, withAdmin } from './support/topics.js'

/** Customers by country: a row that is not the one that was processed last would be subtracted from the wrong count. */
const source = (store: 'memory' | 'disk', refuse: string): string => `
import { json, pipeline, string, topic } from 'millrace'
const customers = topic('customers', { key: string(), value: string() })
export const made = pipeline('made', (p) => {
  const byId = p.table(customers, { name: 'customers', changelog: 'source', store: '${store}' })
  byId
    .groupBy((country, { key }) => {
      if (country === '${refuse}') throw new Error('refused')
      return { key: country, value: key }
    })
    .count({ name: 'per-country' })
    .toStream()
    .to(topic('per-country', { key: string(), value: json<number>() }))
})
`
const pipelines = new Map<string, GeneratedPipeline>()
const pipelineOf = async (store: 'memory' | 'disk' = 'memory', refuse = ''): Promise<GeneratedPipeline> => {
  const key = `${store} ${refuse}`
  const found = pipelines.get(key) ?? (await build({ 'pipeline.ts': source(store, refuse) })).pipeline
  pipelines.set(key, found)
  return found
}

let broker: EmbeddedBroker
let directory: string

beforeAll(async () => {
  broker = await startBroker({ brokers: 1 })
  directory = mkdtempSync(path.join(tmpdir(), 'millrace-source-'))
})
afterAll(async () => {
  await broker.close()
  rmSync(directory, { recursive: true, force: true })
})

const PARTITIONS = 2

/** Topics anew, and none of the group's. */
const freshTopics = async (): Promise<void> => {
  await withAdmin(broker.bootstrap, async (admin) => {
    const { groups } = await admin.listGroups()
    if (groups.length > 0) await admin.deleteGroups(groups.map(({ groupId }) => groupId))
    const topics = (await admin.listTopics()).filter((topic) => !topic.startsWith('__'))
    if (topics.length > 0) await admin.deleteTopics({ topics })
  })
  await broker.createTopic('customers', { partitions: PARTITIONS, config: { 'cleanup.policy': 'compact' } })
  await broker.createTopic('per-country', { partitions: PARTITIONS })
}

interface Restored {
  readonly store: string
  readonly topic: string
  readonly partition: number
  readonly position: number
  readonly records: number
}

const start = async (
  pipeline: GeneratedPipeline,
  options: Partial<AppOptions>,
): Promise<{ readonly app: App; readonly restored: readonly Restored[]; readonly tasks: readonly string[][] }> => {
  const restored: Restored[] = []
  const tasks: string[][] = []
  const debug = (fields: { readonly stores?: readonly Restored[] }, message: string): void => {
    if (message === 'stores are restored') restored.push(...(fields.stores ?? []))
  }
  const info = (fields: { readonly tasks?: string[] }, message: string): void => {
    if (message === 'running') tasks.push(fields.tasks ?? [])
  }
  const app = appOn(broker, pipeline, {
    applicationId: 'made',
    commitInterval: 50,
    logger: { ...silent, debug, info },
    ...options,
  })
  await app.start()
  return { app, restored, tasks }
}

/** Newest count of each country. */
const counts = async (): Promise<Readonly<Record<string, number>>> => {
  const rows = await readAll(broker.bootstrap, 'per-country')
  return Object.fromEntries(rows.map(({ key, value }) => [String(key), Number(String(value))]))
}

const untilCounts = (wanted: Readonly<Record<string, number>>): Promise<unknown> =>
  eventually(counts, (found) => Object.entries(wanted).every(([country, count]) => found[country] === count), 20_000)

const customers = (country: string, from = 0, to = 100): { key: string; value: string }[] =>
  Array.from({ length: to - from }, (_, i) => ({ key: `c${from + i}`, value: country }))

const sourceStores = (restored: readonly Restored[]): readonly Restored[] =>
  restored.filter(({ topic }) => topic === 'customers')

describe.each(['at_least_once', 'exactly_once'] as const)('%s', (guarantee) => {
  it('reads the topic again, and what has come since is processed behind it', async () => {
    await freshTopics()
    const pipeline = await pipelineOf()
    await produceTo(broker.bootstrap, 'customers', customers('fr'))
    const first = await start(pipeline, { guarantee })
    await untilCounts({ fr: 100 })
    await first.app.close()
    // Behind what is committed: these rows must not be there before they are processed.
    await produceTo(broker.bootstrap, 'customers', [
      ...customers('it', 0, 30),
      ...customers('es', 0, 10),
      ...customers('', 90, 95).map(({ key }) => ({ key, value: null })),
    ])
    const second = await start(pipeline, { guarantee })
    await untilCounts({ fr: 65, it: 20, es: 10 })
    await second.app.close()
    expect(sourceStores(second.restored).reduce((sum, { records }) => sum + records, 0)).toBe(100)
    const topics = await withAdmin(broker.bootstrap, (admin) => admin.listTopics())
    expect(topics).toContain('made-per-country-changelog')
    expect(topics).not.toContain('made-customers-changelog')
  })

  it('stops where the group has committed in the middle of a batch', async () => {
    await freshTopics()
    const batch = [...customers('fr', 0, 50), { key: 'c10', value: 'poison' }, ...customers('it', 0, 50)]
    const partition = 0
    await produceTo(
      broker.bootstrap,
      'customers',
      batch.map((message) => ({ ...message, partition })),
    )
    const first = await start(await pipelineOf('memory', 'poison'), { guarantee })
    await expect(first.app.finished()).rejects.toThrow('refused')
    const second = await start(await pipelineOf(), { guarantee })
    await untilCounts({ fr: 0, poison: 0, it: 50 })
    await second.app.close()
    expect(sourceStores(second.restored).map(({ position }) => position)).toContain(50)
  })

  it.each(['memory', 'disk'] as const)('reads the tail only where there is state in %s', async (store) => {
    await freshTopics()
    const pipeline = await pipelineOf(store)
    const state = { directory: mkdtempSync(path.join(directory, 'state-')) }
    await produceTo(broker.bootstrap, 'customers', customers('fr'))
    const first = await start(pipeline, { guarantee, state })
    await untilCounts({ fr: 100 })
    await first.app.close()
    await produceTo(broker.bootstrap, 'customers', customers('it', 0, 30))
    const second = await start(pipeline, { guarantee, state })
    await untilCounts({ fr: 70, it: 30 })
    await second.app.close()
    expect(sourceStores(second.restored).map(({ records }) => records)).toEqual([0, 0])
    // Without it, everything; the group is 130 records further than nothing.
    for (const entry of readdirSync(state.directory)) rmSync(path.join(state.directory, entry), { recursive: true })
    const third = await start(pipeline, { guarantee, state })
    await produceTo(broker.bootstrap, 'customers', customers('es', 0, 10))
    await untilCounts({ fr: 70, it: 20, es: 10 })
    await third.app.close()
    expect(sourceStores(third.restored).reduce((sum, { records }) => sum + records, 0)).toBe(130)
  })
})

it('a standby copy follows what the group commits, and goes on from there', async () => {
  await freshTopics()
  const pipeline = await pipelineOf()
  const options = { guarantee: 'exactly_once', transactionTimeout: 5000, standbys: 1 } as const
  const first = await start(pipeline, options)
  const second = await start(pipeline, options)
  // Two tasks read the table, two count.
  await eventually(
    () => second.tasks.at(-1) ?? [],
    (tasks) => tasks.length === 2,
  )
  await produceTo(broker.bootstrap, 'customers', customers('fr'))
  await untilCounts({ fr: 100 })
  await produceTo(broker.bootstrap, 'customers', customers('it', 0, 40))
  await untilCounts({ fr: 60, it: 40 })
  await first.app.close()
  await eventually(
    () => second.tasks.at(-1) ?? [],
    (tasks) => tasks.length === 4,
  )
  await produceTo(broker.bootstrap, 'customers', customers('es', 0, 50))
  await untilCounts({ fr: 50, it: 0, es: 50 })
  await second.app.close()
}, 60_000)

it('does not hold more than a group that was set back', async () => {
  await freshTopics()
  const pipeline = await pipelineOf()
  const state = { directory: mkdtempSync(path.join(directory, 'back-')) }
  const partition = 0
  await produceTo(
    broker.bootstrap,
    'customers',
    customers('fr').map((message) => ({ ...message, partition })),
  )
  const first = await start(pipeline, { state })
  await untilCounts({ fr: 100 })
  await first.app.close()
  await withAdmin(broker.bootstrap, (admin) =>
    admin.setOffsets({ groupId: 'made', topic: 'customers', partitions: [{ partition, offset: '30' }] }),
  )
  const second = await start(pipeline, { state })
  await second.app.close()
  const [restored] = sourceStores(second.restored).filter((store) => store.partition === partition)
  expect(restored).toMatchObject({ position: 30, records: 30 })
})

it('has nothing to restore in tasks that have no partition of the topic', async () => {
  await freshTopics()
  await broker.createTopic('countries', { partitions: PARTITIONS + 1 })
  const { pipeline } = await build({
    'pipeline.ts': `
import { json, pipeline, string, topic } from 'millrace'
const text = { key: string(), value: string() }
export const made = pipeline('made', (p) => {
  const byId = p.table(topic('customers', text), { name: 'customers', changelog: 'source' })
  byId.toStream().map((v) => v ?? '').merge(p.stream(topic('countries', text))).map(() => 1)
    .to(topic('per-country', { key: string(), value: json<number>() }))
})
`,
  })
  const state = { directory: mkdtempSync(path.join(directory, 'narrow-')) }
  const first = await start(pipeline, { state })
  await produceTo(broker.bootstrap, 'customers', customers('fr', 0, 5))
  await produceTo(
    broker.bootstrap,
    'countries',
    [0, 1, 2].map((partition) => ({ key: `country-${partition}`, value: 'x', partition })),
  )
  await untilCounts({ c0: 1, c4: 1, 'country-0': 1, 'country-1': 1, 'country-2': 1 })
  await first.app.close()
  const second = await start(pipeline, { state })
  await second.app.close()
  expect(sourceStores(second.restored)).toHaveLength(PARTITIONS)
})

it('refuses a topic that forgets rows', async () => {
  await freshTopics()
  await withAdmin(broker.bootstrap, (admin) => admin.deleteTopics({ topics: ['customers'] }))
  await broker.createTopic('customers', { partitions: PARTITIONS, config: { 'retention.ms': '604800000' } })
  await expect(start(await pipelineOf(), {})).rejects.toThrow(
    /store customers is restored from topic customers, which has cleanup.policy=delete, retention.ms=604800000 and forgets rows/,
  )
})
