import { api } from '../../../../runtime/kafka/protocol/index.js'
import { BASE_TIME, batchOf, fetchFrom, produceTo } from './conversation.js'
import type { Conversation } from './conversation.js'

export const fetching: Conversation = {
  name: 'fetch',
  hold: async (talk) => {
    const topic = await talk.topic('t', 2)
    for (const values of [['a', 'b', 'c'], ['d'], ['e', 'f']]) {
      await talk.quietly(api.Produce, 9, produceTo(topic, batchOf(values)))
    }
    for (const version of [4, 5, 6, 7, 8, 9, 10, 11, 12]) {
      await talk.say(`version ${version}`, api.Fetch, version, fetchFrom(topic, 0))
    }
    await talk.say('inside a batch', api.Fetch, 11, fetchFrom(topic, 1))
    await talk.say('second batch', api.Fetch, 11, fetchFrom(topic, 3))
    await talk.say('at the end', api.Fetch, 11, fetchFrom(topic, 6, { maxWaitMs: 50 }))
    await talk.say('beyond the end', api.Fetch, 11, fetchFrom(topic, 7))
    await talk.say('before the start', api.Fetch, 11, fetchFrom(topic, -5))
    await talk.say('empty partition', api.Fetch, 11, fetchFrom(topic, 0, { partition: 1 }))
    await talk.say('unknown partition', api.Fetch, 11, fetchFrom(topic, 0, { partition: 5 }))
    await talk.say('unknown topic', api.Fetch, 11, fetchFrom(talk.unique('missing'), 0))
    await talk.say('one byte a partition', api.Fetch, 11, fetchFrom(topic, 0, { partitionMaxBytes: 1 }))
    await talk.say('one byte', api.Fetch, 11, fetchFrom(topic, 0, { maxBytes: 1 }))
    await talk.say('no byte', api.Fetch, 11, fetchFrom(topic, 0, { maxBytes: 0, partitionMaxBytes: 0 }))
    await talk.say('a batch and a half', api.Fetch, 11, fetchFrom(topic, 0, { partitionMaxBytes: 130 }))
    await talk.say('leader epoch 0', api.Fetch, 11, fetchFrom(topic, 0, { currentLeaderEpoch: 0 }))
    await talk.say('leader epoch 9', api.Fetch, 11, fetchFrom(topic, 0, { currentLeaderEpoch: 9 }))
    await talk.say('read committed', api.Fetch, 11, fetchFrom(topic, 0, { isolationLevel: 1 }))
    await talk.say('no partitions', api.Fetch, 11, { maxWaitMs: 5000, minBytes: 1, topics: [] })
    await talk.say('both partitions', api.Fetch, 11, {
      maxWaitMs: 0,
      minBytes: 1,
      maxBytes: 100,
      topics: [
        {
          topic,
          partitions: [0, 1, 0]
            .map((partition) => ({ partition, fetchOffset: 0n, partitionMaxBytes: 1000 }))
            .slice(0, 2),
        },
      ],
    })
  },
}

export const waiting: Conversation = {
  name: 'fetch-waiting',
  hold: async (talk) => {
    const topic = await talk.topic('t')
    const reader = await talk.client()
    const early = talk.quietly(api.Fetch, 11, fetchFrom(topic, 0, { maxWaitMs: 10_000 }), reader)
    await talk.say('produce', api.Produce, 9, produceTo(topic, batchOf(['a'])))
    talk.note('woken by it', await early)
    const greedy = talk.quietly(api.Fetch, 11, fetchFrom(topic, 0, { maxWaitMs: 10_000, minBytes: 150 }), reader)
    await talk.say('produce more', api.Produce, 9, produceTo(topic, batchOf(['b'])))
    await talk.say('produce still more', api.Produce, 9, produceTo(topic, batchOf(['c'])))
    talk.note('woken by enough', await greedy)
    await talk.say('in vain', api.Fetch, 11, fetchFrom(topic, 3, { maxWaitMs: 100, minBytes: 1 }))
  },
}

export const offsets: Conversation = {
  name: 'list-offsets',
  hold: async (talk) => {
    const topic = await talk.topic('t', 2)
    const ask = (timestamp: bigint, partition = 0) => ({
      replicaId: -1,
      topics: [{ name: topic, partitions: [{ partitionIndex: partition, timestamp }] }],
    })
    await talk.say('empty: latest', api.ListOffsets, 5, ask(-1n))
    await talk.say('empty: earliest', api.ListOffsets, 5, ask(-2n))
    await talk.say('empty: by time', api.ListOffsets, 5, ask(0n))
    await talk.say('empty: largest time', api.ListOffsets, 7, ask(-3n))
    await talk.quietly(api.Produce, 9, produceTo(topic, batchOf(['a', 'b', 'c'])))
    await talk.quietly(api.Produce, 9, produceTo(topic, batchOf(['d', 'e'], { compression: 'gzip' })))
    for (const version of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) {
      await talk.say(`latest, version ${version}`, api.ListOffsets, version, ask(-1n))
      await talk.say(`earliest, version ${version}`, api.ListOffsets, version, ask(-2n))
    }
    for (const delta of [-1, 0, 1, 2, 3]) {
      await talk.say(`time ${delta}`, api.ListOffsets, 5, ask(BigInt(BASE_TIME + delta)))
    }
    await talk.say('largest time', api.ListOffsets, 7, ask(-3n))
    await talk.say('earliest local', api.ListOffsets, 8, ask(-4n))
    await talk.say('latest tiered', api.ListOffsets, 9, ask(-5n))
    await talk.say('unknown partition', api.ListOffsets, 5, ask(-1n, 9))
    await talk.say('other partition', api.ListOffsets, 5, ask(-1n, 1))
    const deleteUpTo = (offset: bigint) => ({
      timeoutMs: 5000,
      topics: [{ name: topic, partitions: [{ partitionIndex: 0, offset }] }],
    })
    await talk.say('delete records', api.DeleteRecords, 2, deleteUpTo(2n))
    await talk.say('delete records beyond', api.DeleteRecords, 2, deleteUpTo(99n))
    await talk.say('earliest after it', api.ListOffsets, 5, ask(-2n))
    await talk.say('fetch below the start', api.Fetch, 11, fetchFrom(topic, 1))
    await talk.say('fetch at the start', api.Fetch, 11, fetchFrom(topic, 2))
    await talk.say('delete all records', api.DeleteRecords, 2, deleteUpTo(-1n))
    await talk.say('earliest at the end', api.ListOffsets, 5, ask(-2n))
    const epochs = (leaderEpoch: number) => ({
      replicaId: -1,
      topics: [{ topic, partitions: [{ partition: 1, leaderEpoch, currentLeaderEpoch: -1 }] }],
    })
    await talk.quietly(api.Produce, 9, produceTo(topic, batchOf(['x']), { partition: 1 }))
    for (const version of [2, 3, 4]) await talk.say(`epoch 0, ${version}`, api.OffsetForLeaderEpoch, version, epochs(0))
    await talk.say('epoch 5', api.OffsetForLeaderEpoch, 4, epochs(5))
  },
}
