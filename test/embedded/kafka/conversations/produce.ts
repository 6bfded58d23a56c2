import { api } from '../../../../runtime/kafka/protocol/index.js'
import { buildBatch, crc32c } from '../../../../runtime/kafka/record-batch/index.js'
import { BASE_TIME, batchOf, fetchFrom, produceTo } from './conversation.js'
import type { Conversation } from './conversation.js'

/** Changes bytes of a batch and makes its checksum right again. */
const altered = (batch: Buffer, change: (bytes: Buffer) => void): Buffer => {
  const bytes = Buffer.from(batch)
  change(bytes)
  bytes.writeUInt32BE(crc32c(bytes, 21, bytes.length), 17)
  return bytes
}

export const plainProduce: Conversation = {
  name: 'produce-plain',
  hold: async (talk) => {
    const topic = await talk.topic('t', 2, { 'max.message.bytes': '500' })
    for (const version of [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]) {
      await talk.say(`version ${version}`, api.Produce, version, produceTo(topic, batchOf([`v${version}`, 'second'])))
    }
    await talk.say('acks 1', api.Produce, 9, produceTo(topic, batchOf(['one']), { acks: 1 }))
    await talk.say('acks 2', api.Produce, 9, produceTo(topic, batchOf(['two']), { acks: 2 }))
    await talk.say('unknown topic', api.Produce, 9, produceTo(talk.unique('missing'), batchOf(['x'])))
    await talk.say('unknown partition', api.Produce, 9, produceTo(topic, batchOf(['x']), { partition: 7 }))
    await talk.say('too large', api.Produce, 9, produceTo(topic, batchOf(['x'.repeat(600)])))
    const flipped = Buffer.from(batchOf(['flipped']))
    flipped[flipped.length - 1] = 0xff
    await talk.say('wrong checksum', api.Produce, 9, produceTo(topic, flipped))
    await talk.say('no batch', api.Produce, 9, produceTo(topic, Buffer.alloc(0)))
    const two = Buffer.concat([batchOf(['a']), batchOf(['b'])])
    await talk.say('two batches', api.Produce, 9, produceTo(topic, two))
    const based = batchOf(['based'], { baseOffset: 5 })
    await talk.say('base offset 5', api.Produce, 9, produceTo(topic, based))
    const oldFormat = Buffer.from(batchOf(['old']))
    oldFormat[16] = 1
    await talk.say('magic 1', api.Produce, 9, produceTo(topic, oldFormat))
    const truncated = batchOf(['truncated']).subarray(0, 65)
    await talk.say('truncated', api.Produce, 9, produceTo(topic, truncated))
    const control = altered(batchOf(['control']), (bytes) => void (bytes[22] = 0x20))
    await talk.say('control batch', api.Produce, 9, produceTo(topic, control))
    const miscounted = altered(batchOf(['a', 'b']), (bytes) => void bytes.writeInt32BE(3, 57))
    await talk.say('wrong count', api.Produce, 9, produceTo(topic, miscounted))
    const future = altered(batchOf(['future']), (bytes) => {
      bytes.writeBigInt64BE(BigInt(Date.now()) + 10_000_000n, 27)
      bytes.writeBigInt64BE(BigInt(Date.now()) + 10_000_000n, 35)
    })
    await talk.say('from the future', api.Produce, 9, produceTo(topic, future))
    await talk.say('what is in the log', api.Fetch, 11, fetchFrom(topic, 0))
  },
}

export const withoutAcks: Conversation = {
  name: 'produce-without-acks',
  hold: async (talk) => {
    const topic = await talk.topic('t')
    const client = await talk.client()
    const silent = client.send(api.Produce, 9, produceTo(topic, batchOf(['quiet']), { acks: 0 })).then(
      () => 'answered',
      () => 'never answered',
    )
    await talk.say('fetch', api.Fetch, 11, fetchFrom(topic, 0, { maxWaitMs: 5000 }))
    client.close()
    talk.note('acks 0', await silent)
    const refused = await talk.client()
    await talk.say(
      'acks 0 to nowhere',
      api.Produce,
      9,
      produceTo(talk.unique('no'), batchOf(['x']), { acks: 0 }),
      refused,
    )
  },
}

export const logAppendTime: Conversation = {
  name: 'produce-log-append-time',
  hold: async (talk) => {
    const topic = await talk.topic('t', 1, { 'message.timestamp.type': 'LogAppendTime' })
    await talk.say('produce', api.Produce, 9, produceTo(topic, batchOf(['a', 'b'])))
    await talk.say('fetch', api.Fetch, 11, fetchFrom(topic, 0))
  },
}

export const compactedProduce: Conversation = {
  name: 'produce-compacted',
  hold: async (talk) => {
    const topic = await talk.topic('t', 1, { 'cleanup.policy': 'compact' })
    const keyed = (...keys: readonly (string | null)[]): Buffer =>
      buildBatch(
        keys.map((key) => ({
          timestamp: BASE_TIME,
          key: key === null ? null : Buffer.from(key),
          value: Buffer.from('v'),
        })),
      )
    await talk.say('with keys', api.Produce, 9, produceTo(topic, keyed('a', 'b')))
    await talk.say('without keys', api.Produce, 9, produceTo(topic, keyed('a', null, 'b', null)))
    await talk.say('log', api.Fetch, 11, fetchFrom(topic, 0))
  },
}

export const idempotentProduce: Conversation = {
  name: 'produce-idempotent',
  hold: async (talk) => {
    const topic = await talk.topic('t')
    const { producerId } = await talk.quietly(api.InitProducerId, 4, { transactionalId: null, transactionTimeoutMs: 0 })
    const send = (step: string, baseSequence: number, values: readonly string[], epoch = 0, id = producerId) =>
      talk.say(
        step,
        api.Produce,
        9,
        produceTo(topic, batchOf(values, { producerId: id, producerEpoch: epoch, baseSequence })),
      )
    await send('first', 0, ['a', 'b'])
    await send('next', 2, ['c'])
    await send('repeated', 2, ['c'])
    await send('repeated first', 0, ['a', 'b'])
    await send('same sequence, other payload', 2, ['z'])
    await send('same start, other length', 2, ['c', 'd'])
    await send('gap', 5, ['f'])
    for (const sequence of [3, 4, 5, 6, 7]) await send(`sequence ${sequence}`, sequence, [`s${sequence}`])
    await send('sixth but last', 2, ['c'])
    await send('fifth but last', 3, ['s3'])
    await send('new epoch not from 0', 3, ['x'], 1)
    await send('new epoch', 0, ['x'], 1)
    await send('old epoch', 8, ['x'], 0)
    await send('unknown producer from 5', 5, ['x'], 0, producerId + 1_000_000n)
    await talk.say('log', api.Fetch, 11, fetchFrom(topic, 0))
    await talk.say('empty transactional id', api.InitProducerId, 4, { transactionalId: '', transactionTimeoutMs: 1000 })
  },
}
