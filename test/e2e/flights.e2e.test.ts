import registryPackage from '@kafkajs/confluent-schema-registry'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { expectedCounts } from '../../examples/flights/expected.js'
import { readFlights, scheduledInstant, type Row } from '../../examples/flights/flights-csv.js'
import { produceFlights } from '../../examples/flights/produce.js'
import { openCluster, type Cluster } from './cluster.js'
import { millrace, startGenerated, startMillrace, type MillraceProcess } from './millrace-process.js'
import type { TopicRecord } from './topic-records.js'

/** The generated code that is checked in, as processes of its own, on a month of flights. */
const rows = readFlights()
const counted = expectedCounts(rows)
const deadLetters = 'flights-dead-letters'
const topics = [...Object.keys(counted), deadLetters]
const timeout = 60_000

let cluster: Cluster

beforeEach(async () => {
  cluster = await openCluster()
  for (const topic of ['flights', ...topics]) await cluster.createTopic(topic, { partitions: 3 })
  await millrace('flights', ['schema', 'register'], cluster)
})
afterEach(() => cluster.close())

/** Returns how many of them are broken. */
const produce = async (some: readonly Row[]): Promise<number> => {
  const target = { brokers: cluster.brokers.split(','), registryUrl: cluster.registryUrl }
  return (await produceFlights(target, some)).broken
}

const counts = async (...running: readonly MillraceProcess[]): Promise<Record<string, number>> => {
  for (const process of running) process.assertRunning()
  return Object.fromEntries(
    await Promise.all(topics.map(async (topic) => [topic, await cluster.count(topic)] as const)),
  )
}

const schemaId = (version: number): Promise<number> =>
  new registryPackage.SchemaRegistry({ host: cluster.registryUrl }).getRegistryId('flights-value', version)

const frameId = ({ value }: TopicRecord): number | undefined => value?.readInt32BE(1)

it('every topic holds what was counted from the CSV file; broken records stand apart, with the reason', async () => {
  const broken = await produce(rows)
  const [evil] = rows
  if (evil === undefined) throw new Error('no flights')
  // Departed at 25:75: no version of the schema refuses that, but a function that the pipeline calls does.
  await produceFlights({ brokers: cluster.brokers.split(','), registryUrl: cluster.registryUrl }, [
    { ...evil, tailnum: 'evil', dep_time: '2575', arr_time: '100', air_time: '10' },
  ])
  const expected = { ...counted, [deadLetters]: 2 * broken + 1 }
  const process = startGenerated('flights/flights.js', cluster)
  await expect.poll(() => counts(process), { timeout, interval: 200 }).toEqual(expected)
  expect(await process.terminate(), process.output()).toBe(0)
  expect(await counts()).toEqual(expected)

  const inputs = await cluster.read('flights')
  const versions = new Set([await schemaId(1), await schemaId(2)])
  expect(new Set(inputs.filter(({ key }) => !String(key).startsWith('broken')).map(frameId))).toEqual(versions)

  const dead = await cluster.read(deadLetters)
  for (const { key, value, headers } of dead) {
    const { '__streams.errors.partition': partition, '__streams.errors.offset': offset } = headers
    expect(headers['__streams.errors.topic']).toBe('flights')
    const origin = inputs.find((each) => `${each.partition} ${each.offset}` === `${partition} ${offset}`)
    expect(origin).toMatchObject({ key, value })
  }
  const reasons = new Map(dead.map(({ key, headers }) => [String(key), headers]))
  expect(reasons.get('broken-magic')?.['__streams.errors.message']).toContain(
    'the first byte of the Avro message is 7, not 0',
  )
  expect(reasons.get('broken-truncated')?.['__streams.errors.message']).not.toBe('')
  expect(reasons.get('broken-null')?.['__streams.errors.message']).toMatch(/null/)
  expect(reasons.get('evil')?.['__streams.errors.message']).toContain('2575 is no time of day')
  expect(reasons.get('evil')?.['__streams.errors.stacktrace']).toMatch(/pipelines[/\\]local-time\.ts:13:/)
}, 120_000)

it('so they do with two threads', async () => {
  const broken = await produce(rows)
  const expected = { ...counted, [deadLetters]: broken }
  const process = startMillrace('flights', ['run', 'flights', '--threads', '2'], cluster)
  await expect.poll(() => counts(process), { timeout, interval: 200 }).toEqual(expected)
  expect(await process.terminate(), process.output()).toBe(0)
  expect(await counts()).toEqual(expected)
}, 120_000)

it('nothing is lost, and the flights of an aircraft stay in order, while processes come and go', async () => {
  const third = Math.ceil(rows.length / 3)
  const part = (n: number) => rows.slice(n * third, (n + 1) * third)
  const written = (...running: readonly MillraceProcess[]) =>
    counts(...running).then(({ 'flights-clean': clean }) => clean ?? 0)

  await produce(part(0))
  const first = startMillrace('flights', ['run', 'flights'], cluster)
  await expect.poll(() => written(first), { timeout }).toBeGreaterThan(0)
  const second = startMillrace('flights', ['run', 'flights'], cluster)
  const shares = /"tasks":\["0_\d"/
  await Promise.all([produce(part(1)), expect.poll(() => second.output(), { timeout }).toMatch(shares)])
  const [ended] = await Promise.all([first.terminate(), produce(part(2))])
  expect(ended, first.output()).toBe(0)
  const enough = async () => {
    const now = await counts(second)
    return topics.every((topic) => (now[topic] ?? 0) >= (counted[topic] ?? 0))
  }
  await expect.poll(enough, { timeout, interval: 200 }).toBe(true)
  expect(await second.terminate(), second.output()).toBe(0)

  const registry = new registryPackage.SchemaRegistry({ host: cluster.registryUrl })
  const seen = new Map<string, Set<string>>()
  for (const { key, value } of await cluster.read('flights-clean')) {
    const { id } = (await registry.decode(value ?? Buffer.alloc(0))) as { readonly id: string }
    const aircraft = String(key)
    // A set keeps the order of first appearance: what a restart processed again does not count.
    seen.set(aircraft, (seen.get(aircraft) ?? new Set()).add(id))
  }
  const wanted = new Map<string, Set<string>>()
  for (const row of rows.filter(({ arr_delay: delay }) => delay !== 'NA')) {
    const id = `${row.carrier}${row.flight}@${scheduledInstant(row)}`
    wanted.set(row.tailnum, (wanted.get(row.tailnum) ?? new Set()).add(id))
  }
  const inOrder = (of: ReadonlyMap<string, Set<string>>) =>
    Object.fromEntries([...of].map(([key, ids]) => [key, [...ids]] as const))
  expect(inOrder(seen)).toEqual(inOrder(wanted))
}, 180_000)
