import { createRequire } from 'node:module'
import { kafkajsPipeline, type KafkajsMessage } from '../kafkajs-pipeline.js'
import { schemaIds, type Contender } from './contender.js'

/** The parts of kafkajs between its sockets and its callbacks; it publishes no types for them. */
type DecodeMessages = (decoder: object) => Promise<readonly KafkajsMessage[]>
type DecoderClass = new (buffer: Buffer) => object
type ProduceRequest = (request: object) => { readonly encode: () => Promise<{ readonly buffer: Buffer }> }

const require = createRequire(import.meta.url)
const Decoder = require('kafkajs/src/protocol/decoder') as DecoderClass
const decodeMessages = require('kafkajs/src/protocol/requests/fetch/v4/decodeMessages') as DecodeMessages
const produceRequest = require('kafkajs/src/protocol/requests/produce/v7/request') as ProduceRequest

/** A hand-written `eachBatch` handler with one `send` of its results. Everything runs but sockets and fetch loop. */
export function baseline(): Contender {
  const eachBatch = kafkajsPipeline(schemaIds.webOrder)
  return {
    name: 'kafkajs eachBatch, avsc, closures',
    process: async (recordSet) => {
      const messages = eachBatch(await decodeMessages(new Decoder(withLength(recordSet))))
      const partitions = [{ partition: 0, firstSequence: 0, messages }]
      const request = produceRequest({ acks: -1, timeout: 30_000, topicData: [{ topic: 'web-orders', partitions }] })
      const { buffer } = await request.encode()
      return [recordsOfRequest(buffer)]
    },
  }
}

function withLength(recordSet: Buffer): Buffer {
  const prefixed = Buffer.allocUnsafe(4 + recordSet.length)
  prefixed.writeInt32BE(recordSet.length)
  recordSet.copy(prefixed, 4)
  return prefixed
}

/** Where the records start: transactional id, acks, time-out, topic count, topic, partition count, partition, length. */
const requestOverhead = 2 + 2 + 4 + 4 + (2 + 'web-orders'.length) + 4 + 4 + 4

function recordsOfRequest(request: Buffer): Buffer {
  return request.subarray(requestOverhead)
}
