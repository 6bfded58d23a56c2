/** Applications with guarantee `exactly_once`: what read_committed readers see is each record once, in order, whatever happens. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker, type FaultRule } from '../../embedded/index.js'
import type { App, AppOptions } from '../../runtime/index.js'
import { ErrorCode } from '../../runtime/kafka/protocol/index.js'
import { appOn, identity, numbered, topicPair } from './support/app-under-test.js'
import { handWritten } from './support/hand-written-pipeline.js'
import { eventually, produceTo, readAll, withAdmin } from './support/topics.js'

let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startBroker({ brokers: 2 })
})
afterAll(async () => {
  await broker.close()
})

const exactly = (pipeline: AppOptions['pipeline'], options: Partial<AppOptions> = {}): App =>
  appOn(broker, pipeline, { guarantee: 'exactly_once', commitInterval: 50, transactionTimeout: 5000, ...options })

/** By partition of the output, which is that of the input: the same key, the same number of partitions. */
const byPartition = async (topic: string): Promise<Record<number, string[]>> => {
  const found: Record<number, string[]> = {}
  for (const { partition, value } of await readAll(broker.bootstrap, topic)) {
    found[partition] ??= []
    found[partition].push(String(value))
  }
  return found
}

const committed = (applicationId: string, topic: string): Promise<number> =>
  withAdmin(broker.bootstrap, async (admin) => {
    const offsets = await admin.fetchOffsets({ groupId: applicationId, topics: [topic] })
    return offsets
      .flatMap(({ partitions }) => partitions)
      .reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0)
  })

const allCommitted = (applicationId: string, topic: string, count: number): Promise<number> =>
  eventually(
    () => committed(applicationId, topic),
    (found) => found === count,
    20_000,
  )

const error = (code: number): FaultRule['effect'] => ({ kind: 'error', errorCode: code })
const lost = { kind: 'drop', when: 'after' } as const
const cut = { kind: 'drop', when: 'before' } as const

const SURVIVED: readonly (readonly [string, readonly FaultRule[]])[] = [
  ['nothing', []],
  ['produce: cut before the append', [{ api: 'Produce', times: 3, effect: cut }]],
  ['produce: answer lost', [{ api: 'Produce', times: 3, effect: lost }]],
  ['produce: half-open after the append', [{ api: 'Produce', effect: { kind: 'freeze', when: 'after' } }]],
  ['produce: the broker forgot the producer', [{ api: 'Produce', effect: error(ErrorCode.UNKNOWN_PRODUCER_ID) }]],
  ['produce: a gap', [{ api: 'Produce', effect: error(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER) }]],
  ['produce: abortable', [{ api: 'Produce', times: 2, effect: error(ErrorCode.TRANSACTION_ABORTABLE) }]],
  ['produce: not leader', [{ api: 'Produce', times: 2, effect: error(ErrorCode.NOT_LEADER_OR_FOLLOWER) }]],
  ['offsets: cut', [{ api: 'TxnOffsetCommit', times: 2, effect: cut }]],
  ['offsets: answer lost', [{ api: 'TxnOffsetCommit', times: 2, effect: lost }]],
  ['offsets: coordinator loads', [{ api: 'TxnOffsetCommit', effect: error(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS) }]],
  ['offsets: abortable', [{ api: 'TxnOffsetCommit', effect: error(ErrorCode.TRANSACTION_ABORTABLE) }]],
  ['offsets: generation is over', [{ api: 'TxnOffsetCommit', effect: error(ErrorCode.ILLEGAL_GENERATION) }]],
  ['offsets: member unknown', [{ api: 'TxnOffsetCommit', effect: error(ErrorCode.UNKNOWN_MEMBER_ID) }]],
  ['end: cut', [{ api: 'EndTxn', times: 2, effect: cut }]],
  ['end: answer lost', [{ api: 'EndTxn', times: 2, effect: lost }]],
  ['end: half-open', [{ api: 'EndTxn', effect: { kind: 'freeze', when: 'after' } }]],
  ['end: concurrent', [{ api: 'EndTxn', times: 3, effect: error(ErrorCode.CONCURRENT_TRANSACTIONS) }]],
  ['end: abortable', [{ api: 'EndTxn', effect: error(ErrorCode.TRANSACTION_ABORTABLE) }]],
  ['end: coordinator moved', [{ api: 'EndTxn', times: 2, effect: error(ErrorCode.NOT_COORDINATOR) }]],
  ['init: concurrent', [{ api: 'InitProducerId', times: 3, effect: error(ErrorCode.CONCURRENT_TRANSACTIONS) }]],
  ['fetch: cut', [{ api: 'Fetch', times: 3, effect: lost }]],
]

describe('exactly once', () => {
  it.each(SURVIVED)('%s', async (_, rules) => {
    const { input, output, applicationId } = await topicPair(broker, 2)
    await produceTo(broker.bootstrap, input, numbered(400))
    const app = exactly(handWritten({ applicationId, inputs: [input], output, map: identity }))
    for (const rule of rules) await broker.faults.add(rule)
    await app.start()
    await allCommitted(applicationId, input, 400)
    await produceTo(broker.bootstrap, input, numbered(100, 400))
    await allCommitted(applicationId, input, 500)
    await app.close()
    await broker.faults.clear()
    expect(await byPartition(output)).toEqual(await byPartition(input))
  })

  it('reads its inputs committed, and commits before the transaction is over', () => {
    const pipeline = handWritten({ applicationId: 'a', inputs: ['in'], output: 'out', map: identity })
    expect(() => exactly(pipeline, { isolation: 'read_uncommitted' })).toThrow(/reads its inputs committed/)
    expect(() => exactly(pipeline, { commitInterval: 5000 })).toThrow(/commitInterval must be lower than/)
  })

  it('nothing of a fenced producer is committed, and the worker that replaces it goes on', async () => {
    const { input, output, applicationId } = await topicPair(broker, 1)
    await produceTo(broker.bootstrap, input, numbered(100))
    await broker.faults.add({ api: 'EndTxn', effect: error(ErrorCode.PRODUCER_FENCED) })
    const app = exactly(handWritten({ applicationId, inputs: [input], output, map: identity }))
    await app.start()
    await allCommitted(applicationId, input, 100)
    await app.close()
    expect((await broker.stats()).faultsLeft).toBe(0)
    expect(await byPartition(output)).toEqual(await byPartition(input))
  })

  it('the coordinators and leaders move while it runs', async () => {
    const { input, output, applicationId } = await topicPair(broker, 2)
    const app = exactly(handWritten({ applicationId, inputs: [input], output, map: identity }))
    await app.start()
    for (let round = 0; round < 4; round++) {
      await produceTo(broker.bootstrap, input, numbered(100, round * 100))
      for (const topic of [input, output]) await broker.faults.moveLeader(topic, round % 2, 1 + (round % 2))
      await broker.faults.moveCoordinator('group', applicationId, 1 + (round % 2))
    }
    await allCommitted(applicationId, input, 400)
    await app.close()
    expect(await byPartition(output)).toEqual(await byPartition(input))
  })

  it('instances come and go in the middle of the stream', async () => {
    const { input, output, applicationId } = await topicPair(broker, 4)
    const pipeline = handWritten({ applicationId, inputs: [input], output, map: identity })
    const first = exactly(pipeline)
    let sent = 0
    const produce = async (): Promise<void> => {
      await produceTo(broker.bootstrap, input, numbered(300, sent))
      sent += 300
    }
    await Promise.all([first.start(), produce()])
    const second = exactly(pipeline)
    await Promise.all([second.start(), produce()])
    await Promise.all([first.close(), produce()])
    const third = exactly(pipeline)
    await Promise.all([third.start(), produce()])
    await allCommitted(applicationId, input, sent)
    await Promise.all([second.close(), third.close()])
    expect(await byPartition(output)).toEqual(await byPartition(input))
  })

  it('a dead letter is in the transaction of the records beside it', async () => {
    const { input, output, applicationId } = await topicPair(broker, 1)
    const dead = `${input}-dead`
    await broker.createTopic(dead, { partitions: 1 })
    await produceTo(broker.bootstrap, input, numbered(50))
    const onError = { kind: 'dead-letter', topic: dead } as const
    const map = (value: Buffer | null): Buffer | undefined => {
      if (String(value) === 'v20') throw new Error('poison')
      return value ?? undefined
    }
    const app = exactly(handWritten({ applicationId, inputs: [input], output, onError, map }))
    // The first transaction is undone, dead letter and all.
    await broker.faults.add({ api: 'TxnOffsetCommit', effect: error(ErrorCode.TRANSACTION_ABORTABLE) })
    await app.start()
    await allCommitted(applicationId, input, 50)
    await app.close()
    expect((await readAll(broker.bootstrap, output)).map(({ value }) => String(value))).toEqual(
      numbered(50)
        .map(({ value }) => value)
        .filter((value) => value !== 'v20'),
    )
    const letters = await readAll(broker.bootstrap, dead)
    expect(letters.map(({ value }) => String(value))).toEqual(['v20'])
  })

  it('a failing record stops it with everything before committed', async () => {
    const { input, output, applicationId } = await topicPair(broker, 1)
    await produceTo(broker.bootstrap, input, numbered(50))
    const map = (value: Buffer | null): Buffer | undefined => {
      if (String(value) === 'v20') throw new Error('poison')
      return value ?? undefined
    }
    const app = exactly(handWritten({ applicationId, inputs: [input], output, map }))
    await Promise.allSettled([app.start()])
    await expect(app.finished()).rejects.toThrow(/poison/)
    expect(await committed(applicationId, input)).toBe(20)
    expect(await readAll(broker.bootstrap, output)).toHaveLength(20)
  })
})
