import { connect, type Socket } from 'node:net'
import { createRequire } from 'node:module'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker } from '../../../../embedded/index.js'
import { KafkaClient } from '../../../../runtime/kafka/client.js'
import { api } from '../../../../runtime/kafka/protocol/index.js'
import { checkPool, openCluster } from '../../../../runtime/kafka/transport/kafkajs-seams.js'
import { KafkajsTransport } from '../../../../runtime/kafka/transport/kafkajs-transport.js'
import { BOOTSTRAP, type ApiVersions, type Transport } from '../../../../runtime/kafka/transport/transport.js'

const require = createRequire(import.meta.url)

let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startBroker()
  await broker.createTopic('t')
})
afterAll(async () => {
  await broker.close()
})

const open = (brokers = broker.bootstrap.split(',')) => {
  const sockets: Socket[] = []
  const transport = new KafkajsTransport({
    brokers,
    clientId: 'test',
    socketFactory: ({ host, port, onConnect }) => {
      const socket = connect({ host, port }, onConnect)
      sockets.push(socket)
      return socket
    },
  })
  return { sockets, transport, client: new KafkaClient(transport, { requestTimeoutMs: 1500 }) }
}

const metadata = (client: KafkaClient): Promise<unknown> =>
  client.request(BOOTSTRAP, 'control', api.Metadata, { topics: [{ name: 't' }] }, { maxVersion: 12 })

describe('the transport on kafkajs', () => {
  it('opens one socket per node and lane, whatever comes at once', async () => {
    const { client, sockets } = open()
    await Promise.all(Array.from({ length: 20 }, () => metadata(client)))
    expect(sockets).toHaveLength(1)
    await client.refresh(['t'])
    const node = client.leader('t', 0) ?? 0
    await Promise.all(Array.from({ length: 5 }, () => client.version(node, 'fetch', api.Fetch)))
    expect(sockets).toHaveLength(2)
    await client.close()
    expect(sockets.every(({ destroyed }) => destroyed)).toBe(true)
  })

  it('closes a connection that does not answer and opens another', async () => {
    const { client, sockets } = open()
    await metadata(client)
    await broker.faults.add({ api: 'Metadata', effect: { kind: 'freeze', when: 'before' } })
    await expect(metadata(client)).rejects.toThrow(/did not answer Metadata within 1500 ms/)
    await metadata(client)
    expect(sockets).toHaveLength(2)
    expect(sockets[0]?.destroyed).toBe(true)
    await client.close()
  })

  it('notices a lost connection and tells who listens', async () => {
    const { client, transport, sockets } = open()
    await metadata(client)
    const down: string[] = []
    const lost = new Promise<void>((resolve) => {
      transport.onDown((node, lane) => {
        down.push(`${node}/${lane}`)
        resolve()
      })
    })
    sockets[0]?.destroy()
    await lost
    expect(down).toEqual(['-1/control'])
    await metadata(client)
    await client.close()
  })

  it('sets no timers while it is idle', async () => {
    const { client } = open()
    await metadata(client)
    const original = globalThis.setTimeout
    let timers = 0
    const counting = Object.assign((...args: Parameters<typeof setTimeout>) => {
      timers++
      return original(...args)
    }, original)
    globalThis.setTimeout = counting
    await new Promise((resolve) => original(resolve, 200))
    globalThis.setTimeout = original
    expect(timers).toBe(0)
    await client.close()
  })

  it('sets no timers but its time-out while a broker lets it wait', async () => {
    const { client } = open()
    await client.refresh(['t'])
    const node = client.leader('t', 0) ?? 0
    const poll = () =>
      client.request(node, 'fetch', api.Fetch, {
        maxWaitMs: 200,
        minBytes: 1,
        topics: [{ topic: 't', partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1000 }] }],
      })
    await poll()
    const original = globalThis.setTimeout
    let timers = 0
    globalThis.setTimeout = Object.assign((...args: Parameters<typeof setTimeout>) => {
      timers++
      return original(...args)
    }, original)
    try {
      await poll()
    } finally {
      globalThis.setTimeout = original
    }
    expect(timers).toBeLessThanOrEqual(2)
    await client.close()
  })

  it('tries an address once, however many want it while nobody is there', async () => {
    const { client, sockets } = open(['127.0.0.1:1'])
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => metadata(client)))
    expect(results.every(({ status }) => status === 'rejected')).toBe(true)
    expect(sockets).toHaveLength(1)
    await client.close()
  })

  it('reads a new connection from its start, when the one before ended in the middle of a response', async () => {
    const { client, sockets } = open()
    await metadata(client)
    await broker.faults.add({ api: 'Metadata', effect: { kind: 'trickle', bytes: 10, everyMs: 60_000 } })
    const cut = metadata(client)
    const failed = expect(cut).rejects.toThrow()
    await new Promise<void>((resolve) => sockets[0]?.once('data', () => resolve()))
    sockets[0]?.destroy()
    await failed
    await expect(metadata(client)).resolves.toMatchObject({ topics: [{ name: 't', errorCode: 0 }] })
    await client.close()
  })

  it('holds back what is sent to a broker that asks for it, on that lane only', async () => {
    const { client, transport } = open()
    await metadata(client)
    await client.refresh(['t'])
    const node = client.leader('t', 0) ?? 0
    await client.version(node, 'fetch', api.Fetch)
    transport.throttle(BOOTSTRAP, 'control', 300)
    const order: string[] = []
    const held = metadata(client).then(() => order.push('held back'))
    const other = client
      .request(node, 'fetch', api.Metadata, { topics: [{ name: 't' }] }, { maxVersion: 12 })
      .then(() => order.push('other lane'))
    await Promise.all([held, other])
    expect(order).toEqual(['other lane', 'held back'])
    await client.close()
  })

  it('says which address is none', () => {
    expect(() => open(['localhost'])).toThrow('"localhost" is not a broker address: expected host:port')
  })

  it('fails what is in flight when it closes', async () => {
    const { client } = open()
    await client.refresh(['t'])
    const node = client.leader('t', 0) ?? 0
    const waiting = client.request(node, 'fetch', api.Fetch, {
      maxWaitMs: 10_000,
      minBytes: 1,
      topics: [{ topic: 't', partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1000 }] }],
    })
    const failed = expect(waiting).rejects.toThrow('closed by this process')
    await client.version(node, 'fetch', api.Fetch)
    await client.close()
    await failed
  })

  it('refuses a kafkajs that lacks what it needs', () => {
    const consumer = ({ partitionAssigners }: { partitionAssigners: ((args: object) => unknown)[] }): void => {
      partitionAssigners[0]?.({ cluster: { rootLogger: {}, brokerPool: {} } })
    }
    expect(() => openCluster({ consumer } as unknown as Kafka)).toThrow(
      /lacks Cluster\.connectionPoolBuilder\.build, Cluster\.brokerPool\.createBroker: millrace needs kafkajs 2\.2\.4 exactly/,
    )
  })
})

describe('the members of kafkajs that we rely on', () => {
  const poolOf = async () => {
    const cluster = openCluster(new Kafka({ brokers: ['127.0.0.1:1'], logLevel: logLevel.NOTHING }))
    return cluster.connectionPoolBuilder.build({ host: '127.0.0.1', port: 1, rack: null })
  }

  it('are all there in the version that is pinned exactly', async () => {
    const { dependencies } = require('../../../../package.json') as { dependencies: Record<string, string> }
    const { version } = require('kafkajs/package.json') as { version: string }
    expect(dependencies['kafkajs']).toBe(version)
    expect(checkPool(await poolOf())).toBeDefined()
  })

  it.each(['nextCorrelationId', 'processData', 'requestQueue'])('are missed at the start: %s', async (member) => {
    const pool = await poolOf()
    const [connection] = pool.pool
    const lacking = new Proxy(connection ?? {}, {
      get: (target, name): unknown => (name === member ? undefined : Reflect.get(target, name)),
    })
    expect(() => checkPool({ ...pool, pool: [lacking as NonNullable<typeof connection>] })).toThrow(
      new RegExp(`the installed kafkajs lacks Connection\\.${member}`),
    )
  })
})

describe('versions', () => {
  const offering = (minVersion: number, maxVersion: number): KafkaClient => {
    const versions: ApiVersions = new Map([[api.Fetch.key, { minVersion, maxVersion }]])
    const nothing = (): never => {
      throw new Error('not expected')
    }
    const transport: Transport = {
      learn: nothing,
      versions: () => Promise.resolve(versions),
      send: nothing,
      giveBack: nothing,
      throttle: nothing,
      onDown: () => () => undefined,
      close: () => Promise.resolve(),
    }
    return new KafkaClient(transport)
  }

  it('are the highest that both sides know', async () => {
    expect(await offering(4, 18).version(1, 'fetch', api.Fetch)).toBe(12)
    expect(await offering(0, 11).version(1, 'fetch', api.Fetch)).toBe(11)
    expect(await offering(0, 11).version(1, 'fetch', api.Fetch, { maxVersion: 7 })).toBe(7)
  })

  it('are refused where there are none in common', async () => {
    await expect(offering(13, 18).version(1, 'fetch', api.Fetch)).rejects.toThrow(
      'the broker offers Fetch 13 to 18, this version of millrace needs 4 to 12',
    )
    await expect(offering(0, 3).version(1, 'fetch', api.Fetch)).rejects.toThrow('offers Fetch 0 to 3')
    await expect(offering(0, 3).version(1, 'fetch', api.Produce)).rejects.toThrow('offers Produce not at all')
  })
})
