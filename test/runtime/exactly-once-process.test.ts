/** Processes with guarantee `exactly_once` that are killed or stopped in the middle of a transaction. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker, type FaultRule } from '../../embedded/index.js'
import { killAll, run, running } from './support/app-process.js'
import { numbered, topicPair } from './support/app-under-test.js'
import { eventually, produceTo, readAll } from './support/topics.js'

let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startBroker()
})
afterAll(async () => {
  killAll()
  await broker.close()
})

const setUp = async () => {
  const { input, output, applicationId } = await topicPair(broker, 3)
  const env = {
    MILLRACE_BROKERS: broker.bootstrap,
    IN: input,
    OUT: output,
    MILLRACE_APPLICATION_ID: applicationId,
    MILLRACE_THREADS: '2',
    MILLRACE_GUARANTEE: 'exactly_once',
    TRANSACTION_TIMEOUT: '2000',
  }
  let sent = 0
  const produce = async (count: number): Promise<void> => {
    await produceTo(broker.bootstrap, input, numbered(count, sent))
    sent += count
  }
  /** When all that was sent came out: whether each record did once, in the order of its partition. */
  const check = async (): Promise<void> => {
    const found = await eventually(
      () => readAll(broker.bootstrap, output),
      (records) => records.length >= sent,
      30_000,
    )
    const lines = (records: Awaited<ReturnType<typeof readAll>>): string[] =>
      records.map(({ partition, value }) => `${partition} ${String(value)}`)
    expect(lines(found)).toEqual(lines(await readAll(broker.bootstrap, input)))
  }
  return { env, produce, check }
}

/** The next such request is held for ever. */
const hold = (api: NonNullable<FaultRule['api']>, when: 'before' | 'after'): Promise<void> =>
  broker.faults.add({ api, effect: { kind: 'freeze', when } })

const isHeld = () =>
  eventually(
    () => broker.stats(),
    ({ faultsLeft }) => faultsLeft === 0,
    30_000,
  )

const POINTS = [
  ['Produce', 'before'],
  ['Produce', 'after'],
  ['TxnOffsetCommit', 'before'],
  ['TxnOffsetCommit', 'after'],
  ['EndTxn', 'before'],
  ['EndTxn', 'after'],
] as const

describe('a process', () => {
  it('that is killed at each step of a transaction writes nothing twice and loses nothing', async () => {
    const { env, produce, check } = await setUp()
    for (const [api, when] of POINTS) {
      // Before the rule, which would hold this producer's requests too.
      await produce(300)
      await hold(api, when)
      const { child, ended } = run(env)
      await isHeld()
      child.kill('SIGKILL')
      expect(await ended).toBe('SIGKILL')
    }
    const last = run(env)
    await check()
    await running(last)
    last.child.kill('SIGTERM')
    expect(await last.ended).toBe(0)
    await check()
  }, 120_000)

  it('that was stopped for longer than its session and its transaction is fenced', async () => {
    const { env, produce, check } = await setUp()
    const zombie = run(env)
    await running(zombie)
    await hold('EndTxn', 'before')
    await produce(300)
    await isHeld()
    zombie.child.kill('SIGSTOP')
    const next = run(env)
    await produce(300)
    await check()
    zombie.child.kill('SIGCONT')
    await produce(300)
    await eventually(zombie.output, (text) => /is fenced|tasks are lost/.test(text), 30_000)
    await check()
    zombie.child.kill('SIGTERM')
    await running(next)
    next.child.kill('SIGTERM')
    expect(await next.ended).toBe(0)
    await zombie.ended
    await check()
  }, 90_000)
})
