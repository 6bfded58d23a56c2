import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker } from '../../embedded/index.js'
import type { App } from '../../runtime/index.js'
import { appOn, identity, numbered, topicPair } from './support/app-under-test.js'
import { handWritten } from './support/hand-written-pipeline.js'
import { eventually, produceTo, readAll } from './support/topics.js'

let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startBroker()
})
afterAll(() => broker.close())

/** More of them for a long run: MILLRACE_ROUNDS=200. */
const ROUNDS = Number(process.env['MILLRACE_ROUNDS'] ?? 15)
const RECORDS = 100

describe.each(['at_least_once', 'exactly_once'] as const)('members that come and go all the time, %s', (guarantee) => {
  it('lose nothing, double nothing as long as nobody dies, and keep the order of each key', async () => {
    const { input, output, applicationId } = await topicPair(broker, 6)
    const pipeline = handWritten({ applicationId, inputs: [input], output, map: identity })
    const open = (groupInstanceId?: string): App =>
      appOn(broker, pipeline, {
        guarantee,
        commitInterval: 50,
        transactionTimeout: 5000,
        ...(groupInstanceId === undefined ? {} : { groupInstanceId }),
      })
    const stays = open()
    await stays.start()
    const members: App[] = []
    const work: Promise<unknown>[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const comes = open(round % 3 === 0 ? `static-${round}` : undefined)
      members.push(comes)
      work.push(comes.start().catch(() => undefined))
      const goes = round % 2 === 1 ? members.shift() : undefined
      // Also before it runs, and while others join.
      if (goes !== undefined) work.push(goes.close({ group: 'leave' }))
      await produceTo(broker.bootstrap, input, numbered(RECORDS, round * RECORDS))
    }
    await Promise.all(work)
    const sent = ROUNDS * RECORDS
    const values = async (): Promise<string[]> =>
      (await readAll(broker.bootstrap, output)).map(({ value }) => String(value))
    await eventually(
      async () => new Set(await values()).size,
      (size) => size === sent,
      60_000,
    )
    await Promise.all(members.map((member) => member.close({ group: 'leave' })))
    await stays.close()
    expect(stays.state).toBe('NOT_RUNNING')
    const found = await readAll(broker.bootstrap, output)
    const last = new Map<string, number>()
    const seen = new Set<string>()
    let doubled = 0
    for (const { key, value } of found) {
      const text = String(value)
      if (seen.has(text)) {
        doubled++
        continue
      }
      seen.add(text)
      const n = Number(text.slice(1))
      expect(n).toBeGreaterThan(last.get(String(key)) ?? -1)
      last.set(String(key), n)
    }
    expect(doubled).toBe(0)
  }, 120_000)
})
