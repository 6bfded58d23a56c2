/** register, pull, check and diff against a real registry, as against the embedded one. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRegistry } from '../../../embedded/registry/index.js'
import {
  checkSchemas,
  diffSchemas,
  parseLock,
  printLock,
  pullSchemas,
  registerSchemas,
  RegistryClient,
  resolveLock,
} from '../../../registry/index.js'
import { realEnvironment } from '../../kafka/setup/real-environment.js'
import { field, recordText } from '../../registry/fixture.js'

const registries = [
  {
    name: 'a real registry',
    open: async () => ({ url: realEnvironment().registryUrl, close: () => Promise.resolve() }),
  },
  { name: 'the embedded registry', open: startRegistry },
]

describe.each(registries)('on $name', ({ open }) => {
  let registry: Awaited<ReturnType<typeof open>>
  let client: RegistryClient
  beforeAll(async () => {
    registry = await open()
    client = new RegistryClient({ url: registry.url })
  })
  afterAll(async () => {
    client.close()
    await registry.close()
  })

  it('what is registered is pulled, checked and compared', async () => {
    // A real registry keeps what earlier runs left.
    const run = `Verbs${process.pid}x${Date.now()}`
    const [address, orders] = [`${run}-address`, `${run}-orders-value`]
    const addressText = recordText(`${run}.Address`, field('city', 'string'))
    const order = (...more: object[]): string =>
      recordText(`${run}.Order`, field('id', 'string'), field('to', `${run}.Address`), ...more)
    const references = [{ name: `${run}.Address`, subject: address, version: 1 }]
    const candidates = [
      { subject: address, schema: addressText },
      { subject: orders, schema: order(), references },
    ]
    const status = (results: readonly { status: string }[]): string[] => results.map((result) => result.status)

    expect(status(await registerSchemas(client, candidates))).toEqual(['registered', 'registered'])
    expect(status(await registerSchemas(client, candidates))).toEqual(['unchanged', 'unchanged'])

    const { lock, missing } = await pullSchemas(client, { subjects: [`${run}-orders*`, `${run}-nothing`] })
    expect(missing.map(({ subject }) => subject)).toEqual([`${run}-nothing`])
    expect([...lock.subjects.keys()]).toEqual([address, orders])
    expect(resolveLock(parseLock(printLock(lock))).get(orders)?.schema).toMatchObject({ name: `${run}.Order` })

    const next = { subject: orders, schema: order(field('note', 'string', { default: '' })), references }
    const wrong = { subject: orders, schema: order(field('note', 'string')), references }
    const checked = await checkSchemas(client, [candidates[1] ?? next, next, wrong, { ...next, subject: `${run}-new` }])
    expect(status(checked)).toEqual(['registered', 'compatible', 'incompatible', 'new'])
    expect(checked[2]?.reasons.join()).toContain('Order.note')
    expect(status(await registerSchemas(client, [wrong, next]))).toEqual(['failed', 'skipped'])

    expect(status(await diffSchemas(client, lock))).toEqual(['unchanged'])
    expect(status(await registerSchemas(client, [next]))).toEqual(['registered'])
    expect(await diffSchemas(client, lock)).toMatchObject([
      {
        subject: orders,
        status: 'changed',
        addedVersions: [2],
        changes: [{ path: 'Order.note', kind: 'field-added' }],
      },
    ])
  })
})
