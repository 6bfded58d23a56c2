/** A process that comes without state gets copies first, and tasks when the copies are near their end; nobody waits for it. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker } from '../../embedded/index.js'
import type { App } from '../../runtime/index.js'
import { countingApp, runs } from './support/counting-app.js'
import { eventually } from './support/topics.js'

let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startBroker({ brokers: 1 })
})
afterAll(async () => {
  await broker.close()
})

const REMAINING = /^kafka_streams_task_warmup_remaining_records\{task_id="([^"]+)".*\} (\d+)$/gmu

const warmUpsOf = async ({ httpAddress }: App): Promise<{ readonly task: string; readonly records: number }[]> => {
  const text = await (await fetch(`${httpAddress ?? ''}/metrics`)).text()
  return [...text.matchAll(REMAINING)].map(([, task = '', records]) => ({ task, records: Number(records) }))
}

it.each(['at_least_once', 'exactly_once'] as const)('moves tasks when their copies are near, %s', async (guarantee) => {
  const env = { MILLRACE_ACCEPTABLE_RECOVERY_LAG: '2', MILLRACE_PROBING_REBALANCE_INTERVAL: '500' }
  const common = { guarantee, env }
  const { start, produce, written, committed } = await countingApp(broker, 4, common)
  const first = await start()
  await produce(400)
  await committed(400)
  const second = await start()
  await runs(second, 2)
  await runs(first, 2)
  // None at first; then those that it has copies of, at whose ends it goes on.
  expect(second.tasks[0]).toEqual([])
  expect(second.restored).toHaveLength(2)
  for (const { records } of second.restored) expect(records).toBeLessThanOrEqual(3)
  await produce(400, 400)
  const records = await written(800)
  expect(new Set(records.map(({ value }) => String(value)))).toHaveProperty('size', 800)
  await Promise.all([first.app.close(), second.app.close()])
})

it('keeps working where the state is until then, and gives everything away when that process goes', async () => {
  const common = { acceptableRecoveryLag: 2, maxWarmupReplicas: 1, http: { port: 0 } }
  const { start, produce, written, committed } = await countingApp(broker, 4, common)
  const first = await start()
  await produce(400)
  await committed(400)
  const second = await start()
  expect(second.tasks).toEqual([[]])
  expect(first.tasks.at(-1)).toHaveLength(4)
  expect(first.awaited).toEqual([])
  const [behind = {}] = second.awaited
  expect(Object.keys(behind)).toHaveLength(2)
  for (const records of Object.values(behind)) expect(records).toBeGreaterThan(2)
  await produce(400, 400)
  await written(800)
  // One copy is made, the other one waits for its turn.
  const remaining = await eventually(
    () => warmUpsOf(second.app),
    (tasks) => tasks.some(({ records }) => records === 0),
  )
  expect(remaining.map(({ task }) => task).toSorted()).toEqual(Object.keys(behind).toSorted())
  for (const { task, records } of remaining) if (records !== 0) expect(records).toBe(behind[task])
  expect(await warmUpsOf(first.app)).toEqual([])
  await first.app.close()
  await runs(second, 4)
  expect(await warmUpsOf(second.app)).toEqual([])
  await produce(400, 800)
  await written(1200)
  await second.app.close()
})

it('moves a state at once that is restored in no time', async () => {
  const { start, produce, committed } = await countingApp(broker, 4, { acceptableRecoveryLag: 10_000 })
  const first = await start()
  await produce(400)
  await committed(400)
  const second = await start()
  await runs(second, 2)
  await Promise.all([first.app.close(), second.app.close()])
})
