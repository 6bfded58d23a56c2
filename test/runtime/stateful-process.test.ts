/** Processes with state that are killed: under `exactly_once` each count comes once, and the store is its changelog. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker, type FaultRule } from '../../embedded/index.js'
import { killAll, run, running } from './support/app-process.js'
import { numbered, topicPair } from './support/app-under-test.js'
import { countsChangelog } from './support/counting-pipeline.js'
import { eventually, produceTo, readAll } from './support/topics.js'

let broker: EmbeddedBroker
let directory: string

beforeAll(async () => {
  broker = await startBroker()
})
afterAll(async () => {
  await broker.close()
})
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'millrace-state-'))
})
afterEach(() => {
  killAll()
  rmSync(directory, { recursive: true, force: true })
})

const setUp = async (location: 'memory' | 'disk') => {
  const { input, output, applicationId } = await topicPair(broker, 3)
  const changelog = countsChangelog(applicationId)
  const env = {
    MILLRACE_BROKERS: broker.bootstrap,
    IN: input,
    OUT: output,
    CHANGELOG: changelog,
    STATE: directory,
    LOCATION: location,
    MILLRACE_APPLICATION_ID: applicationId,
    MILLRACE_THREADS: '2',
    MILLRACE_STANDBYS: '1',
    MILLRACE_GUARANTEE: 'exactly_once',
    TRANSACTION_TIMEOUT: '2000',
  }
  let sent = 0
  const produce = async (count: number): Promise<void> => {
    await produceTo(broker.bootstrap, input, numbered(count, sent))
    sent += count
  }
  const check = async (): Promise<void> => {
    const records = await eventually(
      () => readAll(broker.bootstrap, output),
      (found) => found.length >= sent,
      40_000,
    )
    const byKey = new Map<string, number[]>()
    for (const { key, value } of records) {
      const name = String(key)
      byKey.set(name, [...(byKey.get(name) ?? []), Number(String(value).slice(name.length + 1))])
    }
    const rows = new Map<string, number>()
    for (const { key, value } of await readAll(broker.bootstrap, changelog)) {
      if (value !== null) rows.set(String(key), value.readDoubleBE(1))
    }
    expect(byKey.size).toBe(50)
    for (const [key, counts] of byKey) {
      expect(counts, key).toEqual(Array.from({ length: sent / 50 }, (_, n) => n + 1))
      expect(rows.get(key), key).toBe(sent / 50)
    }
  }
  return { env, produce, check }
}

const isHeld = () =>
  eventually(
    () => broker.stats(),
    ({ faultsLeft }) => faultsLeft === 0,
    30_000,
  )

const POINTS: readonly (readonly [NonNullable<FaultRule['api']>, 'before' | 'after'])[] = [
  ['Produce', 'before'],
  ['Produce', 'after'],
  ['TxnOffsetCommit', 'after'],
  ['EndTxn', 'before'],
  ['EndTxn', 'after'],
]

describe.each(['memory', 'disk'] as const)('a process with state, %s', (location) => {
  it('that is killed at each step of a transaction counts nothing twice and loses nothing', async () => {
    const { env, produce, check } = await setUp(location)
    for (const [api, when] of POINTS) {
      await produce(300)
      await broker.faults.add({ api, effect: { kind: 'freeze', when } })
      const { child, ended } = run(env)
      await isHeld()
      child.kill('SIGKILL')
      expect(await ended).toBe('SIGKILL')
    }
    const last = run(env)
    await running(last)
    await produce(300)
    await check()
    last.child.kill('SIGTERM')
    expect(await last.ended).toBe(0)
    // Whoever was killed left a lock that the next one took over.
    expect(readdirSync(path.join(directory, env.MILLRACE_APPLICATION_ID))).toEqual(['0'])
  }, 120_000)

  it('hands its state over: three processes come, are killed and go in the middle of the stream', async () => {
    const { env, produce, check } = await setUp(location)
    await produce(300)
    const first = run(env)
    await running(first)
    await produce(300)
    const second = run(env)
    const third = run(env)
    await Promise.all([running(second), running(third)])
    await produce(300)
    second.child.kill('SIGKILL')
    await second.ended
    await produce(300)
    first.child.kill('SIGTERM')
    expect(await first.ended).toBe(0)
    await produce(300)
    await check()
    third.child.kill('SIGTERM')
    expect(await third.ended).toBe(0)
  }, 120_000)
})
