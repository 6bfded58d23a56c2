/** A broker that takes everything and answers nothing: what waits in memory stays within the budgets, in both directions. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker } from '../../embedded/index.js'
import type { App } from '../../runtime/index.js'
import { appOn, identity, topicPair } from './support/app-under-test.js'
import { handWritten } from './support/hand-written-pipeline.js'
import { eventually, produceTo, readAll } from './support/topics.js'

let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startBroker()
})
afterAll(() => broker.close())

const PARTITIONS = 4
const FETCHED = 400_000
const BUFFERED = 200_000
const BATCH = 10_000
/** Open batches of each task and partition, beyond what is sealed. */
const OPEN = PARTITIONS * 16 * BATCH
/** Records that the input gets at once, and the bytes of its batches at most, one a partition. */
const AT_ONCE = 40
const INPUT_BATCH = 20_000
/**
 * A broker answers with a whole batch of each partition, however little room is left, and an answer of which half is in use
 * is held as a whole.
 */
const WHOLE_BATCHES = 2 * PARTITIONS * INPUT_BATCH
const RECORDS = 4000
const FILLING = '.'.repeat(1000)
const everything = Array.from({ length: RECORDS }, (_, i) => ({ key: `k${i}`, value: `${i}${FILLING}` }))

const held = async (app: App): Promise<{ readonly fetched: number; readonly unacknowledged: number }> => {
  const text = await (await fetch(`${app.httpAddress ?? ''}/metrics`)).text()
  const valueOf = (name: string): number => Number(new RegExp(`^${name}\\{[^}]*\\} (\\d+)$`, 'm').exec(text)?.[1])
  return {
    fetched: valueOf('kafka_streams_thread_buffered_bytes'),
    unacknowledged: valueOf('kafka_streams_thread_unacknowledged_bytes'),
  }
}

it.each(['at_least_once', 'exactly_once'] as const)(
  '%s: ten times as much input as the budgets does not raise what is held, and all of it comes out',
  async (guarantee) => {
    const { input, output, applicationId } = await topicPair(broker, PARTITIONS)
    // In batches that are small beside the budgets.
    for (let i = 0; i < RECORDS; i += AT_ONCE) {
      await produceTo(broker.bootstrap, input, everything.slice(i, i + AT_ONCE))
    }
    await broker.faults.add({ api: 'Produce', times: 10_000, effect: { kind: 'freeze', when: 'before' } })
    const app = appOn(broker, handWritten({ applicationId, inputs: [input], output, map: identity }), {
      guarantee,
      http: { port: 0 },
      requestTimeout: 600,
      fetch: { budgetBytes: FETCHED, overwriteDone: true },
      produce: { bufferBytes: BUFFERED, batchBytes: BATCH },
    })
    await app.start()
    const most = { fetched: 0, unacknowledged: 0 }
    const look = async (): Promise<typeof most> => {
      const now = await held(app)
      most.fetched = Math.max(most.fetched, now.fetched)
      most.unacknowledged = Math.max(most.unacknowledged, now.unacknowledged)
      return most
    }
    await eventually(look, ({ fetched, unacknowledged }) => fetched > FETCHED / 4 && unacknowledged >= BUFFERED)
    // Whoever read on in spite of that would do so now.
    let requests = 0
    await eventually(look, () => ++requests > 50)
    await broker.faults.clear()
    await eventually(
      async () => {
        await look()
        return (await readAll(broker.bootstrap, output)).length
      },
      (count) => count === everything.length,
      30_000,
    )
    await app.close()
    expect(most.fetched).toBeLessThanOrEqual(FETCHED + WHOLE_BATCHES)
    expect(most.unacknowledged).toBeLessThanOrEqual(BUFFERED + OPEN)
  },
  60_000,
)
