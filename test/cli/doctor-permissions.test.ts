/** What `millrace doctor` says of permissions; test/kafka/security does the same with real ACLs. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { checkGroup } from '../../cli/doctor/check-group.js'
import { checkTopics } from '../../cli/doctor/check-topics.js'
import { checkTransactions } from '../../cli/doctor/check-transactions.js'
import { startBroker, type EmbeddedBroker, type FaultRule } from '../../embedded/index.js'
import { KafkaClient } from '../../runtime/kafka/client.js'
import { ErrorCode } from '../../runtime/kafka/protocol/index.js'
import { KafkajsTransport } from '../../runtime/kafka/transport/kafkajs-transport.js'
import { counting } from '../runtime/support/counting-pipeline.js'

let broker: EmbeddedBroker
let client: KafkaClient

beforeAll(async () => {
  broker = await startBroker()
  await broker.createTopic('in')
  await broker.createTopic('out')
  await broker.createTopic('app-counts-changelog')
  client = new KafkaClient(new KafkajsTransport({ brokers: [broker.bootstrap], clientId: 'test' }))
  await client.refresh([])
})
afterEach(() => broker.faults.clear())
afterAll(async () => {
  await client.close()
  await broker.close()
})

const pipeline = counting({ applicationId: 'app', inputs: ['in'], output: 'out' })
const refuse = (api: FaultRule['api'], errorCode: number, topic?: string): Promise<void> =>
  broker.faults.add({
    ...(api === undefined ? {} : { api }),
    ...(topic === undefined ? {} : { topic }),
    effect: { kind: 'error', errorCode },
  })
const grant = (rest: string): string => `kafka-acls.sh --bootstrap-server … --add --allow-principal 'User:…' ${rest}`

describe('permissions that are missing', () => {
  it.each([
    ['in', "--operation Read --topic 'in'"],
    ['out', "--operation Write --topic 'out'"],
    ['app-counts-changelog', "--operation Create --operation Read --operation Write --topic 'app-counts-changelog'"],
  ])('on topic %s', async (topic, command) => {
    await refuse('Metadata', ErrorCode.TOPIC_AUTHORIZATION_FAILED, topic)
    const findings = await checkTopics(client, [pipeline])
    expect(findings.filter(({ check }) => check === 'permissions')).toEqual([
      {
        check: 'permissions',
        status: 'failed',
        message: `we may not even see topic ${topic}, if it exists`,
        fix: grant(command),
      },
    ])
  })

  it.each(['FindCoordinator', 'DescribeGroups'] as const)('on the group, by %s', async (api) => {
    client.forgetCoordinator('group', 'app')
    await refuse(api, ErrorCode.GROUP_AUTHORIZATION_FAILED)
    expect(await checkGroup(client, 'app')).toEqual({
      check: 'permissions',
      status: 'failed',
      message: 'we may not join group app',
      fix: grant("--operation Read --group 'app'"),
    })
  })

  it('on transactional ids', async () => {
    await refuse('FindCoordinator', ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
    expect(await checkTransactions(client, 'app')).toEqual({
      check: 'permissions',
      status: 'failed',
      message: 'we may not use transactional ids that begin with app',
      fix: grant("--operation Write --transactional-id 'app' --resource-pattern-type prefixed"),
    })
    expect(await checkTransactions(client, 'app')).toMatchObject({ status: 'ok' })
  })
})
