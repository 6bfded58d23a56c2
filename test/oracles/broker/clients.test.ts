import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clusterClient, type ClusterClient } from '../../e2e/kafkajs-cluster.js'
import { brokersUnderTest, type BrokerUnderTest } from '../brokers-under-test.js'
import { javaTool } from '../clients/java-tool.js'
import { python } from '../clients/python.js'

const tools = 'org.apache.kafka.tools'

describe.each(brokersUnderTest)('on $name', ({ open }) => {
  let broker: BrokerUnderTest
  let client: ClusterClient

  beforeAll(async () => {
    broker = await open()
    client = clusterClient(broker.brokers)
  })
  afterAll(() => broker.close())

  const tool = (name: string, ...args: readonly string[]): Promise<string> =>
    javaTool(`${tools}.${name}`, ['--bootstrap-server', broker.brokers, ...args])

  it('the Java producer and a Java consumer group pass all records on', async () => {
    await client.createTopic('verified', { partitions: 3 })
    const produced = events(
      await tool('VerifiableProducer', '--topic', 'verified', '--max-messages', '200', '--acks', '-1'),
    )
    expect(produced.filter(({ name }) => name === 'producer_send_success')).toHaveLength(200)
    expect(produced.at(-1)).toMatchObject({ name: 'tool_data', sent: 200, acked: 200 })

    const consumed = events(
      await tool(
        'VerifiableConsumer',
        '--topic',
        'verified',
        '--group-id',
        'java',
        '--max-messages',
        '200',
        '--verbose',
      ),
    )
    const values = consumed.filter(({ name }) => name === 'record_data').map(({ value }) => Number(value))
    expect(values.sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i))
    expect(consumed.some(({ name, success }) => name === 'offsets_committed' && success === true)).toBe(true)
  })

  it('the Java admin client creates, describes and lists', async () => {
    await tool('TopicCommand', '--create', '--topic', 'made', '--partitions', '2', '--config', 'retention.ms=-1')
    const description = await tool('TopicCommand', '--describe', '--topic', 'made')
    expect(description).toMatch(/PartitionCount: 2/)
    expect(description).toMatch(/retention\.ms=-1/)

    await client.produce('made', [
      { value: 'x', partition: 0 },
      { value: 'y', partition: 0 },
    ])
    expect((await tool('GetOffsetShell', '--topic', 'made')).trim().split('\n').sort()).toEqual([
      'made:0:2',
      'made:1:0',
    ])
  })

  it.each(['range', 'cooperative-sticky'])('librdkafka shares a topic in a group with %s', async (strategy) => {
    const topic = `shared-${strategy}`
    await client.createTopic(topic, { partitions: 4 })
    const values = Array.from({ length: 400 }, (_, i) => String(i).padStart(3, '0'))
    await client.produce(
      topic,
      values.map((value, i) => ({ value, partition: i % 4 })),
    )
    const job = { brokers: broker.brokers, group: topic, topic, strategy, partitions: 4, count: values.length }
    expect(await python('group.py', job)).toEqual({ owned: [2, 2], values, left: [] })
  })
})

type Event = Readonly<Record<string, unknown>>

/** The tools print a JSON object a line. */
function events(output: string): readonly Event[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Event)
}
