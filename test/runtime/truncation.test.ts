import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker } from '../../embedded/index.js'
import { ErrorCode } from '../../runtime/kafka/protocol/index.js'
import { appOn, topicPair } from './support/app-under-test.js'
import { handWritten } from './support/hand-written-pipeline.js'
import { eventually, produceTo, readAll, withAdmin } from './support/topics.js'

let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startBroker()
})
afterAll(() => broker.close())

const committedIn = (input: string): Promise<number> =>
  withAdmin(broker.bootstrap, async (admin) => {
    const offsets = await admin.fetchOffsets({ groupId: input.replace('in', 'app'), topics: [input] })
    return Number(offsets[0]?.partitions[0]?.offset)
  })

const setUp = async (options = {}) => {
  const { input, output, applicationId } = await topicPair(broker, 1)
  const pipeline = handWritten({ applicationId, inputs: [input], output, map: (value) => value ?? undefined })
  const open = (more = {}) =>
    appOn(broker, pipeline, { commitInterval: 50, transactionTimeout: 5000, ...options, ...more })
  const produce = async (...values: readonly string[]): Promise<void> => {
    for (const value of values) await produceTo(broker.bootstrap, input, [{ value }])
  }
  const written = (count: number) =>
    eventually(
      async () => (await readAll(broker.bootstrap, output)).map(({ value }) => String(value)),
      (values) => values.length >= count,
    )
  return { input, open, produce, written }
}

describe.each(['at_least_once', 'exactly_once'] as const)('records lost by an unclean election, %s', (guarantee) => {
  it('are told of, and those that have their offsets now are processed', async () => {
    const { input, open, produce, written } = await setUp({ guarantee })
    const app = open()
    await app.start()
    await produce('a', 'b', 'c', 'd')
    await written(4)
    await broker.faults.truncate(input, 0, 2)
    await produce('C', 'D', 'E')
    expect(await written(7)).toEqual(['a', 'b', 'c', 'd', 'C', 'D', 'E'])
    await app.close()
  })

  it('are noticed also by a process that starts after it', async () => {
    const { input, open, produce, written } = await setUp({ guarantee })
    const first = open()
    await first.start()
    await produce('a', 'b', 'c', 'd')
    await written(4)
    await first.close()
    await broker.faults.truncate(input, 0, 2)
    // As many as were lost: the committed offset exists.
    await produce('C', 'D', 'E')
    const second = open()
    await second.start()
    expect(await written(7)).toEqual(['a', 'b', 'c', 'd', 'C', 'D', 'E'])
    await second.close()
  })
})

it('they are noticed also where an aborted transaction begins again', async () => {
  const { input, open, produce, written } = await setUp({ guarantee: 'exactly_once' })
  const app = open()
  await app.start()
  await produce('a', 'b', 'c', 'd')
  await written(4)
  await eventually(
    () => committedIn(input),
    (offset) => offset === 4,
  )
  await broker.faults.add({
    api: 'Produce',
    effect: { kind: 'error', errorCode: ErrorCode.TRANSACTION_ABORTABLE },
    times: 1,
    topic: input.replace('in', 'out'),
  })
  // Of the abort: meanwhile others take the places of what was committed.
  await broker.faults.add({ api: 'EndTxn', effect: { kind: 'delay', ms: 500 } })
  await produce('trigger')
  await eventually(
    () => broker.stats(),
    ({ faultsLeft }) => faultsLeft === 0,
  )
  await broker.faults.truncate(input, 0, 2)
  await produce('C', 'D', 'E')
  expect(await written(7)).toEqual(['a', 'b', 'c', 'd', 'C', 'D', 'E'])
  await app.close()
})

describe('with the reset policy "none"', () => {
  it('a truncated input ends the application', async () => {
    const { input, open, produce, written } = await setUp()
    const first = open()
    await first.start()
    await produce('a', 'b', 'c')
    await written(3)
    await first.close()
    await broker.faults.truncate(input, 0, 1)
    await produce('B', 'C', 'D')
    const second = open({ autoOffsetReset: 'none' })
    // It may be running for a moment.
    await second.start().catch(() => undefined)
    await expect(second.finished()).rejects.toThrow(/was truncated.*policy is "none"/)
  })
})
