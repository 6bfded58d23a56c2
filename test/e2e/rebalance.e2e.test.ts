import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp, type App, type AppSettings, type GeneratedPipeline } from '../../runtime/index.js'
import { KafkaClient } from '../../runtime/kafka/client.js'
import { api, encodeSubscription } from '../../runtime/kafka/protocol/index.js'
import { KafkajsTransport } from '../../runtime/kafka/transport/kafkajs-transport.js'
import { handWritten } from '../runtime/support/hand-written-pipeline.js'
import { eventually, readAll, silent } from '../runtime/support/topics.js'
import { openCluster, type Cluster } from './cluster.js'

let cluster: Cluster

beforeAll(async () => {
  cluster = await openCluster()
})
afterAll(() => cluster.close())

interface Opened {
  readonly app: App
  /** Partitions of the tasks that were created, in order. */
  readonly created: number[]
  /** States that it entered. */
  readonly states: string[]
}

/** Members of one group that copy `<name>-in` to `<name>-out`, 4 partitions each. */
const setUp = async (name: string) => {
  const [input, output] = [`${name}-in`, `${name}-out`]
  await cluster.createTopic(input, { partitions: 4 })
  await cluster.createTopic(output, { partitions: 4 })
  const pipeline = handWritten({ applicationId: name, inputs: [input], output, map: (value) => value ?? undefined })
  const open = (settings: Partial<AppSettings> = {}): Opened => {
    const created: number[] = []
    const watched: GeneratedPipeline = {
      ...pipeline,
      createTask: (subTopology, context) => {
        created.push(context.partition)
        return pipeline.createTask(subTopology, context)
      },
    }
    const app = createApp({
      pipeline: watched,
      kafka: { brokers: cluster.brokers.split(',') },
      logger: silent,
      env: {},
      sessionTimeout: 6000,
      heartbeatInterval: 100,
      commitInterval: 100,
      fetch: { overwriteDone: true },
      ...settings,
    })
    const states: string[] = []
    app.onStateChange((state) => states.push(state))
    return { app, created, states }
  }
  let sent = 0
  /** Writes to all partitions and waits until all of it has come out. */
  const flow = async (): Promise<void> => {
    await cluster.produce(
      input,
      Array.from({ length: 40 }, (_, i) => ({ key: `k${i}`, value: `v${sent + i}`, partition: i % 4 })),
    )
    sent += 40
    await eventually(
      async () => new Set((await readAll(cluster.brokers, output)).map(({ value }) => String(value))).size,
      (size) => size === sent,
    )
  }
  return { input, output, open, flow, total: () => sent }
}

const running = (opened: Opened): Promise<unknown> =>
  eventually(
    () => Promise.resolve(opened.app.state),
    (state) => state === 'RUNNING',
  )

describe.each(['at_least_once', 'exactly_once'] as const)('rebalances, %s', (guarantee) => {
  it('leave tasks alone that stay with their member', async () => {
    const { open, flow, output, total } = await setUp(`stay-${guarantee}`)
    const first = open({ guarantee })
    await first.app.start()
    await flow()
    const second = open({ guarantee })
    await second.app.start()
    await eventually(
      () => Promise.resolve(second.created.length),
      (tasks) => tasks === 2,
    )
    await flow()
    expect(first.created).toHaveLength(4)
    await second.app.close()
    await eventually(
      () => Promise.resolve(first.created.length),
      (tasks) => tasks === 6,
    )
    await flow()
    expect([...first.created].slice(4).sort()).toEqual([...second.created].sort())
    await first.app.close()
    expect((await cluster.read(output)).length).toBe(total())
  })

  it('go on with the work while somebody keeps the group waiting', async () => {
    const name = `wait-${guarantee}`
    const { open, flow, output, total } = await setUp(name)
    const { app, created } = open({ guarantee })
    await app.start()
    await flow()
    const client = new KafkaClient(new KafkajsTransport({ brokers: cluster.brokers.split(','), clientId: 'stranger' }))
    try {
      await client.refresh([output])
      const node = await client.coordinator('group', name)
      const join = (memberId: string) =>
        client.request(node, 'group', api.JoinGroup, {
          groupId: name,
          sessionTimeoutMs: 30_000,
          rebalanceTimeoutMs: 30_000,
          memberId,
          groupInstanceId: null,
          protocolType: 'consumer',
          protocols: [{ name: 'millrace-2', metadata: encodeSubscription({ topics: [], userData: null }, 1) }],
        })
      const { memberId } = await join('')
      const joined = await join(memberId)
      expect(joined.errorCode).toBe(0)
      await eventually(
        () => Promise.resolve(app.state),
        (state) => state === 'RUNNING',
      )
      // A generation that the leader has assigned. The next one waits for the stranger, who stays silent.
      const second = open({ guarantee })
      const starting = second.app.start()
      await eventually(
        () => Promise.resolve(app.state),
        (state) => state === 'REBALANCING',
      )
      await flow()
      expect(app.state).toBe('REBALANCING')
      await client.request(node, 'control', api.LeaveGroup, {
        groupId: name,
        members: [{ memberId, groupInstanceId: null, reason: 'over' }],
      })
      await starting
      await eventually(
        () => Promise.resolve(second.created.length),
        (tasks) => tasks === 2,
      )
      await flow()
      expect(created).toHaveLength(4)
      await Promise.all([app.close(), second.app.close()])
      expect((await cluster.read(output)).length).toBe(total())
    } finally {
      await client.close()
    }
  })
})

describe('static members', () => {
  it('bounce one after the other without a rebalance', async () => {
    const { open, flow } = await setUp('static')
    const ids = ['one', 'two']
    const members = new Map(ids.map((id) => [id, open({ groupInstanceId: id })]))
    for (const { app } of members.values()) await app.start()
    await eventually(
      () => Promise.resolve([...members.values()].map(({ created }) => created.length)),
      ([, second]) => second === 2,
    )
    await Promise.all([...members.values()].map(running))
    await flow()
    const before = new Map([...members].map(([id, { states }]) => [id, states.length]))
    for (const id of ids) {
      await members.get(id)?.app.close()
      const restarted = open({ groupInstanceId: id })
      await restarted.app.start()
      await flow()
      expect(restarted.states).toEqual(['REBALANCING', 'RUNNING'])
      const other = ids.find((otherId) => otherId !== id) ?? ''
      // What the other one has done before its own bounce, and nothing since.
      expect(members.get(other)?.states.length).toBe(before.get(other))
      members.set(id, restarted)
      before.set(id, restarted.states.length)
    }
    await Promise.all([...members.values()].map(({ app }) => app.close({ group: 'leave' })))
  })

  it('that come back with an id which is taken fence the process before', async () => {
    const { open, flow } = await setUp('fenced')
    const zombie = open({ groupInstanceId: 'one' })
    await zombie.app.start()
    await flow()
    const successor = open({ groupInstanceId: 'one' })
    await successor.app.start()
    await expect(zombie.app.finished()).rejects.toThrow(/group instance id one/)
    await flow()
    await successor.app.close({ group: 'leave' })
  })
})

describe('members that close', () => {
  it('keep their tasks for their return if they remain in the group', async () => {
    const { open, flow } = await setUp('remain')
    const [one, two] = [open(), open({ sessionTimeout: 1500 })]
    await one.app.start()
    await two.app.start()
    await eventually(
      () => Promise.resolve(two.created.length),
      (tasks) => tasks === 2,
    )
    await Promise.all([running(one), running(two)])
    const states = one.states.length
    await two.app.close({ group: 'remain' })
    expect(one.states.length).toBe(states)
    // Its session ends, and the other one takes over.
    await flow()
    expect(one.created).toHaveLength(6)
    await one.app.close()
  })
})

describe('applications that pause', () => {
  it('keep their tasks, process nothing, and go on', async () => {
    const { input, output, open, flow } = await setUp('pause')
    const { app, created, states } = open({ http: { port: 0 } })
    await app.start()
    await flow()
    app.pause()
    const before = (await readAll(cluster.brokers, output)).length
    await cluster.produce(input, [{ key: 'k', value: 'waits' }])
    // Here, and held back.
    await eventually(
      async () => (await fetch(`${app.httpAddress ?? ''}/metrics`)).text(),
      (metrics) => /^kafka_streams_task_record_lag\{.*\} 1$/m.test(metrics),
    )
    expect((await readAll(cluster.brokers, output)).length).toBe(before)
    app.resume()
    await eventually(
      async () => (await readAll(cluster.brokers, output)).length,
      (count) => count === before + 1,
    )
    expect(created).toHaveLength(4)
    expect(states).toEqual(['REBALANCING', 'RUNNING'])
    await app.close()
  })
})
