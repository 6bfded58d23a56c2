import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp, type App } from '../../runtime/index.js'
import { handWritten } from '../runtime/support/hand-written-pipeline.js'
import { eventually, readAll, silent } from '../runtime/support/topics.js'
import { openCluster, type Cluster } from './cluster.js'

/** Guarantee `exactly_once`: transactions, hand-over within them, and what they undo. */
let cluster: Cluster

beforeAll(async () => {
  cluster = await openCluster()
})
afterAll(() => cluster.close())

const appOn = (applicationId: string, input: string, output: string, map = (value: Buffer | null) => value): App =>
  createApp({
    pipeline: handWritten({ applicationId, inputs: [input], output, map: (value) => map(value) ?? undefined }),
    kafka: { brokers: cluster.brokers.split(',') },
    logger: silent,
    env: {},
    guarantee: 'exactly_once',
    sessionTimeout: 6000,
    heartbeatInterval: 100,
  })

/** Of committed transactions, by partition and offset. */
const linesOf = async (topic: string): Promise<string[]> =>
  (await readAll(cluster.brokers, topic)).map(({ partition, value }) => `${partition} ${String(value)}`)

describe('exactly once', () => {
  it('each record comes out once and in order while instances come and go', async () => {
    const [input, output] = ['exactly-in', 'exactly-out']
    await cluster.createTopic(input, { partitions: 3 })
    await cluster.createTopic(output, { partitions: 3 })
    let sent = 0
    const produce = async (): Promise<void> => {
      const records = Array.from({ length: 200 }, (_, i) => ({ key: `k${i % 20}`, value: `v${sent + i}` }))
      sent += records.length
      await cluster.produce(input, records)
    }
    const first = appOn('exactly', input, output)
    await Promise.all([first.start(), produce()])
    const second = appOn('exactly', input, output)
    await Promise.all([second.start(), produce()])
    await Promise.all([first.close(), produce()])
    await eventually(
      () => linesOf(output),
      (lines) => lines.length >= sent,
      30_000,
    )
    await second.close()
    expect(await linesOf(output)).toEqual(await linesOf(input))
  }, 90_000)

  it('what comes before a failing record is committed, and a restart begins with it', async () => {
    const [input, output] = ['failing-in', 'failing-out']
    await cluster.createTopic(input)
    await cluster.createTopic(output)
    await cluster.produce(
      input,
      Array.from({ length: 50 }, (_, i) => ({ key: 'k', value: `v${i}` })),
    )
    const failing = appOn('failing', input, output, (value) => {
      if (String(value) === 'v20') throw new Error('poison')
      return value
    })
    await Promise.allSettled([failing.start()])
    await expect(failing.finished()).rejects.toThrow(/poison/)
    expect(await linesOf(output)).toHaveLength(20)
    const mended = appOn('failing', input, output)
    await mended.start()
    await eventually(
      () => linesOf(output),
      (lines) => lines.length >= 50,
      30_000,
    )
    await mended.close()
    expect(await linesOf(output)).toEqual(await linesOf(input))
  }, 90_000)
})
