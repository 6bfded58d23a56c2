import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { startBroker } from '../../../embedded/kafka/index.js'
import { ErrorCode, api } from '../../../runtime/kafka/protocol/index.js'
import { batchOf, fetchFrom, produceTo } from './conversations/conversation.js'
import { WireClient } from './wire-client.js'

describe.each([true, false])('startBroker, in a thread: %s', (thread) => {
  it('serves, tells what it holds, and closes', async () => {
    const broker = await startBroker({ thread, defaultPartitions: 3 })
    await broker.createTopic('t')
    const client = await WireClient.open(broker.bootstrap)
    await client.send(api.Produce, 9, produceTo('t', batchOf(['a', 'b']), { partition: 1 }))
    expect(await broker.stats()).toMatchObject({
      topics: 1,
      partitions: 3,
      groups: 0,
      connections: 1,
      endOffsets: { t: [0, 2, 0] },
    })
    await broker.close()
    await broker.close()
    await client.untilClosed()
    await expect(WireClient.open(broker.bootstrap)).rejects.toThrow('ECONNREFUSED')
    await expect(broker.createTopic('u')).rejects.toThrow('the embedded broker is closed')
  })

  it('says what is wrong', async () => {
    const broker = await startBroker({ thread })
    await broker.createTopic('t')
    await expect(broker.createTopic('t')).rejects.toThrow("cannot create topic t: Topic 't' already exists.")
    await expect(broker.createTopic('no spaces')).rejects.toThrow('contains one or more characters other than')
    await expect(broker.createTopic('u', { config: { 'no.such': '1' } })).rejects.toThrow('Unknown topic config name')
    await expect(broker.deleteTopic('u')).rejects.toThrow('has no topic u')
    await expect(broker.advanceClock(1)).rejects.toThrow("needs the option clock: 'manual'")
    await expect(broker.faults.stopNode(2)).rejects.toThrow('has nodes 1 to 1, not 2')
    await broker.close()
  })

  it('fails when its port is taken', async () => {
    const blocker = createServer()
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve))
    const { port } = blocker.address() as AddressInfo
    await expect(startBroker({ thread, port })).rejects.toThrow('EADDRINUSE')
    await new Promise((resolve) => blocker.close(resolve))
  })

  it('creates topics on demand where that is allowed', async () => {
    const broker = await startBroker({ thread, autoCreateTopics: true, defaultPartitions: 2 })
    const client = await WireClient.open(broker.bootstrap)
    const ask = async (name: string, allowAutoTopicCreation: boolean) =>
      (await client.send(api.Metadata, 9, { topics: [{ name }], allowAutoTopicCreation })).topics[0]
    expect((await ask('t', false))?.errorCode).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
    expect((await ask('t', true))?.partitions.length).toBe(2)
    expect((await ask('bad name', true))?.errorCode).toBe(ErrorCode.INVALID_TOPIC_EXCEPTION)
    client.close()
    await broker.close()
  })

  it('ends long fetches when it closes', async () => {
    const broker = await startBroker({ thread })
    await broker.createTopic('t')
    const client = await WireClient.open(broker.bootstrap)
    const waiting = client.send(api.Fetch, 11, fetchFrom('t', 0, { maxWaitMs: 600_000 }))
    const outcome = expect(waiting).rejects.toThrow('closed the connection')
    await broker.close()
    await outcome
  })
})

describe('requests that no client should send', () => {
  const withClient = async (use: (client: WireClient) => Promise<void>): Promise<void> => {
    const broker = await startBroker({ thread: false, log: 'silent' })
    const client = await WireClient.open(broker.bootstrap)
    try {
      await use(client)
    } finally {
      client.close()
      await broker.close()
    }
  }

  const frame = (...int16s: readonly number[]): Buffer => {
    const bytes = Buffer.alloc(4 + 2 * int16s.length)
    bytes.writeInt32BE(2 * int16s.length)
    int16s.forEach((value, index) => bytes.writeInt16BE(value, 4 + 2 * index))
    return bytes
  }

  it.each([
    ['an unknown API', frame(999, 0, 0, 1, -1)],
    ['a version beyond the last', frame(0, 99, 0, 1, -1)],
    ['a version before the first', frame(1, 0, 0, 1, -1)],
    ['a body that ends too early', frame(3, 1, 0, 1, -1, 0)],
    ['an impossible size', Buffer.from([0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0])],
    ['a negative size', Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0])],
  ])('close the connection: %s', (_name, bytes) =>
    withClient(async (client) => {
      client.write(bytes)
      await client.untilClosed()
    }),
  )

  it('are answered in version 0 when they ask for an unknown version of ApiVersions', () =>
    withClient(async (client) => {
      const answer = await client.exchange(frame(18, 77, 0, 1, -1, 0))
      expect(answer.readInt16BE(4)).toBe(ErrorCode.UNSUPPORTED_VERSION)
      expect(answer.subarray(6).toString('hex')).toBe('00000001' + '0012' + '0000' + '0004')
    }))
})
