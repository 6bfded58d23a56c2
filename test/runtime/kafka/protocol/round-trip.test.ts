import fc from '../../../fast-check.js'
import { describe, expect, it } from 'vitest'

import {
  ProtocolError,
  Reader,
  UnsupportedFieldError,
  UnsupportedVersionError,
  Writer,
  api,
  decodeFetchRequest,
  encodeFetchRequest,
  encodeFetchResponse,
  encodeMetadataRequest,
  encodeProduceRequest,
} from '../../../../runtime/kafka/protocol/index.js'
import { arbitraryMessage, subjects, versionsOf } from './specs.js'

describe('every message in every version', () => {
  for (const { message, codec } of subjects) {
    it(`${message.name} survives a round trip, and no prefix of it is mistaken for a message`, () => {
      for (const version of versionsOf(message)) {
        fc.assert(
          fc.property(arbitraryMessage(message, version), fc.nat(), (value, cut) => {
            const writer = new Writer(1)
            codec.encode(version, value, writer)
            const bytes = writer.toBuffer()
            expect(bytes.length).toBe(writer.size)
            const reader = new Reader(bytes)
            expect(codec.decode(version, reader)).toEqual(value)
            expect(reader.remaining).toBe(0)
            if (bytes.length === 0) return
            const short = new Reader(bytes.subarray(0, cut % bytes.length))
            expect(() => codec.decode(version, short)).toThrow(ProtocolError)
          }),
          { numRuns: 15, seed: 41 + version },
        )
      }
    })

    it(`${message.name} reads random bytes to a message or a ProtocolError`, () => {
      const { min, max } = message.versions
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 80 }), fc.integer({ min, max }), (bytes, version) => {
          try {
            codec.decode(version, new Reader(Buffer.from(bytes)))
          } catch (error) {
            expect(error).toBeInstanceOf(ProtocolError)
          }
        }),
        { numRuns: 100, seed: 7 },
      )
    })
  }
})

describe('versions', () => {
  const minimal = { maxWaitMs: 1, minBytes: 1, topics: [] }

  it('refuses unknown ones on both sides', () => {
    expect(() => encodeFetchRequest(13, minimal, new Writer())).toThrow(UnsupportedVersionError)
    expect(() => decodeFetchRequest(3, new Reader(Buffer.alloc(99)))).toThrow(
      'FetchRequest has no version 3; versions 4 to 12 are known',
    )
  })

  it('refuses a value that the version would lose', () => {
    const topics = [{ topic: 't', partitions: [] }]
    expect(() => encodeFetchRequest(6, { ...minimal, forgottenTopicsData: topics }, new Writer())).toThrow(
      UnsupportedFieldError,
    )
    expect(() => encodeMetadataRequest(3, { topics: null, allowAutoTopicCreation: false }, new Writer())).toThrow(
      'MetadataRequest.allowAutoTopicCreation does not exist in version 3',
    )
    expect(() => encodeMetadataRequest(0, { topics: null }, new Writer())).toThrow(
      'MetadataRequest.topics must not be null in version 0',
    )
  })

  it('drops a value that the specification calls ignorable', () => {
    const writer = new Writer()
    encodeFetchRequest(6, { ...minimal, sessionId: 5, rackId: 'r' }, writer)
    const decoded = decodeFetchRequest(6, new Reader(writer.toBuffer()))
    expect([decoded.sessionId, decoded.sessionEpoch, decoded.rackId]).toEqual([0, -1, ''])
  })

  it('fills in defaults that were left out', () => {
    const writer = new Writer()
    encodeFetchRequest(12, minimal, writer)
    expect(decodeFetchRequest(12, new Reader(writer.toBuffer()))).toEqual({
      ...minimal,
      clusterId: null,
      replicaId: -1,
      maxBytes: 0x7fffffff,
      isolationLevel: 0,
      sessionId: 0,
      sessionEpoch: -1,
      forgottenTopicsData: [],
      rackId: '',
    })
  })
})

describe('tagged fields', () => {
  it('skips unknown ones', () => {
    const writer = new Writer()
    encodeFetchRequest(12, { maxWaitMs: 1, minBytes: 1, topics: [] }, writer)
    const known = writer.toBuffer()
    const extended = Buffer.concat([known.subarray(0, -1), Buffer.from([2, 0, 2, 2, 0x78, 9, 3, 1, 2, 3])])
    const reader = new Reader(extended)
    expect(decodeFetchRequest(12, reader).clusterId).toBe('x')
    expect(reader.remaining).toBe(0)
  })

  it('refuses one whose size does not fit its content', () => {
    const writer = new Writer()
    encodeFetchRequest(12, { maxWaitMs: 1, minBytes: 1, topics: [] }, writer)
    const bytes = Buffer.concat([writer.toBuffer().subarray(0, -1), Buffer.from([1, 0, 3, 2, 0x78, 0])])
    expect(() => decodeFetchRequest(12, new Reader(bytes))).toThrow('tagged field 0 does not end')
  })
})

describe('record sets', () => {
  const batches = [Buffer.alloc(5000, 1), Buffer.alloc(10, 2), Buffer.alloc(2000, 3)]

  it('are written as the parts they are given in, without copying large ones', () => {
    const writer = new Writer()
    const partitionData = [{ index: 0, records: batches }]
    encodeProduceRequest(9, { acks: -1, timeoutMs: 1, topicData: [{ name: 't', partitionData }] }, writer)
    const parts = writer.parts()
    expect(parts.some((part) => part.buffer === batches[0]?.buffer && part.length === 5000)).toBe(true)
    expect(parts.some((part) => part.buffer === batches[2]?.buffer && part.length === 2000)).toBe(true)
    const reader = new Reader(writer.toBuffer())
    const decoded = api.Produce.request.decode(9, reader)
    expect(decoded.topicData[0]?.partitionData[0]?.records).toEqual(Buffer.concat(batches))
  })

  it('are read as views of what was received', () => {
    const writer = new Writer()
    const partition = {
      partitionIndex: 0,
      errorCode: 0,
      highWatermark: 1n,
      abortedTransactions: null,
      records: batches,
    }
    encodeFetchResponse(11, { responses: [{ topic: 't', partitions: [partition] }] }, writer)
    const received = writer.toBuffer()
    const response = api.Fetch.response.decode(11, new Reader(received))
    expect(response.responses[0]?.partitions[0]?.records?.buffer).toBe(received.buffer)
  })
})
