import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker } from '../../embedded/index.js'
import { ConfigError, createApp, loadPipeline } from '../../runtime/index.js'
import { appOn, identity, numbered, topicPair } from './support/app-under-test.js'
import { handWritten } from './support/hand-written-pipeline.js'
import { eventually, produceTo, readAll, silent } from './support/topics.js'

let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startBroker()
})
afterAll(async () => {
  await broker.close()
})

/** A port on which nobody listens. */
const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => {
        resolve(address !== null && typeof address === 'object' ? address.port : 0)
      })
    })
  })

const simple = (applicationId: string, input: string, output: string) =>
  handWritten({ applicationId, inputs: [input], output, map: identity })

describe('starting', () => {
  it('without a broker says where there is none', async () => {
    const port = await freePort()
    const app = appOn({ bootstrap: `127.0.0.1:${port}` }, simple('a', 'in', 'out'), { startTimeout: 0 })
    await expect(app.start()).rejects.toThrow(`no broker at 127.0.0.1:${port}: connect ECONNREFUSED`)
    expect(app.state).toBe('ERROR')
    expect(app.error?.message).toMatch(/no broker at/)
  })

  it('names all addresses when there are several', async () => {
    const ports = [await freePort(), await freePort()]
    const app = appOn({ bootstrap: ports.map((port) => `127.0.0.1:${port}`).join(',') }, simple('a', 'in', 'out'), {
      startTimeout: 0,
    })
    await expect(app.start()).rejects.toThrow(
      /no broker at any of the configured addresses: .*ECONNREFUSED.*, .*ECONNREFUSED/,
    )
  })

  it('waits for a broker that comes later', async () => {
    const port = await freePort()
    const app = appOn({ bootstrap: `127.0.0.1:${port}` }, simple('late', 'late-in', 'late-out'))
    const started = app.start()
    await using later = await startBroker({ port })
    await later.createTopic('late-in')
    await later.createTopic('late-out')
    await started
    expect(app.state).toBe('RUNNING')
    await app.close()
  })

  it('names the topics that do not exist', async () => {
    const { output } = await topicPair(broker)
    const app = appOn(broker, simple('b', 'nowhere', output), { startTimeout: 0 })
    await expect(app.start()).rejects.toThrow('topic "nowhere" does not exist: create it, or correct its name')
    const both = appOn(broker, simple('b', 'nowhere', 'neither'), { startTimeout: 0 })
    await expect(both.start()).rejects.toThrow('topics "nowhere", "neither" do not exist')
  })

  it('waits for topics within the time allowed', async () => {
    const { output } = await topicPair(broker)
    const warnings: string[] = []
    const app = appOn(broker, simple('c', 'soon', output), {
      logger: { ...silent, warn: (_: object, message: string) => warnings.push(message) },
    })
    const started = app.start()
    await eventually(
      () => warnings,
      (all) => all.includes('waiting for topics that do not exist'),
    )
    await broker.createTopic('soon')
    await started
    await app.close()
  })

  it('can be closed before it has started', async () => {
    const port = await freePort()
    const app = appOn({ bootstrap: `127.0.0.1:${port}` }, simple('d', 'in', 'out'))
    const started = app.start()
    await app.close()
    await expect(started).rejects.toThrow()
    expect(app.state).toBe('NOT_RUNNING')
  })

  it('creates internal topics with the partitions of the widest input', async () => {
    const { input, output, applicationId } = await topicPair(broker, 5)
    const pipeline = simple(applicationId, input, output)
    const topic = `${applicationId}-by-key-repartition`
    const serde = { kind: 'string' } as const
    const manifest = {
      ...pipeline.manifest,
      sinks: [...pipeline.manifest.sinks, { topic, key: serde, value: serde }],
      subTopologies: [
        ...pipeline.manifest.subTopologies.map((sub) => ({ ...sub, outputs: [0, 1] })),
        { id: 1, inputs: [{ topic, key: serde, value: serde }], outputs: [0], awaited: [] },
      ],
      internalTopics: [{ topic, partitions: undefined, config: { 'retention.ms': '-1' } }],
    }
    const app = appOn(broker, { ...pipeline, manifest })
    await app.start()
    await app.close()
    const { endOffsets } = await broker.stats()
    expect(endOffsets[topic]).toHaveLength(5)
  })

  it('refuses a module of another ABI, and what is no module', async () => {
    const pipeline = simple('e', 'in', 'out')
    const old = { ...pipeline, manifest: { ...pipeline.manifest, abi: 0 } }
    await expect(appOn(broker, old).start()).rejects.toThrow(
      /compiled for runtime interface 0 .*this is \d+: run `millrace build` again/,
    )
    await expect(loadPipeline('/nowhere/module.mjs')).rejects.toThrow(/cannot load the pipeline \/nowhere\/module\.mjs/)
  })

  it('refuses worker threads for a pipeline without a location', async () => {
    const { input, output, applicationId } = await topicPair(broker)
    const app = appOn(broker, simple(applicationId, input, output), { threads: 2 })
    await expect(app.start()).rejects.toThrow('worker threads load the pipeline themselves')
  })
})

describe('options', () => {
  const pipeline = simple('f', 'in', 'out')

  it('are all checked at once, and named', () => {
    const options = { pipeline, kafka: { brokers: ['nonsense'] }, commitInterval: 0, env: {} }
    const attempt = (): unknown => createApp(options)
    expect(attempt).toThrow(ConfigError)
    expect(attempt).toThrow(/kafka\.brokers\.0: expected host:port/)
    expect(attempt).toThrow(/commitInterval: /)
  })

  it('need a broker', () => {
    expect(() => createApp({ pipeline, env: {} })).toThrow(/kafka\.brokers: at least one broker is needed/)
  })

  it('come from the environment, which wins', async () => {
    const { input, output, applicationId } = await topicPair(broker)
    const env = {
      MILLRACE_BROKERS: broker.bootstrap,
      MILLRACE_APPLICATION_ID: `${applicationId}-env`,
      MILLRACE_HTTP_PORT: '0',
    }
    const app = createApp({
      pipeline: simple(applicationId, input, output),
      kafka: { brokers: ['127.0.0.1:1'] },
      logger: silent,
      env,
    })
    await app.start()
    expect(app.httpAddress).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    await app.close()
    expect(() => createApp({ pipeline, env: { MILLRACE_BROKERS: 'a:1', MILLRACE_THREADS: 'many' } })).toThrow(
      'MILLRACE_THREADS="many" is not a number',
    )
  })
})

describe('http', () => {
  it('serves metrics, health and readiness', async () => {
    const { input, output, applicationId } = await topicPair(broker)
    const app = appOn(broker, simple(applicationId, input, output), { http: { port: 0 } })
    await app.start()
    await produceTo(broker.bootstrap, input, numbered(100))
    await eventually(
      () => readAll(broker.bootstrap, output),
      (records) => records.length === 100,
    )
    const get = async (path: string) => {
      const response = await fetch(`${app.httpAddress ?? ''}${path}`)
      return { status: response.status, text: await response.text() }
    }
    const sum = (text: string): number =>
      [...text.matchAll(/^kafka_streams_task_process_total\{[^}]*\} (\d+)$/gm)].reduce(
        (total, [, n]) => total + Number(n),
        0,
      )
    await eventually(
      async () => sum((await get('/metrics')).text),
      (processed) => processed === 100,
    )
    const { text } = await get('/metrics')
    expect(text).toMatch(/^kafka_streams_state\{[^}]*\} 2$/m)
    expect(text).toMatch(/processor_node_id="map"/)
    expect(await get('/healthz')).toMatchObject({ status: 200 })
    expect(await get('/readyz')).toEqual({ status: 200, text: '{"state":"RUNNING"}\n' })
    expect((await get('/other')).status).toBe(404)
    const address = app.httpAddress ?? ''
    await app.close()
    await expect(fetch(`${address}/healthz`)).rejects.toThrow()
  })
})
