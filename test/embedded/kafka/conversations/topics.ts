import { api } from '../../../../runtime/kafka/protocol/index.js'
import type { Conversation } from './conversation.js'

const TIMEOUT = { timeoutMs: 10_000 }

export const topicAdministration: Conversation = {
  name: 'topics',
  hold: async (talk) => {
    const named = (name: string, extra: object = {}) => ({
      name: talk.unique(name),
      numPartitions: 2,
      replicationFactor: 1,
      assignments: [],
      configs: [],
      ...extra,
    })
    const create = (step: string, ...topics: readonly ReturnType<typeof named>[]) =>
      talk.say(step, api.CreateTopics, 4, { ...TIMEOUT, topics })
    await create('create', named('a'))
    await create('exists', named('a'))
    await create('twice', named('b'), named('b'))
    await create('bad name', { ...named('x'), name: 'no spaces' })
    await create('dots', { ...named('x'), name: '..' })
    await create('no partitions', named('c', { numPartitions: 0 }))
    await create('too many replicas', named('c', { replicationFactor: 3 }))
    await create('no replicas', named('c', { replicationFactor: 0 }))
    await create('unknown config', named('c', { configs: [{ name: 'no.such', value: '1' }] }))
    await create('bad config', named('c', { configs: [{ name: 'retention.ms', value: 'soon' }] }))
    await create('bad policy', named('c', { configs: [{ name: 'cleanup.policy', value: 'shred' }] }))
    const assignments = [{ partitionIndex: 0, brokerIds: [1] }]
    await create('assignment and count', named('c', { assignments }))
    await create('assignment', named('d', { assignments, numPartitions: -1, replicationFactor: -1 }))
    await create(
      'to unknown broker',
      named('e', { assignments: [{ partitionIndex: 0, brokerIds: [77] }], numPartitions: -1, replicationFactor: -1 }),
    )
    await talk.say('validate only', api.CreateTopics, 4, { ...TIMEOUT, topics: [named('f')], validateOnly: true })
    await talk.say('validated: not there', api.Metadata, 9, {
      topics: [{ name: talk.unique('f') }],
      allowAutoTopicCreation: false,
    })
    for (const version of [2, 3, 4]) {
      await talk.say(`version ${version}`, api.CreateTopics, version, { ...TIMEOUT, topics: [named(`v${version}`)] })
    }
    await talk.topic('waited')
    await talk.say('metadata', api.Metadata, 9, { topics: [{ name: talk.unique('a') }], allowAutoTopicCreation: false })
    await talk.say('metadata of nothing', api.Metadata, 9, { topics: [], allowAutoTopicCreation: false })
    await talk.say('metadata of a bad name', api.Metadata, 9, {
      topics: [{ name: 'no spaces' }],
      allowAutoTopicCreation: false,
    })
    const grow = (step: string, name: string, count: number) =>
      talk.say(step, api.CreatePartitions, 1, {
        ...TIMEOUT,
        validateOnly: false,
        topics: [{ name: talk.unique(name), count, assignments: null }],
      })
    await grow('more partitions', 'a', 3)
    await grow('same partitions', 'a', 3)
    await grow('fewer partitions', 'a', 1)
    await grow('partitions of nothing', 'zzz', 3)
    const remove = (step: string, name: string) =>
      talk.say(step, api.DeleteTopics, 4, { ...TIMEOUT, topicNames: [talk.unique(name)] })
    await remove('delete', 'd')
    await remove('delete again', 'd')
  },
}

export const topicConfigs: Conversation = {
  name: 'topic-configs',
  hold: async (talk) => {
    const topic = await talk.topic('t', 1, { 'cleanup.policy': 'compact', 'segment.ms': '1000' })
    const keys = ['cleanup.policy', 'segment.ms', 'max.message.bytes', 'message.timestamp.type', 'compression.type']
    const describe = async (step: string, version = 4) => {
      const answer = await talk.quietly(api.DescribeConfigs, version, {
        resources: [{ resourceType: 2, resourceName: topic, configurationKeys: keys }],
      })
      const configs = answer.results[0]?.configs.map(({ name, value, configSource, configType, readOnly }) => ({
        name,
        value,
        configSource,
        configType,
        readOnly,
      }))
      talk.note(
        step,
        [...(configs ?? [])].sort((a, b) => a.name.localeCompare(b.name)),
      )
    }
    for (const version of [1, 2, 3, 4]) await describe(`describe, version ${version}`, version)
    await talk.say('describe nothing', api.DescribeConfigs, 4, {
      resources: [{ resourceType: 2, resourceName: talk.unique('missing'), configurationKeys: null }],
    })
    const incremental = (step: string, resourceName: string, ...configs: readonly [string, number, string | null][]) =>
      talk.say(step, api.IncrementalAlterConfigs, 1, {
        validateOnly: false,
        resources: [
          {
            resourceType: 2,
            resourceName,
            configs: configs.map(([name, configOperation, value]) => ({ name, configOperation, value })),
          },
        ],
      })
    await incremental('set', topic, ['segment.ms', 0, '5000'])
    await incremental('append', topic, ['cleanup.policy', 2, 'delete'])
    await describe('after set and append')
    await incremental('subtract', topic, ['cleanup.policy', 3, 'compact'])
    await incremental('delete', topic, ['segment.ms', 1, null])
    await describe('after subtract and delete')
    await incremental('append to a number', topic, ['retention.ms', 2, '5'])
    await incremental('set nonsense', topic, ['retention.ms', 0, 'soon'])
    await incremental('set unknown', topic, ['no.such', 0, '1'])
    await incremental('of nothing', talk.unique('missing'), ['retention.ms', 0, '1'])
    const replace = (step: string, configs: Readonly<Record<string, string>>) =>
      talk.say(step, api.AlterConfigs, 1, {
        validateOnly: false,
        resources: [
          {
            resourceType: 2,
            resourceName: topic,
            configs: Object.entries(configs).map(([name, value]) => ({ name, value })),
          },
        ],
      })
    await replace('replace all', { 'max.message.bytes': '1000' })
    await describe('after replacing')
    await replace('replace by nonsense', { 'max.message.bytes': 'many' })
  },
}
