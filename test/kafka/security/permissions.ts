/** ACLs of Apache Kafka: whoever does what the warnings say has an application that runs, and needs no restart for it. */
import { beforeAll, describe, expect, it } from 'vitest'
import { passwords, type SecuredKafka } from '../../../scripts/real-kafka/security/secured-kafka.js'
import { checkGroup } from '../../../cli/doctor/check-group.js'
import { checkTopics } from '../../../cli/doctor/check-topics.js'
import { checkTransactions } from '../../../cli/doctor/check-transactions.js'
import type { Finding } from '../../../cli/doctor/finding.js'
import { createApp, type App, type Logger } from '../../../runtime/index.js'
import { KafkaClient } from '../../../runtime/kafka/client.js'
import { KafkajsTransport } from '../../../runtime/kafka/transport/kafkajs-transport.js'
import { counting } from '../../runtime/support/counting-pipeline.js'
import { eventually, silent } from '../../runtime/support/topics.js'
import { give, grantsIn, take, type Grant } from './acls.js'
import { copied, kafkaThrough, linesOf, produce, securedPair, type TopicPair } from './support.js'

export const permissionTests = (broker: () => SecuredKafka): void => {
  let kafka: SecuredKafka

  beforeAll(() => {
    kafka = broker()
  })

  const GUARANTEES = ['at_least_once', 'exactly_once'] as const
  type Guarantee = (typeof GUARANTEES)[number]

  /** Runs as a user without any permission. */
  const asGuest = (pair: TopicPair, guarantee: Guarantee): { readonly app: App; readonly warnings: string[] } => {
    const warnings: string[] = []
    const logger: Logger = { ...silent, warn: (_, message) => void warnings.push(message) }
    const app = createApp({
      pipeline: counting({ applicationId: pair.applicationId, inputs: [pair.input], output: pair.output }),
      kafka: kafkaThrough(kafka, 'SASL_PLAIN_TEXT', {
        sasl: { mechanism: 'scram-sha-256', username: 'guest', password: passwords.guest },
      }),
      logger,
      env: {},
      guarantee,
      sessionTimeout: 2000,
      heartbeatInterval: 100,
      commitInterval: 100,
      state: { directory: false },
    })
    return { app, warnings }
  }

  const asText = ({ operation, resource, name, isPrefix }: Grant): string =>
    `${operation} ${resource} ${name}${isPrefix ? '*' : ''}`

  describe.each(GUARANTEES)('%s', (guarantee) => {
    let pair: TopicPair
    let running: App
    let warnings: string[]
    const given = new Map<string, Grant>()

    /** Does what has been asked for, until the condition holds. */
    const granting = (isDone: () => Promise<boolean> | boolean): Promise<unknown> =>
      eventually(
        async () => {
          const fresh = warnings.flatMap(grantsIn).filter((grant) => !given.has(asText(grant)))
          for (const grant of fresh) given.set(asText(grant), grant)
          await give(kafka.admin, fresh)
          return isDone()
        },
        (done) => done,
        40_000,
      )

    it('runs with what it asks for, one thing after the other, and nothing else', async () => {
      pair = await securedPair(kafka, `acls-${guarantee.replaceAll('_', '-')}`)
      await produce(kafka, pair, 0, 200)
      const guest = asGuest(pair, guarantee)
      running = guest.app
      warnings = guest.warnings
      const states: string[] = []
      running.onStateChange((state) => states.push(state))
      const started = running.start()
      await granting(() => running.state === 'RUNNING')
      await started
      await granting(async () => (await linesOf(kafka, pair.output)).length >= 200)
      expect(states).toEqual(['REBALANCING', 'RUNNING'])
      const { applicationId, input, output } = pair
      const changelog = `topic ${applicationId}-counts-changelog`
      expect([...given.keys()].sort()).toEqual(
        [
          `Create ${changelog}`,
          `Read ${changelog}`,
          `Write ${changelog}`,
          `Read group ${applicationId}`,
          `Read topic ${input}`,
          `Write topic ${output}`,
          ...(guarantee === 'exactly_once' ? [`Write transactional-id ${applicationId}*`] : []),
        ].sort(),
      )
      expect([...given.values()].every(({ principal }) => principal === 'User:guest')).toBe(true)
    })

    it.each(['Write topic {output}', 'Read topic {input}', 'Read group {applicationId}'])(
      'goes on when it gets back "%s"',
      async (which) => {
        const name = which.replace(/\{(\w+)\}/, (_, key: keyof TopicPair) => pair[key])
        const grant = given.get(name)
        if (grant === undefined) throw new Error(`${name} was not granted`)
        const before = (await linesOf(kafka, pair.output)).length
        const states: string[] = []
        const stop = running.onStateChange((state) => states.push(state))
        const heard = warnings.length
        await take(kafka.admin, grant)
        await produce(kafka, pair, before, 100)
        await eventually(
          () => warnings.slice(heard).flatMap(grantsIn).map(asText),
          (asked) => asked.includes(name),
        )
        await give(kafka.admin, [grant])
        await copied(kafka, pair, before + 100)
        stop()
        expect(states.filter((state) => state.includes('ERROR'))).toEqual([])
      },
    )

    it('has lost nothing', async () => {
      await running.close()
      expect(running.state).toBe('NOT_RUNNING')
      const counts = (await linesOf(kafka, pair.output)).map((line) => line.replace(/^\d+ /, ''))
      const wanted = Array.from({ length: 20 }, (_, key) =>
        Array.from({ length: 25 }, (__, n) => `k${key}=${n + 1}`),
      ).flat()
      const isExact = guarantee === 'exactly_once'
      expect(isExact ? counts.sort() : [...new Set(counts)].filter((each) => wanted.includes(each)).sort()).toEqual(
        wanted.sort(),
      )
    })
  })

  describe('millrace doctor', () => {
    it('asks for the same, and then finds nothing to do', async () => {
      const pair = await securedPair(kafka, 'doctor')
      const pipeline = counting({ applicationId: pair.applicationId, inputs: [pair.input], output: pair.output })
      const client = new KafkaClient(
        new KafkajsTransport({
          brokers: kafka.brokersAt('SASL_PLAIN_TEXT').split(','),
          clientId: 'doctor',
          sasl: { mechanism: 'plain', username: 'guest', password: passwords.guest },
        }),
      )
      const examine = async (): Promise<readonly Finding[]> => {
        await client.refresh([])
        const about = [
          checkTopics(client, [pipeline]),
          checkGroup(client, pair.applicationId).then((finding) => [finding]),
          checkTransactions(client, pair.applicationId).then((finding) => [finding]),
        ]
        return (await Promise.all(about)).flat().filter(({ status }) => status === 'failed')
      }
      const failures = await examine()
      const grants = failures.flatMap(({ fix = '' }) => grantsIn(fix))
      const changelog = `topic ${pair.applicationId}-counts-changelog`
      expect(grants.map(asText).sort()).toEqual(
        [
          `Create ${changelog}`,
          `Read ${changelog}`,
          `Write ${changelog}`,
          `Read topic ${pair.input}`,
          `Write topic ${pair.output}`,
          `Read group ${pair.applicationId}`,
          `Write transactional-id ${pair.applicationId}*`,
        ].sort(),
      )
      await give(kafka.admin, grants)
      expect(await examine()).toEqual([])
      // Who may see a topic is told what he may do with it.
      const write = grants.find((grant) => asText(grant) === `Write topic ${pair.output}`)
      if (write === undefined) throw new Error('unreachable')
      await take(kafka.admin, write)
      await give(kafka.admin, [{ ...write, operation: 'Describe' }])
      expect(await examine()).toMatchObject([{ message: `we may not Write output topic ${pair.output}` }])
      await client.close()
    })
  })
}
