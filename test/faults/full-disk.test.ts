/** A state directory without room: no snapshot, a warning, and nothing else; what is counted is as if there were room. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { SABOTAGED } from './child/sabotage.js'
import { openFaultCluster, type FaultCluster } from './fault-cluster.js'
import { Observer } from './observer.js'
import { ProcessSlot } from './process-slot.js'
import { GROUP, openWorkload, PARTITIONS, TOPICS, type Workload } from './workload.js'
import { Writer } from './writer.js'

let workload: Workload
let cluster: FaultCluster

beforeAll(async () => {
  workload = await openWorkload()
  cluster = await openFaultCluster('embedded')
  for (const topic of Object.values(TOPICS)) await cluster.createTopic(topic, { partitions: PARTITIONS })
}, 60_000)
afterAll(async () => {
  await cluster.close()
  await workload[Symbol.asyncDispose]()
})

const RECORDS = 500
const PATIENCE_MS = 60_000

it('is survived at the first write of a snapshot and in the middle of one', async () => {
  await using observer = new Observer(cluster.brokers)
  await using writer = new Writer(cluster.brokers, TOPICS.input)
  const slot = new ProcessSlot({
    name: 'p',
    workload,
    brokers: cluster.brokers,
    guarantee: 'exactly_once',
    contender: 'millrace',
    groupInstanceId: undefined,
  })
  const committed = async (): Promise<number> =>
    (await observer.offsets(GROUP, TOPICS.input)).reduce((sum, offset) => sum + Math.max(0, offset), 0)
  for (const diskFullAfter of [0, 3, undefined]) {
    await writer.write(RECORDS)
    const life = slot.start({
      what: 'a full disk',
      sabotage: undefined,
      whenRunning: false,
      diskFullAfter,
      withoutState: false,
      end: 'SIGTERM',
      after: 0,
    })
    await expect.poll(committed, { timeout: PATIENCE_MS, interval: 50 }).toBe(writer.acked)
    if (diskFullAfter !== undefined) expect(await life.says(SABOTAGED, PATIENCE_MS)).toBe(true)
    life.kill('SIGTERM')
    expect(await life.ended, life.said()).toBe(0)
    if (diskFullAfter !== undefined) expect(life.said()).toContain('no space left on device')
  }
  const counts = await observer.store(workload.changelog)
  expect(Object.values(counts).reduce((a, b) => a + b, 0)).toBe(writer.acked)
}, 240_000)
