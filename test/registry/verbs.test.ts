/** pull, diff, check and register against the embedded registry. */
import { expect, test } from 'vitest'
import { generateTypes } from '../../avro/typescript.js'
import {
  checkSchemas,
  diffSchemas,
  printLock,
  pullSchemas,
  registerSchemas,
  typedSubjects,
  type Progress,
} from '../../registry/index.js'
import { field, fixture, recordText } from './fixture.js'

const order1 = recordText('Order', field('id', 'string'), field('qty', 'int'))
const order2 = recordText(
  'Order',
  field('id', 'string'),
  field('qty', 'long'),
  field('coupon', ['null', 'string'], { default: null }),
)
const bad = recordText('Order', field('id', 'long'), field('qty', 'int'))
const address = recordText('t.Address', field('city', 'string'))
const customer = recordText('t.Customer', field('home', 'Address'))
const references = [{ name: 't.Address', subject: 'address', version: 1 }]

test('register: new, unchanged, refused; later versions of a refused subject are left alone', async () => {
  await using context = await fixture()
  const progress: Progress[] = []
  const candidates = [
    { subject: 'address', schema: address },
    { subject: 'customers-value', schema: customer, references },
    { subject: 'orders-value', schema: order1 },
    { subject: 'orders-value', schema: order2 },
    { subject: 'broken-value', schema: '{"type":"nothing"}' },
    { subject: 'broken-value', schema: order1 },
  ]
  const results = await registerSchemas(context.client, candidates, (step) => progress.push(step))
  expect(results).toMatchObject([
    { subject: 'address', status: 'registered', version: 1, id: 1 },
    { subject: 'customers-value', status: 'registered', version: 1, id: 2 },
    { subject: 'orders-value', status: 'registered', version: 1, id: 3 },
    { subject: 'orders-value', status: 'registered', version: 2, id: 4 },
    { subject: 'broken-value', status: 'failed' },
    { subject: 'broken-value', status: 'skipped', reason: 'broken-value could not be registered' },
  ])
  expect(progress.at(-1)).toEqual({ done: 6, total: 6, subject: 'broken-value' })
  const again = await registerSchemas(context.client, candidates.slice(0, 4))
  expect(again.map((result) => result.status)).toEqual(['unchanged', 'unchanged', 'unchanged', 'unchanged'])
  const [refused] = await registerSchemas(context.client, [{ subject: 'orders-value', schema: bad }])
  expect(refused).toMatchObject({ status: 'failed', reason: expect.stringContaining('incompatible') as unknown })
})

test('pull: names, patterns, references; what is missing, with near names; what is no Avro schema', async () => {
  await using context = await fixture()
  const { registry, client } = context
  registry.register('address', address)
  registry.register('customers-value', customer, { references })
  registry.register('orders-value', order1)
  registry.register('orders-value', order2)
  registry.register('orders-key', '"string"')
  registry.register('events-value', '{"type":"object"}', { schemaType: 'JSON' })
  const subjects = ['orders-*', 'customers-value', 'events-value', 'order-value']
  const { lock, missing, invalid } = await pullSchemas(client, {
    subjects,
    longOf: (subject) => (subject === 'orders-value' ? 'bigint' : 'number'),
  })
  expect(missing).toEqual([{ subject: 'order-value', nearest: ['orders-value'] }])
  expect(invalid).toEqual([])
  expect([...lock.subjects].map(([name, entry]) => [name, entry.type, entry.long, entry.referenceOnly])).toEqual([
    ['address', 'AVRO', 'number', true],
    ['customers-value', 'AVRO', 'number', false],
    ['events-value', 'JSON', 'number', false],
    ['orders-key', 'AVRO', 'number', false],
    ['orders-value', 'AVRO', 'bigint', false],
  ])
  expect(lock.subjects.get('orders-value')?.versions.map((entry) => entry.version)).toEqual([1, 2])
  const again = await pullSchemas(client, {
    subjects: subjects.toReversed(),
    longOf: (subject) => (subject === 'orders-value' ? 'bigint' : 'number'),
  })
  expect(printLock(again.lock)).toBe(printLock(lock))
  const types = generateTypes(typedSubjects(lock), 'schemas.lock.json')
  expect(types).toContain("'customers-value': Customer")
  expect(types).toContain('readonly qty: bigint')
  expect(types).toContain('readonly home: Address')
  expect(types).not.toContain('events-value')
  expect(registry.requests.every(({ method }) => method === 'GET')).toBe(true)
})

test('diff: versions that came and went, and the fields that changed', async () => {
  await using context = await fixture()
  const { registry, client } = context
  for (const subject of ['orders-value', 'same-value', 'gone-value']) registry.register(subject, order1)
  const { lock } = await pullSchemas(client, { subjects: ['*'] })
  expect((await diffSchemas(client, lock)).map((diff) => diff.status)).toEqual(['unchanged', 'unchanged', 'unchanged'])
  registry.register('orders-value', order2)
  await fetch(`${registry.url}/subjects/gone-value`, { method: 'DELETE' })
  const [gone, orders, same] = await diffSchemas(client, lock)
  expect(gone).toMatchObject({ subject: 'gone-value', status: 'missing', removedVersions: [1] })
  expect(same).toMatchObject({ status: 'unchanged', changes: [] })
  expect(orders).toEqual({
    subject: 'orders-value',
    status: 'changed',
    addedVersions: [2],
    removedVersions: [],
    rewrittenVersions: [],
    changes: [
      { kind: 'type', path: 'Order.qty', message: 'int → long' },
      { kind: 'field-added', path: 'Order.coupon', message: '[null, string], default null' },
    ],
  })
})

test('diff against another registry: the same version with another text', async () => {
  await using first = await fixture()
  await using second = await fixture()
  first.registry.register('orders-value', order1)
  second.registry.register('orders-value', order2)
  const { lock } = await pullSchemas(first.client, { subjects: ['orders-value'] })
  expect(await diffSchemas(second.client, lock)).toMatchObject([{ status: 'changed', rewrittenVersions: [1] }])
})

test('check: registered, compatible, incompatible with reasons, new; nothing is written', async () => {
  await using context = await fixture()
  const { registry, client } = context
  registry.register('orders-value', order1)
  const results = await checkSchemas(client, [
    { subject: 'orders-value', schema: order1 },
    { subject: 'orders-value', schema: order2 },
    { subject: 'orders-value', schema: bad },
    { subject: 'new-value', schema: order1 },
  ])
  expect(results.map((result) => result.status)).toEqual(['registered', 'compatible', 'incompatible', 'new'])
  expect(results[2]?.reasons).toEqual([
    "Order.id: the writer's string cannot be read as long (reading data of version 1)",
  ])
  expect(registry.snapshot().versions).toHaveLength(1)
})

test('check, where the registry cannot say: by the level of the subject', async () => {
  await using context = await fixture()
  const { registry, client } = context
  registry.register('address', address)
  registry.register('customers-value', customer, { references })
  const next = (...more: object[]) => ({
    subject: 'customers-value',
    schema: recordText('t.Customer', field('home', 'Address'), ...more),
    references,
  })
  const effect = { kind: 'status', status: 422, errorCode: 42201 } as const
  registry.faults.add({ times: 2, path: '/compatibility', effect })
  const results = await checkSchemas(client, [next(field('age', 'int', { default: 0 })), next(field('age', 'int'))])
  expect(results.map((result) => result.status)).toEqual(['compatible', 'incompatible'])
  expect(results[1]?.reasons[0]).toContain('Customer.age: the writer does not have the field')
  registry.faults.add({ path: '/compatibility', effect: { kind: 'status', status: 403 } })
  await expect(checkSchemas(client, [next(field('age', 'int', { default: 1 }))])).rejects.toMatchObject({
    kind: 'unauthorized',
  })
})
