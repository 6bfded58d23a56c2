import { afterAll, beforeAll, expect, it } from 'vitest'
import { openCluster, type Cluster } from './cluster.js'
import { startGenerated } from './millrace-process.js'
import type { TopicRecord } from './topic-records.js'

let cluster: Cluster

beforeAll(async () => {
  cluster = await openCluster()
})
afterAll(() => cluster.close())

it('the smallest example: every value is processed once, printed, and keeps key, time and partition order', async () => {
  await cluster.createTopic('test', { partitions: 2 })
  await cluster.createTopic('processed', { partitions: 2 })
  const timestamp = Date.now() - 10_000
  const sent = Array.from({ length: 100 }, (_, i) => ({
    key: `key-${i % 7}`,
    value: String(i),
    timestamp: timestamp + i,
  }))
  await cluster.produce('test', sent)

  const process = startGenerated('processed/processed.js', cluster)
  const written = (): Promise<number> => {
    process.assertRunning()
    return cluster.count('processed')
  }
  await expect.poll(written, { timeout: 30_000 }).toBe(sent.length)
  expect(await process.terminate(), process.output()).toBe(0)

  const simplify = (prefix: string, records: readonly TopicRecord[]): readonly string[] =>
    records.map((record) =>
      [record.partition, String(record.key), prefix + String(record.value), record.timestamp].join(' '),
    )
  const output = simplify('', await cluster.read('processed'))
  expect(output).toEqual(simplify('processed-', await cluster.read('test')))
  expect(process.output()).toContain('processed-42')
}, 60_000)
