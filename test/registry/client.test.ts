import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { RegistryClient, RegistryError } from '../../registry/index.js'
import { field, fixture, recordText } from './fixture.js'

const order = recordText('Order', field('id', 'string'))
const orderWithAmount = recordText('Order', field('id', 'string'), field('amount', 'double', { default: 0 }))
const orderWithNumber = recordText('Order', field('id', 'long'))

async function failure(promise: Promise<unknown>): Promise<RegistryError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof RegistryError) return error
  throw new Error(`expected a RegistryError, got ${String(error)}`)
}

test('registers, looks up, reads versions', async () => {
  await using context = await fixture()
  const { client } = context
  expect(await client.lookup('a/b', { schema: order })).toBe(undefined)
  const id = await client.register('a/b', { schema: order })
  expect(await client.register('a/b', { schema: orderWithAmount })).toBe(id + 1)
  expect(await client.subjects()).toEqual(['a/b'])
  expect(await client.versions('a/b')).toEqual([1, 2])
  const found = { subject: 'a/b', version: 1, id, type: 'AVRO', schema: order, references: [] }
  expect(await client.version('a/b', 1)).toEqual(found)
  expect(await client.lookup('a/b', { schema: order })).toEqual(found)
  expect(await client.version('a/b', 'latest')).toMatchObject({ version: 2 })
  expect(await client.compatibilityLevel('a/b')).toBe('BACKWARD')
  expect(await client.testCompatibility('a/b', { schema: order })).toEqual({ compatible: true, messages: [] })
  expect(await client.testCompatibility('new', { schema: order })).toBe(undefined)
  expect(await client.testCompatibility('a/b', { schema: orderWithNumber })).toMatchObject({ compatible: false })
})

describe('errors', () => {
  test('what is missing, incompatible or invalid has the code of the registry', async () => {
    await using context = await fixture()
    const { client } = context
    expect(await failure(client.versions('x'))).toMatchObject({ kind: 'not-found', status: 404, errorCode: 40401 })
    await client.register('a', { schema: order })
    const refused = await failure(client.register('a', { schema: orderWithNumber }))
    expect(refused).toMatchObject({ kind: 'incompatible', status: 409, request: 'POST /subjects/a/versions' })
    expect(refused.message).toContain('TYPE_MISMATCH')
    expect(await failure(client.register('a', { schema: '{' }))).toMatchObject({ kind: 'invalid', errorCode: 42201 })
    expect(context.pauses).toEqual([])
  })

  test('401 says how to authenticate', async () => {
    const auth = { basic: { username: 'me', password: 's:cret' } }
    await using context = await fixture({}, { auth })
    const error = await failure(context.client.subjects())
    expect(error).toMatchObject({ kind: 'unauthorized', status: 401 })
    expect(error.help).toContain('registry.auth')
    for (const options of [{ auth }, { url: context.registry.url.replace('//', '//me:s%3Acret@') }]) {
      using client = new RegistryClient({ url: context.registry.url, ...options })
      expect(await client.subjects()).toEqual([])
      expect(client.url).toBe(context.registry.url)
    }
  })

  test('a bearer token', async () => {
    await using context = await fixture({ auth: { bearer: 'token' } }, { auth: { bearer: 'token' } })
    expect(await context.client.subjects()).toEqual([])
  })

  test('a server that is no registry, and one with another base path', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/apis/ccompat/v7/subjects') response.end('["a"]')
      else if (request.url === '/json/subjects') response.end('{"hello":1}')
      else response.writeHead(request.url === '/subjects' ? 200 : 404).end('<html>Welcome</html>')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    try {
      using right = new RegistryClient({ url: `${url}/apis/ccompat/v7/` })
      expect(await right.subjects()).toEqual(['a'])
      for (const path of ['', '/nowhere', '/json']) {
        using wrong = new RegistryClient({ url: url + path, retries: 0 })
        const error = await failure(wrong.subjects())
        expect(error.kind).toBe('protocol')
        expect(error.help).toContain('registry.url')
      }
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })

  test('no registry at that address', async () => {
    await using context = await fixture({ retries: 2 })
    await context.registry.down()
    const error = await failure(context.client.subjects())
    expect(error.kind).toBe('unreachable')
    expect(error.message).toMatch(/GET \/subjects failed: .*ECONNREFUSED.*\(after 3 attempts\)/)
    expect(error.help).toContain('is the registry running')
    expect(context.pauses).toEqual([100, 200])
  })

  test('text that is no URL, without the password in it', () => {
    expect(() => new RegistryClient({ url: 'nonsense' })).toThrow('"nonsense" is no URL of a schema registry')
    expect(() => new RegistryClient({ url: 'ftp://me:secret@host' })).toThrow('"ftp://host" is no URL')
  })
})

describe('retries', () => {
  test('5xx with exponential pauses, up to five seconds', async () => {
    await using context = await fixture({ retries: 8 })
    context.registry.faults.add({ times: 8, effect: { kind: 'status', status: 503 } })
    expect(await context.client.subjects()).toEqual([])
    expect(context.pauses).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000])
  })

  test('429 as long as Retry-After says; also when registering', async () => {
    await using context = await fixture()
    context.registry.faults.add({ times: 2, effect: { kind: 'status', status: 429, retryAfter: 7 } })
    context.registry.faults.add({ effect: { kind: 'drop', when: 'after' } })
    expect(await context.client.register('a', { schema: order })).toBe(1)
    expect(await context.client.versions('a')).toEqual([1])
    expect(context.pauses).toEqual([7000, 7000, 400])
  })

  test('a pause of more than a minute is an error at once', async () => {
    await using context = await fixture()
    context.registry.faults.add({ times: 2, effect: { kind: 'status', status: 429, retryAfter: 3600 } })
    expect(await failure(context.client.subjects())).toMatchObject({ kind: 'rate-limited', status: 429 })
    expect(context.pauses).toEqual([])
  })

  test('the last error is told', async () => {
    await using context = await fixture({ retries: 1 })
    context.registry.faults.add({ times: 2, effect: { kind: 'status', status: 500, errorCode: 50001 } })
    const error = await failure(context.client.subjects())
    expect(error).toMatchObject({ kind: 'server', errorCode: 50001 })
    expect(error.message).toContain('(HTTP 500, code 50001) (after 2 attempts)')
  })

  test('a silent registry: time-out, then another attempt', async () => {
    await using context = await fixture({ timeout: 50, retries: 1 })
    context.registry.faults.add({ effect: { kind: 'freeze' } })
    expect(await context.client.subjects()).toEqual([])
    context.registry.faults.add({ times: 2, effect: { kind: 'freeze' } })
    const error = await failure(context.client.subjects())
    expect(error.message).toContain('no answer to GET /subjects within 50 ms (after 2 attempts)')
    expect(error.help).toContain('registry.timeout')
  })

  test('an aborted signal ends it', async () => {
    const controller = new AbortController()
    await using context = await fixture({ signal: controller.signal })
    context.registry.faults.add({ effect: { kind: 'freeze' } })
    const pending = failure(context.client.subjects())
    controller.abort()
    expect(await pending).toMatchObject({ kind: 'aborted' })
  })
})
