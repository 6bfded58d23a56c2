import avsc from 'avsc'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { schemaFingerprint } from '../../avro/fingerprint.js'
import { parseSchemaOrThrow } from '../../avro/parse-schema.js'
import type { ErrorPolicy } from '../../dsl/model/graph.js'
import { startBroker, type EmbeddedBroker } from '../../embedded/index.js'
import { startRegistry, type EmbeddedRegistry } from '../../embedded/registry/index.js'
import { appOn, topicPair } from './support/app-under-test.js'
import { handWritten } from './support/hand-written-pipeline.js'
import { eventually, produceTo, readAll, silent } from './support/topics.js'

let broker: EmbeddedBroker

beforeAll(async () => {
  broker = await startBroker()
})
afterAll(async () => {
  await broker.close()
})

const V1 = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'amount', type: 'long' },
  ],
}
const V2 = {
  ...V1,
  fields: [
    ...V1.fields,
    { name: 'note', type: ['null', 'string'], default: null },
    { name: 'paid', type: 'boolean', default: false },
  ],
}

interface Order {
  readonly id: string
  readonly amount: number
}

const framed = (id: number, schema: object, value: object): Buffer => {
  const payload = avsc.Type.forSchema(schema as avsc.Schema).toBuffer(value)
  const frame = Buffer.alloc(5)
  frame.writeInt32BE(id, 1)
  return Buffer.concat([frame, payload])
}

const setUp = async (registry: EmbeddedRegistry, onError: ErrorPolicy = { kind: 'fail' }) => {
  const { input, output, applicationId } = await topicPair(broker, 2)
  const schema = JSON.stringify(V1)
  const avro = { subject: 'orders-value', schema, fingerprint: schemaFingerprint(parseSchemaOrThrow(schema)) }
  const warnings: string[] = []
  const pipeline = handWritten({
    applicationId,
    inputs: [input],
    output,
    avro,
    onError,
    map: (value) => value ?? undefined,
  })
  const app = appOn(broker, pipeline, {
    registry: { url: registry.url, timeout: 300 },
    logger: { ...silent, warn: (_: object, message: string) => warnings.push(message) },
  })
  const orders = async (): Promise<Order[]> =>
    (await readAll(broker.bootstrap, output)).map(({ value }) => {
      const { id, amount } = avsc.Type.forSchema(V1 as avsc.Schema).fromBuffer(
        value?.subarray(5) ?? Buffer.alloc(0),
      ) as Order
      return { id, amount }
    })
  return { input, output, app, warnings, orders, pipeline }
}

describe('schemas at run time', () => {
  it('are found by subject and text; a later version is resolved through avsc', async () => {
    await using registry = await startRegistry()
    const v1 = registry.register('orders-value', JSON.stringify(V1))
    const { input, app, orders, warnings } = await setUp(registry)
    await app.start()
    await produceTo(broker.bootstrap, input, [{ value: framed(v1, V1, { id: 'a', amount: 1 }) }])
    await eventually(orders, (found) => found.length === 1)
    const v2 = registry.register('orders-value', JSON.stringify(V2))
    await produceTo(broker.bootstrap, input, [
      { value: framed(v2, V2, { id: 'b', amount: 2 ** 52, note: 'x', paid: true }) },
      { value: framed(v1, V1, { id: 'c', amount: 3 }) },
    ])
    const found = await eventually(orders, (all) => all.length === 3)
    await app.close()
    expect(found.sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
      { id: 'a', amount: 1 },
      { id: 'b', amount: 2 ** 52 },
      { id: 'c', amount: 3 },
    ])
    expect(warnings.some((text) => /not in the schema lock.*build again/.test(text))).toBe(true)
    expect(registry.requests.every(({ method, path }) => method === 'GET' || path === '/subjects/orders-value')).toBe(
      true,
    )
  })

  it('with references are found by fingerprint', async () => {
    await using registry = await startRegistry()
    const money = { type: 'record', name: 'Money', fields: [{ name: 'cents', type: 'long' }] }
    const parent = { type: 'record', name: 'Invoice', fields: [{ name: 'sum', type: 'Money' }] }
    registry.register('money-value', JSON.stringify(money))
    const id = registry.register('invoices-value', JSON.stringify(parent), {
      references: [{ name: 'Money', subject: 'money-value', version: 1 }],
    })
    const schema = JSON.stringify({ ...parent, fields: [{ name: 'sum', type: money }] })
    const fingerprint = schemaFingerprint(parseSchemaOrThrow(schema))
    const { input, output, applicationId } = await topicPair(broker, 1)
    const pipeline = handWritten({
      applicationId,
      inputs: [input],
      output,
      avro: { subject: 'invoices-value', schema, fingerprint },
      map: (value) => value ?? undefined,
    })
    const app = appOn(broker, pipeline, { registry: { url: registry.url } })
    await app.start()
    await produceTo(broker.bootstrap, input, [
      { value: framed(id, JSON.parse(schema) as object, { sum: { cents: 5 } }) },
    ])
    const [record] = await eventually(
      () => readAll(broker.bootstrap, output),
      (found) => found.length === 1,
    )
    await app.close()
    expect(record?.value?.readInt32BE(1)).toBe(id)
  })

  it('that the registry does not know are poison records', async () => {
    await using registry = await startRegistry()
    const v1 = registry.register('orders-value', JSON.stringify(V1))
    const { input, app, orders, warnings } = await setUp(registry, { kind: 'skip' })
    await app.start()
    await produceTo(broker.bootstrap, input, [
      { key: 'k', value: framed(999, V1, { id: 'lost', amount: 1 }) },
      { key: 'k', value: framed(999, V1, { id: 'lost', amount: 1 }) },
      { key: 'k', value: framed(v1, V1, { id: 'a', amount: 1 }) },
    ])
    await eventually(orders, (found) => found.length === 1)
    await app.close()
    expect(warnings.filter((text) => /record skipped.*does not know schema id 999/.test(text))).toHaveLength(2)
    expect(registry.requests.filter(({ path }) => path.startsWith('/schemas/ids/999'))).toHaveLength(1)
  })

  it.each(['down', 'slow', '500'] as const)('registry %s: only the partition concerned waits', async (trouble) => {
    await using registry = await startRegistry()
    const v1 = registry.register('orders-value', JSON.stringify(V1))
    const v2 = registry.register('orders-value', JSON.stringify(V2))
    const { input, app, orders, warnings } = await setUp(registry)
    await app.start()
    if (trouble === 'down') await registry.down()
    else {
      const effect = trouble === 'slow' ? ({ kind: 'freeze' } as const) : ({ kind: 'status', status: 500 } as const)
      registry.faults.add({ times: 1000, effect })
    }
    await produceTo(broker.bootstrap, input, [
      { partition: 0, value: framed(v2, V2, { id: 'late', amount: 1, note: null, paid: true }) },
      { partition: 0, value: framed(v1, V1, { id: 'behind', amount: 2 }) },
      { partition: 1, value: framed(v1, V1, { id: 'other', amount: 3 }) },
    ])
    expect(await eventually(orders, (found) => found.length === 1)).toEqual([{ id: 'other', amount: 3 }])
    await eventually(
      () => warnings,
      (all) => all.some((text) => text.startsWith(`waiting for schema id ${v2}`)),
    )
    expect(app.state).toBe('RUNNING')
    if (trouble === 'down') await registry.up()
    registry.faults.clear()
    const ids = (await eventually(orders, (found) => found.length === 3)).map(({ id }) => id)
    await app.close()
    expect(ids.sort()).toEqual(['behind', 'late', 'other'])
  })
})

describe('starting', () => {
  it('fails clearly when the schema to write with is not registered', async () => {
    await using registry = await startRegistry()
    const { app } = await setUp(registry)
    await expect(app.start()).rejects.toThrow(
      /not registered under subject orders-value: run `millrace schema register`/,
    )
  })

  it.each(['down', 'slow', '500'] as const)('registry %s: waits for it, and then runs', async (trouble) => {
    await using registry = await startRegistry()
    const v1 = registry.register('orders-value', JSON.stringify(V1))
    const { input, app, orders } = await setUp(registry)
    if (trouble === 'down') await registry.down()
    else {
      const effect = trouble === 'slow' ? ({ kind: 'freeze' } as const) : ({ kind: 'status', status: 500 } as const)
      registry.faults.add({ times: 1000, effect })
    }
    const started = app.start()
    await produceTo(broker.bootstrap, input, [{ value: framed(v1, V1, { id: 'a', amount: 1 }) }])
    // Nobody counts requests of a registry that is not there.
    if (trouble !== 'down') {
      await eventually(
        () => registry.requests.length,
        (count) => count >= 2,
      )
    }
    expect(app.state).not.toBe('RUNNING')
    if (trouble === 'down') await registry.up()
    registry.faults.clear()
    await started
    await eventually(orders, (found) => found.length === 1)
    await app.close()
  })

  it('fails clearly without a registry, after the time allowed', async () => {
    const registry = await startRegistry()
    await registry.close()
    const { pipeline } = await setUp(registry)
    const app = appOn(broker, pipeline, { registry: { url: registry.url }, startTimeout: 300 })
    await expect(app.start()).rejects.toThrow(/no schema registry at http:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/)
  })

  it('fails clearly when no registry is configured', async () => {
    await using registry = await startRegistry()
    const { pipeline } = await setUp(registry)
    await expect(appOn(broker, pipeline).start()).rejects.toThrow('no schema registry is configured: set registry.url')
  })

  it('fails at once with wrong credentials', async () => {
    await using registry = await startRegistry({ auth: { basic: { username: 'me', password: 'secret' } } })
    const { pipeline } = await setUp(registry)
    const auth = { basic: { username: 'me', password: 'wrong' } }
    const app = appOn(broker, pipeline, { registry: { url: registry.url, auth } })
    await expect(app.start()).rejects.toThrow(/refuses the credentials \(401\)/)
  })
})
