/** Permissions that are missing: told with the command that grants them, waited for, and used when they are there. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker } from '../../embedded/index.js'
import type { Logger } from '../../runtime/index.js'
import { ErrorCode, errorByCode } from '../../runtime/kafka/protocol/index.js'
import { retryLog } from '../../runtime/kafka/retry-log.js'
import { AuthorizationError } from '../../runtime/kafka/authorization-error.js'
import { appOn, identity, numbered, topicPair } from './support/app-under-test.js'
import { handWritten } from './support/hand-written-pipeline.js'
import { eventually, produceTo, readAll, silent } from './support/topics.js'

let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startBroker()
})
afterEach(() => broker.faults.clear())
afterAll(() => broker.close())

const TOPIC = ErrorCode.TOPIC_AUTHORIZATION_FAILED
const GROUP = ErrorCode.GROUP_AUTHORIZATION_FAILED
const TRANSACTION = ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED
const CLUSTER = ErrorCode.CLUSTER_AUTHORIZATION_FAILED

type Api = 'Metadata' | 'FindCoordinator' | 'InitProducerId' | 'JoinGroup' | 'SyncGroup' | 'OffsetFetch' | 'ListOffsets'
type LaterApi = 'Fetch' | 'Produce' | 'OffsetCommit' | 'TxnOffsetCommit' | 'EndTxn' | 'Heartbeat'

interface Refusal {
  readonly api: Api | LaterApi
  readonly code: number
  /** The end of the command; {names} are filled in. */
  readonly grant: string
  readonly exactlyOnce?: boolean
}

const READ_GROUP = "--operation Read --group '{applicationId}'"
const WRITE_ID = "--operation Write --transactional-id '{applicationId}' --resource-pattern-type prefixed"
const REFUSALS: readonly Refusal[] = [
  { api: 'Metadata', code: TOPIC, grant: "--operation Read --topic '{input}'" },
  { api: 'InitProducerId', code: CLUSTER, grant: '--operation IdempotentWrite --cluster' },
  { api: 'InitProducerId', code: TRANSACTION, grant: WRITE_ID, exactlyOnce: true },
  { api: 'FindCoordinator', code: GROUP, grant: READ_GROUP },
  { api: 'JoinGroup', code: GROUP, grant: READ_GROUP },
  { api: 'SyncGroup', code: GROUP, grant: READ_GROUP },
  { api: 'Heartbeat', code: GROUP, grant: READ_GROUP },
  { api: 'OffsetFetch', code: GROUP, grant: READ_GROUP },
  { api: 'ListOffsets', code: TOPIC, grant: "--operation Read --topic '{input}'" },
  { api: 'Fetch', code: TOPIC, grant: "--operation Read --topic '{input}'" },
  { api: 'Produce', code: TOPIC, grant: "--operation Write --topic '{output}'" },
  { api: 'Produce', code: TOPIC, grant: "--operation Write --topic '{output}'", exactlyOnce: true },
  { api: 'OffsetCommit', code: GROUP, grant: READ_GROUP },
  { api: 'OffsetCommit', code: TOPIC, grant: "--operation Read --topic '{input}'" },
  { api: 'TxnOffsetCommit', code: GROUP, grant: READ_GROUP, exactlyOnce: true },
  { api: 'EndTxn', code: TRANSACTION, grant: WRITE_ID, exactlyOnce: true },
]

const heard = (): { readonly warnings: string[]; readonly logger: Logger } => {
  const warnings: string[] = []
  const logger = { ...silent, warn: (_: object, message: string) => void warnings.push(message) }
  return { warnings, logger }
}

const valuesOf = async (topic: string): Promise<string[]> =>
  (await readAll(broker.bootstrap, topic)).map(({ value }) => String(value)).sort()

describe('a permission that is missing', () => {
  it.each(REFUSALS.map((refusal) => [refusal.api, errorByCode(refusal.code).name, refusal] as const))(
    '%s refused by %s is waited for',
    async (_, __, { api, code, grant, exactlyOnce = false }) => {
      const pair = await topicPair(broker, 1)
      const { input, output, applicationId } = pair
      await produceTo(broker.bootstrap, input, numbered(100))
      const { warnings, logger } = heard()
      const app = appOn(broker, handWritten({ applicationId, inputs: [input], output, map: identity }), {
        logger,
        guarantee: exactlyOnce ? 'exactly_once' : 'at_least_once',
      })
      const states: string[] = []
      app.onStateChange((state) => states.push(state))
      await broker.faults.add({ api, times: 2, effect: { kind: 'error', errorCode: code } })
      await app.start()
      await eventually(
        () => valuesOf(output),
        (values) => values.length >= 100,
      )
      await eventually(
        () => broker.stats(),
        ({ faultsLeft }) => faultsLeft === 0,
      )
      await app.close()
      expect(await valuesOf(output)).toEqual(await valuesOf(input))
      expect(states.filter((state) => state.includes('ERROR'))).toEqual([])
      const command = `--allow-principal 'User:…' ${grant.replaceAll(/\{(\w+)\}/g, (_, name: keyof typeof pair) => pair[name])}`
      expect(warnings.filter((text) => text.includes(command))).toHaveLength(1)
    },
  )

  it('at the start is waited for as long as startTimeout says', async () => {
    const { input, output, applicationId } = await topicPair(broker, 1)
    await broker.faults.add({ api: 'Metadata', times: 1000, effect: { kind: 'error', errorCode: TOPIC } })
    const app = appOn(broker, handWritten({ applicationId, inputs: [input], output, map: identity }), {
      startTimeout: 500,
    })
    await expect(app.start()).rejects.toThrow(
      new RegExp(`--operation Read --topic '${input}' && .* --operation Write --topic '${output}'`),
    )
    expect(app.state).toBe('ERROR')
  })

  it('to write is waited for as long as deliveryTimeout says', async () => {
    const { input, output, applicationId } = await topicPair(broker, 1)
    await produceTo(broker.bootstrap, input, numbered(10))
    await broker.faults.add({ api: 'Produce', topic: output, times: 1000, effect: { kind: 'error', errorCode: TOPIC } })
    const app = appOn(broker, handWritten({ applicationId, inputs: [input], output, map: identity }), {
      produce: { deliveryTimeout: 500 },
    })
    await Promise.allSettled([app.start()])
    await expect(app.finished()).rejects.toThrow(/within the delivery time-out of 500 ms: .*--operation Write --topic/)
  })
})

it('is told again each minute that it lasts', () => {
  const lines: string[] = []
  let time = 0
  const log = retryLog(
    (level, message) => lines.push(`${level} ${message}`),
    () => time,
  )
  const refusal = (offset: number): Error =>
    new AuthorizationError(TOPIC, `fetching at offset ${offset}`, 'User:a', [
      { operations: ['Read'], resource: 'topic', name: 't' },
    ])
  log(refusal(1))
  log(refusal(2))
  log(new Error('no broker'))
  time = 61_000
  log(refusal(3))
  expect(lines.map((line) => line.slice(0, 52))).toEqual([
    'warn waiting for a permission: fetching at offset 1:',
    'debug no broker',
    'warn waiting for a permission: fetching at offset 3:',
  ])
  expect(lines[0]).toContain("--allow-principal 'User:a' --operation Read --topic 't'")
})
