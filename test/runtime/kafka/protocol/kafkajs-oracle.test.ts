/** kafkajs, an independent implementation, as second oracle: its requests in our decoders, our responses in its. */
import { createRequire } from 'node:module'

import { describe, expect, it } from 'vitest'

import { Reader, Writer, api, apiByKey, errorByCode } from '../../../../runtime/kafka/protocol/index.js'
import type { AnyApi, MessageCodec } from '../../../../runtime/kafka/protocol/index.js'

interface KafkajsRequest {
  readonly apiKey: number
  readonly apiVersion: number
  readonly encode: () => Promise<{ readonly buffer: Buffer }>
}

interface KafkajsResponse {
  readonly decode: (body: Buffer) => Promise<unknown>
}

interface Definition {
  readonly protocol: (options: {
    readonly version: number
  }) => (options: object) => { readonly request: KafkajsRequest; readonly response: KafkajsResponse }
}

const require = createRequire(import.meta.url)
const { requests } = require('kafkajs/src/protocol/requests') as { readonly requests: Record<string, Definition> }
const { errorCodes } = require('kafkajs/src/protocol/error') as {
  readonly errorCodes: readonly { readonly code: number; readonly type: string; readonly retriable: boolean }[]
}

const topics = [
  { topic: 'orders', partitions: [{ partition: 3, offset: '77', metadata: null, fetchOffset: 8, maxBytes: 9 }] },
]
const producer = { transactionalId: 'tx', producerId: '9007199254740993', producerEpoch: 3 }
const member = { groupId: 'g', memberId: 'm', generationId: 4, groupGenerationId: 4, groupInstanceId: 'i' }

const calls: readonly (readonly [name: string, versions: readonly number[], options: object])[] = [
  ['Fetch', [4, 7, 11], { replicaId: -1, maxWaitTime: 5, minBytes: 1, maxBytes: 99, isolationLevel: 1, topics }],
  [
    'ListOffsets',
    [1, 2, 3],
    { replicaId: -1, isolationLevel: 1, topics: [{ topic: 't', partitions: [{ partition: 1, timestamp: '-1' }] }] },
  ],
  ['Metadata', [0, 4, 6], { topics: ['a', 'b'], allowAutoTopicCreation: false }],
  ['OffsetCommit', [2, 4, 5], { ...member, retentionTime: '5', topics }],
  ['OffsetFetch', [1, 4], { ...member, topics: [{ topic: 't', partitions: [{ partition: 1 }] }] }],
  ['GroupCoordinator', [0, 2], { groupId: 'k', coordinatorKey: 'k', coordinatorType: 1 }],
  [
    'JoinGroup',
    [0, 5],
    {
      ...member,
      sessionTimeout: 1,
      rebalanceTimeout: 2,
      protocolType: 'consumer',
      groupProtocols: [{ name: 'range', metadata: Buffer.from('meta') }],
    },
  ],
  ['SyncGroup', [0, 3], { ...member, groupAssignment: [{ memberId: 'm', memberAssignment: Buffer.from('a') }] }],
  ['Heartbeat', [0, 3], member],
  ['LeaveGroup', [0, 3], { ...member, members: [{ memberId: 'm', groupInstanceId: null }] }],
  ['DescribeGroups', [0, 2], { groupIds: ['g', 'h'] }],
  ['InitProducerId', [0, 1], { transactionalId: null, transactionTimeout: 60000 }],
  ['AddPartitionsToTxn', [0, 1], { ...producer, topics: [{ topic: 't', partitions: [1, 2] }] }],
  ['AddOffsetsToTxn', [0, 1], { ...producer, groupId: 'g' }],
  ['EndTxn', [0, 1], { ...producer, transactionResult: true }],
  ['TxnOffsetCommit', [0, 1], { ...producer, groupId: 'g', topics }],
  [
    'CreateTopics',
    [2, 3],
    {
      topics: [
        {
          topic: 't',
          numPartitions: 2,
          replicationFactor: 1,
          replicaAssignment: [],
          configEntries: [{ name: 'a', value: 'b' }],
        },
      ],
      validateOnly: true,
      timeout: 5,
    },
  ],
  [
    'CreatePartitions',
    [0, 1],
    { topicPartitions: [{ topic: 't', count: 4, assignments: [[1]] }], validateOnly: true, timeout: 5 },
  ],
  ['DeleteTopics', [1], { topics: ['t'], timeout: 5 }],
  ['DescribeConfigs', [1, 2], { resources: [{ type: 2, name: 't', configNames: ['a'] }], includeSynonyms: true }],
  ['SaslHandshake', [0, 1], { mechanism: 'PLAIN' }],
]

const requestOf = (name: string, version: number, options: object): KafkajsRequest => {
  const definition = requests[name]
  if (definition === undefined) throw new Error(`kafkajs has no ${name}`)
  return definition.protocol({ version })(options).request
}

describe('requests of kafkajs', () => {
  for (const [name, versions, options] of calls) {
    it(name, async () => {
      for (const version of versions) {
        const request = requestOf(name, version, options)
        const { buffer } = await request.encode()
        const own = apiByKey(request.apiKey) as AnyApi
        const codec = own.request as MessageCodec<unknown, unknown>
        const reader = new Reader(buffer)
        const message = codec.decode(request.apiVersion, reader)
        expect(reader.remaining).toBe(0)
        const writer = new Writer()
        codec.encode(request.apiVersion, message, writer)
        expect(writer.toBuffer().toString('hex')).toBe(buffer.toString('hex'))
      }
    })
  }

  it('mean the same', async () => {
    const { buffer } = await requestOf('TxnOffsetCommit', 1, { ...producer, groupId: 'g', topics }).encode()
    expect(api.TxnOffsetCommit.request.decode(1, new Reader(buffer))).toMatchObject({
      transactionalId: 'tx',
      groupId: 'g',
      producerId: 9007199254740993n,
      producerEpoch: 3,
      topics: [{ name: 'orders', partitions: [{ partitionIndex: 3, committedOffset: 77n, committedMetadata: null }] }],
    })
  })
})

const decodeByKafkajs = async (name: string, version: number, encode: (writer: Writer) => void): Promise<unknown> => {
  const writer = new Writer()
  encode(writer)
  const definition = requests[name]
  if (definition === undefined) throw new Error(`kafkajs has no ${name}`)
  return definition.protocol({ version })({}).response.decode(writer.toBuffer())
}

describe('our responses in kafkajs', () => {
  it('Metadata', async () => {
    const decoded = await decodeByKafkajs('Metadata', 5, (writer) => {
      const partition = {
        errorCode: 0,
        partitionIndex: 1,
        leaderId: 2,
        replicaNodes: [2],
        isrNodes: [2],
        offlineReplicas: [5],
      }
      api.Metadata.response.encode(
        5,
        {
          brokers: [{ nodeId: 2, host: 'h', port: 9092, rack: null }],
          clusterId: 'c',
          controllerId: 2,
          topics: [{ errorCode: 0, name: 't', isInternal: false, partitions: [partition] }],
        },
        writer,
      )
    })
    expect(decoded).toMatchObject({
      brokers: [{ nodeId: 2, host: 'h', port: 9092, rack: null }],
      clusterId: 'c',
      controllerId: 2,
      topicMetadata: [{ topic: 't', partitionMetadata: [{ partitionId: 1, leader: 2, offlineReplicas: [5] }] }],
    })
  })

  it('JoinGroup', async () => {
    const decoded = await decodeByKafkajs('JoinGroup', 5, (writer) => {
      const members = [{ memberId: 'm', groupInstanceId: 'i', metadata: Buffer.from('x') }]
      const message = { errorCode: 0, generationId: 7, protocolName: 'range', leader: 'm', memberId: 'm', members }
      api.JoinGroup.response.encode(5, message, writer)
    })
    expect(decoded).toMatchObject({
      generationId: 7,
      groupProtocol: 'range',
      leaderId: 'm',
      members: [{ memberId: 'm', groupInstanceId: 'i', memberMetadata: Buffer.from('x') }],
    })
  })

  it('Produce and OffsetFetch', async () => {
    const produced = await decodeByKafkajs('Produce', 7, (writer) => {
      const partitionResponses = [{ index: 1, errorCode: 0, baseOffset: 12345678901n, logStartOffset: 3n }]
      api.Produce.response.encode(7, { responses: [{ name: 't', partitionResponses }] }, writer)
    })
    expect(produced).toMatchObject({
      topics: [{ topicName: 't', partitions: [{ partition: 1, errorCode: 0, baseOffset: '12345678901' }] }],
    })
    const fetched = await decodeByKafkajs('OffsetFetch', 4, (writer) => {
      const partitions = [{ partitionIndex: 1, committedOffset: -1n, metadata: 'm', errorCode: 0 }]
      api.OffsetFetch.response.encode(4, { topics: [{ name: 't', partitions }] }, writer)
    })
    expect(fetched).toMatchObject({
      responses: [{ topic: 't', partitions: [{ partition: 1, offset: '-1', metadata: 'm' }] }],
    })
  })
})

describe('error codes of kafkajs', () => {
  it('have the same names, but for those that Kafka has renamed since', () => {
    const renamed = errorCodes.flatMap(({ code, type }) => (errorByCode(code).name === type ? [] : [code]))
    expect(renamed).toEqual([-1, 6, 14, 15, 16])
  })
})
