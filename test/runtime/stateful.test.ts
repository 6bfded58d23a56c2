/** Tasks with stores: what they count is right whatever happens, and the store is the replay of its changelog. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker, type FaultRule } from '../../embedded/index.js'
import type { App, AppOptions } from '../../runtime/index.js'
import { ErrorCode } from '../../runtime/kafka/protocol/index.js'
import { appOn, numbered, topicPair } from './support/app-under-test.js'
import { counting, countsChangelog } from './support/counting-pipeline.js'
import { eventually, produceTo, readAll, withAdmin } from './support/topics.js'

let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startBroker({ brokers: 2 })
})
afterAll(async () => {
  await broker.close()
})

const guarantees = ['at_least_once', 'exactly_once'] as const

const start = async (pipeline: AppOptions['pipeline'], options: Partial<AppOptions>): Promise<App> => {
  const app = appOn(broker, pipeline, { commitInterval: 50, transactionTimeout: 5000, ...options })
  await app.start()
  return app
}

const allCommitted = (applicationId: string, topic: string, count: number): Promise<number> =>
  eventually(
    () =>
      withAdmin(broker.bootstrap, async (admin) => {
        const offsets = await admin.fetchOffsets({ groupId: applicationId, topics: [topic] })
        return offsets
          .flatMap(({ partitions }) => partitions)
          .reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0)
      }),
    (found) => found === count,
    20_000,
  )

/** The counts that were written, by key in order. */
const counts = async (topic: string): Promise<Record<string, number[]>> => {
  const found: Record<string, number[]> = {}
  for (const { key, value } of await readAll(broker.bootstrap, topic)) {
    const name = String(key)
    found[name] ??= []
    found[name].push(Number(String(value).slice(name.length + 1)))
  }
  return found
}

/** What is right for `numbered(count)`, whose keys are fifty in turn. */
const expected = (count: number): Record<string, number[]> =>
  Object.fromEntries(
    Array.from({ length: 50 }, (_, i) => [`k${i}`, Array.from({ length: count / 50 }, (_, n) => n + 1)]),
  )

/** Last count of each key in the changelog. */
const replayed = async (applicationId: string): Promise<Record<string, number>> => {
  const rows: Record<string, number> = {}
  for (const { key, value } of await readAll(broker.bootstrap, countsChangelog(applicationId))) {
    if (value !== null) rows[String(key)] = value.readDoubleBE(1)
  }
  return rows
}

const final = (count: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, count / 50]))

describe.each(guarantees)('state, %s', (guarantee) => {
  it('survives a restart', async () => {
    const { input, output, applicationId } = await topicPair(broker, 2)
    const pipeline = counting({ applicationId, inputs: [input], output })
    for (let round = 0; round < 3; round++) {
      await produceTo(broker.bootstrap, input, numbered(200, round * 200))
      const app = await start(pipeline, { guarantee })
      await allCommitted(applicationId, input, (round + 1) * 200)
      await app.close()
    }
    expect(await counts(output)).toEqual(expected(600))
    expect(await replayed(applicationId)).toEqual(final(600))
  })

  it('moves with its task', async () => {
    const { input, output, applicationId } = await topicPair(broker, 4)
    const pipeline = counting({ applicationId, inputs: [input], output })
    let sent = 0
    const produce = async (): Promise<void> => {
      await produceTo(broker.bootstrap, input, numbered(300, sent))
      sent += 300
    }
    await produce()
    const first = await start(pipeline, { guarantee })
    await produce()
    const second = await start(pipeline, { guarantee })
    await produce()
    await allCommitted(applicationId, input, sent)
    await first.close()
    await produce()
    await allCommitted(applicationId, input, sent)
    await second.close()
    expect(await counts(output)).toEqual(expected(sent))
    expect(await replayed(applicationId)).toEqual(final(sent))
  })

  it('forgets what a failed record wrote', async () => {
    const { input, output, applicationId } = await topicPair(broker, 1)
    await produceTo(broker.bootstrap, input, [...numbered(100), { key: 'k0', value: 'poison' }, ...numbered(100, 100)])
    const pipeline = counting({ applicationId, inputs: [input], output, onError: { kind: 'skip' } }, (value) => {
      if (value === 'poison') throw new Error('poison')
    })
    const app = await start(pipeline, { guarantee })
    await allCommitted(applicationId, input, 201)
    await app.close()
    expect(await counts(output)).toEqual(expected(200))
  })
})

const error = (code: number): FaultRule['effect'] => ({ kind: 'error', errorCode: code })

describe('state, exactly_once', () => {
  it.each<[string, FaultRule[]]>([
    ['offsets: abortable', [{ api: 'TxnOffsetCommit', effect: error(ErrorCode.TRANSACTION_ABORTABLE) }]],
    ['offsets: generation is over', [{ api: 'TxnOffsetCommit', effect: error(ErrorCode.ILLEGAL_GENERATION) }]],
    ['produce: abortable', [{ api: 'Produce', times: 2, effect: error(ErrorCode.TRANSACTION_ABORTABLE) }]],
    ['end: abortable', [{ api: 'EndTxn', effect: error(ErrorCode.TRANSACTION_ABORTABLE) }]],
    ['end: answer lost', [{ api: 'EndTxn', times: 2, effect: { kind: 'drop', when: 'after' } }]],
  ])('is taken back with its transaction: %s', async (_, rules) => {
    const { input, output, applicationId } = await topicPair(broker, 2)
    await produceTo(broker.bootstrap, input, numbered(400))
    for (const rule of rules) await broker.faults.add(rule)
    const app = await start(counting({ applicationId, inputs: [input], output }), { guarantee: 'exactly_once' })
    await allCommitted(applicationId, input, 400)
    await produceTo(broker.bootstrap, input, numbered(100, 400))
    await allCommitted(applicationId, input, 500)
    await app.close()
    await broker.faults.clear()
    expect(await counts(output)).toEqual(expected(500))
    expect(await replayed(applicationId)).toEqual(final(500))
  })
})
