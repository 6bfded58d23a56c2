import { describe, expect, it } from 'vitest'

import {
  Reader,
  Writer,
  api,
  apiByKey,
  decodeAssignment,
  decodeRequestHeader,
  decodeResponseBody,
  decodeResponseHeader,
  decodeSubscription,
  encodeAssignment,
  encodeRequestBody,
  encodeRequestFrame,
  encodeRequestHeader,
  encodeResponseFrame,
  encodeSubscription,
  errorByCode,
  ErrorCode,
  KafkaProtocolError,
  requestHeaderVersion,
  responseHeaderVersion,
  uuidFromBytes,
  uuidToBytes,
  ZERO_UUID,
} from '../../../../runtime/kafka/protocol/index.js'

describe('frames', () => {
  it('carry header 2 in flexible versions, 1 in others', () => {
    for (const version of [1, 4]) {
      const parts = encodeRequestFrame(
        api.InitProducerId,
        { apiVersion: version, correlationId: 7, clientId: 'c' },
        { transactionalId: 't', transactionTimeoutMs: 5 },
      )
      const bytes = Buffer.concat(parts)
      expect(bytes.readInt32BE()).toBe(bytes.length - 4)
      const reader = new Reader(bytes, 4)
      const header = decodeRequestHeader(reader)
      expect(header).toEqual({
        apiKey: 22,
        apiVersion: version,
        correlationId: 7,
        clientId: 'c',
        api: api.InitProducerId,
        supported: true,
      })
      expect(api.InitProducerId.request.decode(version, reader).transactionalId).toBe('t')
      expect(reader.remaining).toBe(0)
    }
  })

  it('answer ApiVersions with header 0 in every version', () => {
    expect(requestHeaderVersion(api.ApiVersions, 3)).toBe(2)
    expect(responseHeaderVersion(api.ApiVersions, 3)).toBe(0)
    const bytes = Buffer.concat(encodeResponseFrame(api.ApiVersions, 3, 9, { errorCode: 0, apiKeys: [] }))
    const reader = new Reader(bytes, 4)
    expect(decodeResponseHeader(0, reader)).toBe(9)
    expect(api.ApiVersions.response.decode(3, reader).finalizedFeaturesEpoch).toBe(-1n)
    expect(reader.remaining).toBe(0)
  })

  it('have a body form for connections that know header 1 and 0 only', () => {
    const input = { key: 'g', keyType: 0, coordinatorKeys: [] }
    const full = Buffer.concat(
      encodeRequestFrame(api.FindCoordinator, { apiVersion: 3, correlationId: 1, clientId: null }, input),
    )
    const header1 = new Writer()
    encodeRequestHeader({ apiKey: 10, apiVersion: 3, correlationId: 1, clientId: null }, 1, header1)
    const body = Buffer.concat(encodeRequestBody(api.FindCoordinator, 3, input))
    expect(Buffer.concat([header1.toBuffer(), body])).toEqual(full.subarray(4))
    const response = { errorCode: 0, nodeId: 4, host: 'h', port: 5 }
    for (const version of [2, 3]) {
      const frame = Buffer.concat(encodeResponseFrame(api.FindCoordinator, version, 1, response))
      expect(decodeResponseBody(api.FindCoordinator, version, frame.subarray(8))).toMatchObject(response)
    }
  })

  it('read the header of APIs and versions without codec', () => {
    const writer = new Writer()
    encodeRequestHeader({ apiKey: 999, apiVersion: 1, correlationId: 2, clientId: 'x' }, 1, writer)
    expect(decodeRequestHeader(new Reader(writer.toBuffer()))).toMatchObject({ api: undefined, supported: false })
    const future = new Writer()
    encodeRequestHeader({ apiKey: 18, apiVersion: 77, correlationId: 2, clientId: 'x' }, 2, future)
    expect(decodeRequestHeader(new Reader(future.toBuffer()))).toMatchObject({
      api: api.ApiVersions,
      supported: false,
      correlationId: 2,
    })
  })
})

describe('the API table', () => {
  it('finds APIs by key', () => {
    for (const entry of Object.values(api)) expect(apiByKey(entry.key)).toBe(entry)
    expect(apiByKey(12345)).toBeUndefined()
  })

  it('ends Produce and Fetch before topic ids', () => {
    expect([api.Produce.maxVersion, api.Fetch.maxVersion]).toEqual([12, 12])
    expect(api.SaslHandshake.flexibleFrom).toBe(Infinity)
  })
})

describe('the consumer protocol', () => {
  const subscription = {
    topics: ['a', 'b'],
    userData: Buffer.from('u'),
    ownedPartitions: [{ topic: 'a', partitions: [0, 2] }],
    generationId: 5,
    rackId: 'r',
  }

  it('keeps subscriptions and assignments', () => {
    expect(decodeSubscription(encodeSubscription(subscription))).toEqual(subscription)
    const assignment = { assignedPartitions: [{ topic: 'a', partitions: [1] }], userData: null }
    expect(decodeAssignment(encodeAssignment(assignment))).toEqual(assignment)
    expect(decodeAssignment(Buffer.alloc(0))).toEqual({ assignedPartitions: [], userData: null })
  })

  it('reads newer versions as the newest known one', () => {
    const bytes = Buffer.concat([encodeSubscription(subscription), Buffer.from('newer fields')])
    bytes.writeInt16BE(9)
    expect(decodeSubscription(bytes)).toEqual(subscription)
    expect(decodeSubscription(encodeSubscription({ topics: ['a'] }, 0))).toMatchObject({ ownedPartitions: [] })
  })
})

describe('error codes', () => {
  it('have names, and retriability as in the Java client', () => {
    expect(ErrorCode.FENCED_INSTANCE_ID).toBe(82)
    expect(errorByCode(ErrorCode.NOT_LEADER_OR_FOLLOWER)).toMatchObject({ code: 6, retriable: true })
    expect(errorByCode(ErrorCode.PRODUCER_FENCED).retriable).toBe(false)
    expect(errorByCode(31000)).toMatchObject({ code: 31000, name: 'UNKNOWN_SERVER_ERROR', retriable: false })
    const error = new KafkaProtocolError(3, 'Metadata of topic "t"')
    expect(error.message).toBe(
      'Metadata of topic "t": UNKNOWN_TOPIC_OR_PARTITION (3): This server does not host this topic-partition.',
    )
  })
})

describe('uuids', () => {
  it('are their text', () => {
    expect(uuidFromBytes(Buffer.alloc(16))).toBe(ZERO_UUID)
    const bytes = Buffer.from('0123456789abcdef0123456789abcdef', 'hex')
    expect(uuidToBytes(uuidFromBytes(bytes))).toEqual(bytes)
    expect(() => uuidToBytes('short')).toThrow(RangeError)
  })
})
