import { afterAll, beforeAll, expect, it } from 'vitest'
import { expectedCounts } from '../../examples/flights/expected.js'
import { readFlights } from '../../examples/flights/flights-csv.js'
import { produceFlights } from '../../examples/flights/produce.js'
import { openCluster, type Cluster } from './cluster.js'
import { millrace, startGenerated } from './millrace-process.js'

let cluster: Cluster

beforeAll(async () => {
  cluster = await openCluster()
})
afterAll(() => cluster.close())

it('the flights of a month: every topic holds what was counted from the CSV file, broken records stand apart', async () => {
  const rows = readFlights()
  const counted = expectedCounts(rows)
  const topics = [...Object.keys(counted), 'flights-dead-letters']
  for (const topic of ['flights', ...topics]) await cluster.createTopic(topic, { partitions: 3 })
  await millrace('flights', ['schema', 'register'], cluster)
  const target = { brokers: cluster.brokers.split(','), registryUrl: cluster.registryUrl }
  const produced = await produceFlights(target, rows)
  const expected = { ...counted, 'flights-dead-letters': produced.broken }

  const process = startGenerated('flights/flights.js', cluster)
  const counts = async (): Promise<Record<string, number>> =>
    Object.fromEntries(await Promise.all(topics.map(async (topic) => [topic, await cluster.count(topic)] as const)))
  const written = (): Promise<Record<string, number>> => {
    process.assertRunning()
    return counts()
  }
  await expect.poll(written, { timeout: 60_000, interval: 200 }).toEqual(expected)
  expect(await process.terminate(), process.output()).toBe(0)
  expect(await counts()).toEqual(expected)

  const keys = (await cluster.read('flights-dead-letters')).map(({ key }) => key?.toString())
  expect(new Set(keys)).toEqual(new Set(['broken-magic', 'broken-truncated', 'broken-null']))
}, 120_000)
