/** What the embedded registry adds to the API: faults, authentication, snapshots; and an independent client. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import csr from '@kafkajs/confluent-schema-registry'
import { expect, test } from 'vitest'
import { startRegistry, type RegistryOptions } from '../../../embedded/registry/index.js'
import { caller, errorOf } from './http.js'

const point = JSON.stringify({
  type: 'record',
  name: 't.Point',
  fields: [
    { name: 'x', type: 'int' },
    { name: 'y', type: 'int' },
  ],
})

async function started(options: RegistryOptions = {}) {
  const registry = await startRegistry(options)
  return { registry, call: caller(registry.url), [Symbol.asyncDispose]: () => registry.close() }
}

test('@kafkajs/confluent-schema-registry registers, encodes, decodes, and is refused', async () => {
  await using context = await started()
  const client = new csr.SchemaRegistry({ host: context.registry.url }, { [csr.SchemaType.AVRO]: {} })
  const { id } = await client.register({ type: csr.SchemaType.AVRO, schema: point }, { subject: 'a/b-value' })
  expect(context.registry.snapshot().versions).toEqual([{ subject: 'a/b-value', version: 1, id, deleted: false }])
  const bytes = await client.encode(id, { x: 1, y: -2 })
  expect(await new csr.SchemaRegistry({ host: context.registry.url }).decode(bytes)).toMatchObject({ x: 1, y: -2 })
  const incompatible = point.replace('"int"', '"string"')
  const again = client.register({ type: csr.SchemaType.AVRO, schema: incompatible }, { subject: 'a/b-value' })
  await expect(again).rejects.toMatchObject({ status: 409 })
  await expect(client.getSchema(77)).rejects.toMatchObject({ status: 404 })
  expect(await client.getLatestSchemaId('a/b-value')).toBe(id)
})

test('it reads through references', async () => {
  await using context = await started()
  context.registry.register('point', point)
  const line =
    '{"type":"record","name":"t.Line","fields":[{"name":"from","type":"Point"},{"name":"to","type":"Point"}]}'
  const references = [{ name: 't.Point', subject: 'point', version: 1 }]
  const id = context.registry.register('line', line, { references })
  const client = new csr.SchemaRegistry({ host: context.registry.url })
  const value = { from: { x: 1, y: 2 }, to: { x: 3, y: 4 } }
  expect(await client.decode(await client.encode(id, value))).toMatchObject(value)
  const { json } = await context.call('GET', `/schemas/ids/${id}?format=resolved`)
  expect((json as { schema: string }).schema).toContain('"x"')
})

test('faults: a status with Retry-After, a delay, a cut connection; each as often as asked', async () => {
  await using context = await started()
  const { registry, call } = context
  registry.faults.add({ times: 2, path: '/subjects', effect: { kind: 'status', status: 429, retryAfter: 1 } })
  registry.faults.add({ method: 'POST', effect: { kind: 'drop', when: 'before' } })
  const limited = await fetch(`${registry.url}/subjects`)
  expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '1'])
  await limited.text()
  expect((await call('GET', '/config')).status).toBe(200)
  expect((await call('GET', '/subjects')).status).toBe(429)
  expect((await call('GET', '/subjects')).status).toBe(200)
  await expect(call('POST', '/subjects/a/versions', { schema: point })).rejects.toThrow('fetch failed')
  registry.faults.add({ effect: { kind: 'drop', when: 'after' } })
  await expect(call('POST', '/subjects/a/versions', { schema: point })).rejects.toThrow('fetch failed')
  expect((await call('GET', '/subjects')).json).toEqual(['a'])
  registry.faults.add({ effect: { kind: 'delay', ms: 1 } })
  expect((await call('GET', '/subjects')).status).toBe(200)
})

test('down refuses connections, up answers again on the same port', async () => {
  await using context = await started()
  const { registry, call } = context
  registry.register('a', point)
  await registry.down()
  await expect(call('GET', '/subjects')).rejects.toThrow('fetch failed')
  await registry.up()
  expect((await call('GET', '/subjects')).json).toEqual(['a'])
})

test('authentication: basic or bearer', async () => {
  await using context = await started({ auth: { basic: { username: 'u', password: 'p' }, bearer: 'token' } })
  const { url } = context.registry
  expect(errorOf(await context.call('GET', '/subjects'))).toBe('401 401')
  const basic = { Authorization: `Basic ${Buffer.from('u:p').toString('base64')}` }
  expect((await caller(url, basic)('GET', '/subjects')).status).toBe(200)
  expect((await caller(url, { Authorization: 'Bearer token' })('GET', '/subjects')).status).toBe(200)
  expect((await caller(url, { Authorization: 'Bearer other' })('GET', '/subjects')).status).toBe(401)
})

test('a snapshot restores everything', async () => {
  await using first = await started()
  first.registry.register('point', point)
  const line = '{"type":"record","name":"t.Line","fields":[{"name":"from","type":"t.Point"}]}'
  const references = [{ name: 't.Point', subject: 'point', version: 1 }]
  const id = first.registry.register('line', line, { references })
  await first.call('PUT', '/config/line', { compatibility: 'NONE' })
  const snapshot = first.registry.snapshot()
  await using second = await started({ snapshot: structuredClone(snapshot) })
  expect(second.registry.snapshot()).toEqual(snapshot)
  expect((await second.call('GET', `/schemas/ids/${id}`)).json).toMatchObject({ references })
  expect(second.registry.register('other', '"string"')).toBe(id + 1)
})

test('a file keeps the content over restarts', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'registry-'))
  try {
    const file = path.join(directory, 'registry.json')
    let first
    {
      await using before = await started({ file })
      first = (await before.call('POST', '/subjects/a/versions', { schema: point })).json
      await before.call('PUT', '/config/a', { compatibility: 'FULL' })
      before.registry.register('b', '"string"')
    }
    await using after = await started({ file })
    expect((await after.call('POST', '/subjects/a/versions', { schema: point })).json).toEqual(first)
    expect((await after.call('GET', '/config/a')).json).toEqual({ compatibilityLevel: 'FULL' })
    expect((await after.call('GET', '/subjects')).json).toEqual(['a', 'b'])
  } finally {
    rmSync(directory, { recursive: true })
  }
})

test('import mode takes ids, and never gives one to another schema', async () => {
  await using context = await started()
  const { call } = context
  expect(errorOf(await call('POST', '/subjects/a/versions', { schema: point, id: 4242 }))).toBe('422 42205')
  await call('PUT', '/mode', { mode: 'IMPORT' })
  const imported = await call('POST', '/subjects/a/versions', { schema: point, id: 4242, version: 7 })
  expect(imported.json).toEqual({ id: 4242 })
  expect((await call('GET', '/subjects/a/versions')).json).toEqual([7])
  expect(errorOf(await call('POST', '/subjects/b/versions', { schema: '"int"', id: 4242 }))).toBe('422 42205')
})

test('requests that are no API', async () => {
  await using context = await started()
  const { call } = context
  expect((await call('GET', '/')).json).toEqual({})
  expect(errorOf(await call('GET', '/nowhere'))).toBe('404 404')
  expect(errorOf(await call('PATCH', '/subjects/a'))).toBe('405 405')
  expect(errorOf(await call('POST', '/subjects/a/versions', 'text'))).toBe('400 400')
  expect(errorOf(await call('POST', '/subjects/a/versions', {}))).toBe('422 42201')
  expect((await call('GET', '/contexts')).json).toEqual(['.'])
})
