import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBroker } from '../../../embedded/kafka/index.js'
import type { EmbeddedBroker } from '../../../embedded/kafka/index.js'
import { javaTool } from '../clients/java-tool.js'
import { python } from '../clients/python.js'

const TIMEOUT_MS = 120_000
const TOOLS = 'org.apache.kafka.tools'

let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startBroker()
})

afterAll(() => broker.close())

describe('librdkafka on the embedded broker', () => {
  it.each([
    { strategy: 'range', static: false, compression: 'none' },
    { strategy: 'roundrobin', static: true, compression: 'lz4' },
    { strategy: 'cooperative-sticky', static: false, compression: 'zstd' },
    { strategy: 'cooperative-sticky', static: true, compression: 'snappy' },
  ])(
    'shares a topic in a group: $strategy, static members: $static, $compression',
    async (options) => {
      const name = `shared-${options.strategy}-${options.static}`
      await broker.createTopic(name, { partitions: 4 })
      const argument = { ...options, brokers: broker.bootstrap, topic: name, group: name }
      expect(await python('../embedded-broker/groups.py', argument, TIMEOUT_MS)).toEqual({
        failures: [],
        seen: 10_000,
        twice: 0,
        state: 'STABLE',
        members: 3,
        end: 10_000,
        committed: 10_000,
      })
    },
    TIMEOUT_MS,
  )

  it(
    'copies in transactions, exactly once, and fences a zombie',
    async () => {
      const [input, output] = ['transactions-in', 'transactions-out']
      await broker.createTopic(input, { partitions: 2 })
      await broker.createTopic(output, { partitions: 2 })
      const argument = {
        brokers: broker.bootstrap,
        input,
        output,
        partitions: 2,
        count: 1000,
        group: 'copier',
        transactionalId: 'copier',
      }
      const result = await python('../embedded-broker/transactions.py', argument, TIMEOUT_MS)
      expect(result).toEqual({ read: 1000, different: 1000, fenced: true, committed: 1000 })
    },
    TIMEOUT_MS,
  )
})

describe('the Java tools on the embedded broker', () => {
  const bootstrap = (): readonly string[] => ['--bootstrap-server', broker.bootstrap]

  /** The tools print one JSON object a line. */
  const jsonLines = (output: string): Record<string, unknown>[] =>
    output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)

  it(
    'creates and describes a topic, produces, consumes and copies in transactions',
    async () => {
      const topics = ['--create', '--partitions', '2', '--replication-factor', '1', '--topic']
      for (const topic of ['java', 'java-copy']) {
        await javaTool(`${TOOLS}.TopicCommand`, [...bootstrap(), ...topics, topic])
      }
      const described = await javaTool(`${TOOLS}.TopicCommand`, [...bootstrap(), '--describe', '--topic', 'java'])
      expect(described).toContain('PartitionCount: 2')

      const producer = [...bootstrap(), '--topic', 'java', '--max-messages', '500', '--acks', '-1']
      const produced = jsonLines(await javaTool(`${TOOLS}.VerifiableProducer`, producer))
      expect(produced.at(-1)).toMatchObject({ sent: 500, acked: 500 })

      const consumer = [...bootstrap(), '--topic', 'java', '--group-id', 'java', '--max-messages', '500']
      const consumed = jsonLines(await javaTool(`${TOOLS}.VerifiableConsumer`, consumer))
      const counts = consumed.filter(({ name }) => name === 'records_consumed').map(({ count }) => Number(count))
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(500)

      const ends = async (topic: string): Promise<number[]> =>
        (await javaTool(`${TOOLS}.GetOffsetShell`, [...bootstrap(), '--topic', topic]))
          .trim()
          .split('\n')
          .map((line) => Number(line.split(':')[2]))
      const [first = 0, second = 0] = await ends('java')
      expect(first + second).toBe(500)

      const copy = ['--broker-list', broker.bootstrap, '--input-topic', 'java', '--output-topic', 'java-copy']
      const group = ['--consumer-group', 'copy', '--transactional-id', 'copy', '--transaction-size', '50']
      const partition = first > 0 ? 0 : 1
      const limit = ['--input-partition', String(partition), '--max-messages', String(Math.max(first, second))]
      const copied = jsonLines(await javaTool(`${TOOLS}.TransactionalMessageCopier`, [...copy, ...group, ...limit]))
      expect(copied.at(-1)).toMatchObject({ stage: 'ShutdownComplete', remaining: 0 })

      const groups = await javaTool(`${TOOLS}.consumer.group.ConsumerGroupCommand`, [
        ...bootstrap(),
        ...['--describe', '--group', 'java'],
      ])
      expect(groups).toMatch(/java\s+java\s+\d\s+\d+\s+\d+\s+0\s/)
      const transactions = await javaTool(`${TOOLS}.TransactionsCommand`, [...bootstrap(), 'list'])
      expect(transactions).toMatch(/copy\s+1\s+\d+\s+CompleteCommit/)
    },
    TIMEOUT_MS,
  )
})
