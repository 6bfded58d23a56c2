/** `millrace schema …` against the embedded registry: what it writes, what it says, how it ends. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startRegistry, type EmbeddedRegistry } from '../../embedded/index.js'
import { withoutProgress } from './support/millrace.js'
import { newProject, type Project } from './support/project.js'

const record = (name: string, ...fields: readonly object[]) =>
  JSON.stringify({ type: 'record', name, namespace: 'example', fields })
const text = (name: string) => ({ name, type: 'string' })

const order = (...more: readonly object[]) =>
  record(
    'Order',
    text('id'),
    text('customer'),
    { name: 'amount', type: 'double' },
    { name: 'createdAt', type: { type: 'long', logicalType: 'timestamp-millis' } },
    ...more,
  )

let registry: EmbeddedRegistry
let project: Project

beforeAll(async () => {
  registry = await startRegistry()
  project = await newProject({ registryUrl: registry.url })
})
afterEach(() => registry.faults.clear())
afterAll(async () => {
  await registry.close()
  await project[Symbol.asyncDispose]()
})

describe('schemas of a project, one command after the other', () => {
  it('pull names what is missing, and writes nothing', async () => {
    const { code, stderr } = await project.run(['schema', 'pull'])
    expect(code).toBe(1)
    expect(stderr).toContain('error: subject orders-value is not in the registry')
    expect(stderr).toContain('help: millrace schema register writes those of schemas/')
    expect(await project.exists('schemas.lock.json')).toBe(false)
  })

  it('check says what is new', async () => {
    const { code, stdout } = await project.run(['schema', 'check'])
    expect(code).toBe(0)
    expect(stdout).toBe('new           large-orders-value\nnew           orders-value\n')
  })

  it('register writes them, and once is enough', async () => {
    const first = await project.run(['schema', 'register'])
    expect(first.code).toBe(0)
    expect(first.stdout).toMatch(/^registered +orders-value version 1 \(id \d+\)$/m)
    const { code, data } = await project.json(['schema', 'register'])
    expect(code).toBe(0)
    expect(data).toMatchObject([
      { subject: 'large-orders-value', status: 'unchanged', version: 1 },
      { subject: 'orders-value', status: 'unchanged', version: 1 },
    ])
  })

  it('pull writes the lock, without ids, and the types', async () => {
    const { code, data } = await project.json(['schema', 'pull'])
    expect(code).toBe(0)
    expect(data).toEqual({
      lock: 'schemas.lock.json',
      subjects: ['large-orders-value', 'orders-value'],
      changed: true,
    })
    expect(await project.read('schemas.lock.json')).not.toMatch(/"id":\s*\d/)
    expect(await project.read('generated/schemas.ts')).toContain("'orders-value': Order")
    const again = await project.run(['schema', 'pull'])
    expect(withoutProgress(again.stderr)).toBe('✓ 2 subjects in schemas.lock.json (unchanged)\n')
  })

  it('diff is quiet when nothing moved', async () => {
    const { code, stdout, stderr } = await project.run(['schema', 'diff'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(stderr).toContain('2 subjects as in the lock')
    expect((await project.json(['schema', 'diff'])).data).toEqual([])
  })

  it('check names the reasons of what is incompatible, and register refuses it', async () => {
    const schema = await project.read('schemas/orders-value.avsc')
    await project.write('schemas/orders-value.avsc', order(text('channel')))
    const checked = await project.run(['schema', 'check'])
    expect(checked.code).toBe(1)
    expect(checked.stdout).toMatch(/^incompatible +orders-value\n.*channel/m)
    const registered = await project.run(['schema', 'register'])
    expect(registered.code).toBe(1)
    expect(registered.stderr).toMatch(/^error: orders-value failed: .*channel.*HTTP 409/m)
    expect(registered.stderr).toContain('help: millrace schema check tells what the registry objects to')
    expect(registered.stdout).toContain('unchanged   large-orders-value version 1')
    await project.write('schemas/orders-value.avsc', schema)
  })

  it('diff shows what moved and who reads it; pull takes it over', async () => {
    registry.register('orders-value', order({ ...text('channel'), default: 'web' }))
    const { code, stdout } = await project.run(['schema', 'diff'])
    expect(code).toBe(1)
    expect(stdout).toContain('orders-value: changed\n  new versions: 2\n')
    expect(stdout).toContain('channel')
    expect(stdout).toContain('  used by: large-orders\n')
    const { data } = await project.json(['schema', 'diff'])
    expect(data).toMatchObject([{ subject: 'orders-value', addedVersions: [2], pipelines: ['large-orders'] }])
    expect((await project.run(['schema', 'pull'])).code).toBe(0)
    expect(await project.read('generated/schemas.ts')).toContain('channel')
  })

  it('a misspelt subject is told with the one that was meant', async () => {
    const { code, stderr } = await project.run(['schema', 'pull', 'order-value'])
    expect(code).toBe(1)
    expect(stderr).toContain('error: subject order-value is not in the registry')
    expect(stderr).toContain('help: did you mean orders-value')
  })

  it('diff without a lock says what writes one', async () => {
    const lock = await project.read('schemas.lock.json')
    await project.remove('schemas.lock.json')
    const { code, stderr } = await project.run(['schema', 'diff'])
    expect(code).toBe(2)
    expect(withoutProgress(stderr)).toBe('error: there is no schemas.lock.json\nhelp: millrace schema pull\n')
    await project.write('schemas.lock.json', lock)
  })
})

describe('schemas that sinks derive from their types', () => {
  const source = (fields: string) => `import { avro, pipeline, topic } from 'millrace'
import { orders } from './large-orders.js'
const ids = topic('ids', { value: avro<{ ${fields} }>() })
export const idsOnly = pipeline('ids-only', (p) => {
  p.stream(orders).map(({ id }) => ({ id, n: 1 })).to(ids)
})
`

  it('are registered once, locked by a pull, and from then on what the type is checked against', async () => {
    await project.write('pipelines/ids.ts', source('id: string; n: number'))
    const checked = await project.run(['schema', 'check'])
    expect(checked.stdout).toMatch(/^new +ids-value$/m)
    const registered = await project.run(['schema', 'register'])
    expect(registered.stdout).toMatch(/^registered +ids-value version 1 /m)
    expect(registered.code).toBe(0)
    expect((await project.run(['schema', 'register'])).stdout).toMatch(/^unchanged +ids-value version 1 /m)
    const answer = await fetch(`${registry.url}/subjects/ids-value/versions/1/schema`)
    expect(await answer.json()).toEqual({
      type: 'record',
      name: 'Ids',
      fields: [
        { name: 'id', type: 'string' },
        { name: 'n', type: 'double' },
      ],
    })
    expect((await project.run(['schema', 'pull'])).code).toBe(0)
    expect(await project.read('generated/schemas.ts')).toContain("'ids-value': Ids")
    expect(await project.run(['check'])).toMatchObject({ code: 0 })
    await project.write('pipelines/ids.ts', source('id: string; n: string'))
    const { code, stderr } = await project.run(['check'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/error\[MR\d+\]/)
    await project.remove('pipelines/ids.ts')
  })
})

describe('schemas that mention one another', () => {
  it('are registered with references, and pulled with them', async () => {
    await project.write('schemas/address.avsc', record('Address', text('city')))
    await project.write(
      'schemas/customers-value.avsc',
      record('Customer', { name: 'address', type: 'example.Address' }),
    )
    const { code, stdout } = await project.run(['schema', 'register'])
    expect(code).toBe(0)
    expect(stdout.indexOf('address version 1')).toBeLessThan(stdout.indexOf('customers-value version 1'))
    const answer = await fetch(`${registry.url}/subjects/customers-value/versions/1`)
    expect(await answer.json()).toMatchObject({
      references: [{ name: 'example.Address', subject: 'address', version: 1 }],
    })
    expect((await project.run(['schema', 'pull', 'customers-value'])).code).toBe(0)
    expect(await project.read('generated/schemas.ts')).toMatch(/address: Address/)
    expect(await project.read('schemas.lock.json')).toContain('"address"')
  })

  it('are left out when what they mention was refused', async () => {
    const address = await project.read('schemas/address.avsc')
    await project.write('schemas/address.avsc', record('Address', text('city'), text('street')))
    await project.write('schemas/suppliers-value.avsc', record('Supplier', { name: 'at', type: 'example.Address' }))
    const { code, stderr } = await project.run(['schema', 'register'])
    expect(code).toBe(1)
    expect(stderr).toContain('error: address failed: ')
    expect(stderr).toContain('error: suppliers-value skipped: address could not be registered')
    expect((await fetch(`${registry.url}/subjects/suppliers-value/versions`)).status).toBe(404)
    await project.remove('schemas/suppliers-value.avsc')
    await project.write('schemas/address.avsc', address)
  })

  it('in a circle are refused; so is what is no JSON', async () => {
    await project.write('schemas/a.avsc', record('A', { name: 'b', type: 'example.B' }))
    await project.write('schemas/b.avsc', record('B', { name: 'a', type: 'example.A' }))
    const circle = await project.run(['schema', 'register'])
    expect(circle.code).toBe(2)
    expect(circle.stderr).toContain('error: schemas refer to one another: a → b')
    await project.remove('schemas/a.avsc')
    await project.write('schemas/b.avsc', '{ "type": ')
    const broken = await project.run(['schema', 'register'])
    expect(broken.code).toBe(2)
    expect(broken.stderr).toContain('error: schemas/b.avsc is not JSON')
    await project.remove('schemas/b.avsc')
  })
})

describe('the registry', () => {
  it('asks to wait: waited for as long as it says', async () => {
    registry.faults.add({ times: 2, effect: { kind: 'status', status: 429, retryAfter: 0 } })
    registry.faults.add({ effect: { kind: 'status', status: 503 } })
    expect((await project.run(['schema', 'diff'])).code).toBe(0)
  })

  it('goes on refusing: told with the number of attempts', async () => {
    registry.faults.add({ times: 100, effect: { kind: 'status', status: 429, retryAfter: 0 } })
    const { code, stderr } = await project.run(['schema', 'diff'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^error: schema registry http:.*HTTP 429.*after 5 attempts/m)
    expect(stderr).toMatch(/^help: the registry limits requests/m)
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  it('is down: told where none is, with exit code 1', async () => {
    await using gone = await startRegistry()
    await gone.down()
    const { code, stdout, stderr } = await project.run(['schema', 'diff', '--json'], {
      env: { MILLRACE_REGISTRY_URL: gone.url },
    })
    expect(code).toBe(1)
    expect(stderr).toContain(`error: schema registry ${gone.url}: GET /subjects`)
    expect(stderr).toContain('ECONNREFUSED')
    expect(JSON.parse(stdout)).toMatchObject({ error: { help: 'is the registry running, and registry.url right?' } })
  })

  it('is not configured: told what to set', async () => {
    await using none = await newProject()
    await none.edit('millrace.config.ts', /registry: .*\n/, '')
    const { code, stderr } = await none.run(['schema', 'pull'])
    expect(code).toBe(2)
    expect(stderr).toContain('error: no schema registry is configured')
    expect(stderr).toContain('MILLRACE_REGISTRY_URL')
  })

  it.each([
    [
      'a password',
      { basic: { username: 'me', password: 'pässword' } },
      "auth: { basic: { username: 'me', password: 'pässword' } }",
      { MILLRACE_REGISTRY_USER: 'me', MILLRACE_REGISTRY_PASSWORD: 'pässword' },
    ],
    ['a token', { bearer: 'secret' }, "auth: { bearer: 'secret' }", { MILLRACE_REGISTRY_TOKEN: 'secret' }],
  ])('wants %s: from the configuration or the environment, never printed', async (_, auth, config, env) => {
    await using closed = await startRegistry({ auth, snapshot: registry.snapshot() })
    await using guest = await newProject({ registryUrl: closed.url })
    await guest.write('schemas.lock.json', await project.read('schemas.lock.json'))
    const refused = await guest.run(['schema', 'diff'], { env: { ...env, MILLRACE_REGISTRY_TOKEN: 'wrong' } })
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('HTTP 401')
    expect(refused.stderr).toContain('help: set registry.auth in millrace.config.ts')
    expect(refused.stderr).not.toContain('wrong')
    expect(await guest.run(['schema', 'diff'], { env })).toMatchObject({ code: 0 })
    await guest.edit('millrace.config.ts', "8081'", `8081', ${config}`)
    expect(await guest.run(['schema', 'diff'])).toMatchObject({ code: 0 })
  })
})
