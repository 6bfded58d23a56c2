/**
 * The conversation with a Confluent-compatible registry that millrace relies on, as tests that run against any one:
 * the embedded registry, and in CI a real one. `kind` says where Apicurio differs from Confluent's documentation;
 * those few cases are then asked of the embedded registry only.
 */
import { describe, expect, test } from 'vitest'
import { caller, errorOf, type Answer } from './http.js'

export interface ConformanceOptions {
  readonly kind: 'confluent' | 'apicurio'
}

const text = JSON.stringify
const user = {
  type: 'record',
  name: 'User',
  namespace: 't',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'name', type: 'string' },
  ],
}
const userWithAge = { ...user, fields: [...user.fields, { name: 'age', type: ['null', 'int'], default: null }] }
const userWithTextId = { ...user, fields: [{ name: 'id', type: 'string' }] }
const address = { type: 'record', name: 'Address', namespace: 't', fields: [{ name: 'street', type: 'string' }] }
const customer = { type: 'record', name: 'Customer', namespace: 't', fields: [{ name: 'address', type: 't.Address' }] }
const notFound = (code: number) => `404 ${code}`

/**
 * Declares the tests. `urlOf` is asked when tests run. Every subject has a name of its own, so that a registry that is
 * not empty can be used; the global level must be BACKWARD.
 */
export function registryConformance(urlOf: () => string, { kind }: ConformanceOptions): void {
  const call = (method: string, path: string, body?: unknown): Promise<Answer> => caller(urlOf())(method, path, body)
  const confluentTest = (name: string, run: () => Promise<void>): void => {
    if (kind === 'confluent') test(name, run)
  }
  let counter = 0
  const suffix = `c${process.pid}x${Date.now().toString(36)}`
  const fresh = (): string => `${suffix}-${++counter}-value`
  const register = async (subject: string, schema: unknown, rest: object = {}): Promise<number> => {
    const { status, json } = await call('POST', `/subjects/${subject}/versions`, { schema: text(schema), ...rest })
    expect(status, text(json)).toBe(200)
    return (json as { id: number }).id
  }
  /** A schema that no other test registers. */
  const own = (schema: typeof user): typeof user => ({ ...schema, name: `User${suffix}${counter}` })

  describe('registering', () => {
    test('equal schemas have one id in all subjects, whatever the whitespace', async () => {
      const [a, b] = [fresh(), fresh()]
      const schema = own(user)
      const id = await register(a, schema)
      expect(await register(a, schema)).toBe(id)
      expect(await register(b, schema)).toBe(id)
      const spaced = await call('POST', `/subjects/${a}/versions`, { schema: JSON.stringify(schema, null, 2) })
      expect(spaced).toEqual({ status: 200, json: expect.objectContaining({ id }) as unknown })
      expect(await call('GET', `/subjects/${a}/versions`)).toEqual({ status: 200, json: [1] })
      const users = (await call('GET', `/schemas/ids/${id}/versions`)).json as { subject: string; version: number }[]
      expect(new Set(users.map(({ subject, version }) => `${subject} ${version}`))).toEqual(
        new Set([`${a} 1`, `${b} 1`]),
      )
      expect(new Set((await call('GET', `/schemas/ids/${id}/subjects`)).json as string[])).toEqual(new Set([a, b]))
    })

    confluentTest('another doc is another schema', async () => {
      const subject = fresh()
      const id = await register(subject, own(user))
      expect(await register(subject, { ...own(user), doc: 'A user.' })).not.toBe(id)
    })

    test('versions count up; latest, -1 and numbers find them', async () => {
      const subject = fresh()
      const schema = own(user)
      await register(subject, schema)
      const id = await register(subject, { ...userWithAge, name: schema.name })
      expect((await call('GET', `/subjects/${subject}/versions`)).json).toEqual([1, 2])
      for (const version of ['2', 'latest', '-1']) {
        const { status, json } = await call('GET', `/subjects/${subject}/versions/${version}`)
        expect(status).toBe(200)
        expect(json).toMatchObject({ subject, version: 2, id })
        expect(json).not.toHaveProperty('schemaType', 'JSON')
      }
      expect((await call('GET', `/subjects/${subject}/versions/1/schema`)).json).toEqual(schema)
    })

    test('the schema of an id, as text', async () => {
      const schema = own(user)
      const id = await register(fresh(), schema)
      const { json } = await call('GET', `/schemas/ids/${id}`)
      expect(JSON.parse((json as { schema: string }).schema)).toEqual(schema)
    })

    test('an incompatible schema: 409', async () => {
      const subject = fresh()
      const schema = own(user)
      await register(subject, schema)
      const body = { schema: text({ ...userWithTextId, name: schema.name }) }
      expect(errorOf(await call('POST', `/subjects/${subject}/versions`, body))).toBe('409 409')
    })

    test('no schema at all: 42201', async () => {
      expect(errorOf(await call('POST', `/subjects/${fresh()}/versions`, { schema: '{nonsense' }))).toBe('422 42201')
    })

    confluentTest('an empty schema: 42201', async () => {
      expect(errorOf(await call('POST', `/subjects/${fresh()}/versions`, { schema: '' }))).toBe('422 42201')
    })
  })

  describe('what is not there', () => {
    test('subject, version, id', async () => {
      const subject = fresh()
      expect(errorOf(await call('GET', `/subjects/${subject}/versions`))).toBe(notFound(40401))
      expect(errorOf(await call('GET', `/subjects/${subject}/versions/1`))).toBe(notFound(40401))
      expect(errorOf(await call('DELETE', `/subjects/${subject}`))).toBe(notFound(40401))
      expect(errorOf(await call('GET', '/schemas/ids/99999999'))).toBe(notFound(40403))
      await register(subject, own(user))
      expect(errorOf(await call('GET', `/subjects/${subject}/versions/77`))).toBe(notFound(40402))
    })

    confluentTest('a version that is no number: 42202', async () => {
      const subject = fresh()
      await register(subject, own(user))
      expect(errorOf(await call('GET', `/subjects/${subject}/versions/abc`))).toBe('422 42202')
    })
  })

  describe('looking up', () => {
    test('a registered schema; one that is not; an unknown subject', async () => {
      const subject = fresh()
      const schema = own(user)
      const id = await register(subject, schema)
      const found = await call('POST', `/subjects/${subject}`, { schema: text(schema) })
      expect(found).toMatchObject({ status: 200, json: { subject, version: 1, id } })
      const other = { schema: text({ ...userWithTextId, name: schema.name }) }
      expect(errorOf(await call('POST', `/subjects/${subject}`, other))).toBe(notFound(40403))
      expect(errorOf(await call('POST', `/subjects/${fresh()}`, other))).toBe(notFound(40401))
    })

    test('normalize finds it with attributes in another order', async () => {
      const subject = fresh()
      const { name, namespace, type, fields } = own(user)
      const id = await register(subject, { type, name, namespace, fields })
      const body = {
        schema: text({ fields: fields.map((f) => ({ type: { type: f.type }, name: f.name })), namespace, name, type }),
      }
      expect(await call('POST', `/subjects/${subject}?normalize=true`, body)).toMatchObject({
        status: 200,
        json: { id },
      })
      expect((await call('POST', `/subjects/${subject}/versions?normalize=true`, body)).json).toMatchObject({ id })
    })
  })

  describe('references', () => {
    test('named types of other subjects', async () => {
      const [target, subject] = [fresh(), fresh()]
      const name = `Address${suffix}${counter}`
      await register(target, { ...address, name })
      const schema = {
        ...customer,
        name: `Customer${suffix}${counter}`,
        fields: [{ name: 'address', type: `t.${name}` }],
      }
      const references = [{ name: `t.${name}`, subject: target, version: 1 }]
      expect(errorOf(await call('POST', `/subjects/${subject}/versions`, { schema: text(schema) }))).toBe('422 42201')
      const id = await register(subject, schema, { references })
      expect((await call('GET', `/schemas/ids/${id}`)).json).toMatchObject({ references })
      expect((await call('GET', `/subjects/${subject}/versions/1`)).json).toMatchObject({ references, id })
      const found = await call('POST', `/subjects/${subject}`, { schema: text(schema), references })
      expect(found).toMatchObject({ status: 200, json: { id } })
      expect((await call('GET', `/subjects/${target}/versions/1/referencedby`)).json).toEqual([id])
      expect(errorOf(await call('DELETE', `/subjects/${target}/versions/1`))).toBe('422 42206')
    })
  })

  describe('compatibility', () => {
    test('is tested without registering', async () => {
      const subject = fresh()
      const schema = own(user)
      await register(subject, schema)
      const compatible = { schema: text({ ...userWithAge, name: schema.name }) }
      const incompatible = { schema: text({ ...userWithTextId, name: schema.name }) }
      const path = `/compatibility/subjects/${subject}/versions`
      expect((await call('POST', `${path}/latest`, compatible)).json).toMatchObject({ is_compatible: true })
      expect((await call('POST', `${path}/1`, incompatible)).json).toMatchObject({ is_compatible: false })
      expect((await call('POST', path, compatible)).json).toMatchObject({ is_compatible: true })
      expect((await call('GET', `/subjects/${subject}/versions`)).json).toEqual([1])
    })

    confluentTest('verbose gives reasons; an unknown subject is 404', async () => {
      const subject = fresh()
      const schema = own(user)
      await register(subject, schema)
      const body = { schema: text({ ...userWithTextId, name: schema.name }) }
      const { json } = await call('POST', `/compatibility/subjects/${subject}/versions/latest?verbose=true`, body)
      expect(json).toMatchObject({ is_compatible: false })
      expect((json as { messages: string[] }).messages.join()).toContain('TYPE_MISMATCH')
      expect((await call('POST', `/compatibility/subjects/${fresh()}/versions/latest`, body)).status).toBe(404)
    })

    test.each<[level: string, change: 'add' | 'drop', status: number]>([
      ['NONE', 'drop', 200],
      ['BACKWARD', 'add', 409],
      ['BACKWARD', 'drop', 200],
      ['FORWARD', 'add', 200],
      ['FORWARD', 'drop', 409],
      ['FULL', 'add', 409],
      ['FULL', 'drop', 409],
    ])('level %s: to %s a field without default gives %i', async (level, change, status) => {
      const subject = fresh()
      const schema = own(user)
      await register(subject, schema)
      expect((await call('PUT', `/config/${subject}`, { compatibility: level })).status).toBe(200)
      const fields =
        change === 'add'
          ? [...schema.fields, { name: 'more', type: 'int' }]
          : schema.fields.filter((f) => f.name === 'id')
      const body = { schema: text({ ...schema, fields }) }
      expect((await call('POST', `/subjects/${subject}/versions`, body)).status).toBe(status)
    })

    test('transitive levels compare with all versions, others with the last', async () => {
      const subject = fresh()
      const schema = own(user)
      const field = (name: string, more: object = {}): object => ({ name, type: 'string', ...more })
      const version = (...fields: object[]): { schema: string } => ({ schema: text({ ...schema, fields }) })
      // 1: a; 2: a, b with default; 3: a, b without: fits 2, but not 1.
      for (const body of [version(field('a')), version(field('a'), field('b', { default: '' }))]) {
        expect((await call('POST', `/subjects/${subject}/versions`, body)).status).toBe(200)
      }
      const third = version(field('a'), field('b'))
      const path = `/compatibility/subjects/${subject}/versions`
      // Asked of the subject as a whole, Apicurio compares with all versions at every level.
      const asked = kind === 'confluent' ? path : `${path}/latest`
      expect((await call('POST', asked, third)).json).toMatchObject({ is_compatible: true })
      await call('PUT', `/config/${subject}`, { compatibility: 'BACKWARD_TRANSITIVE' })
      expect((await call('POST', path, third)).json).toMatchObject({ is_compatible: false })
      expect((await call('POST', `/subjects/${subject}/versions`, third)).status).toBe(409)
    })
  })

  describe('configuration', () => {
    test('of a subject is set, read and deleted', async () => {
      const subject = fresh()
      await register(subject, own(user))
      const set = await call('PUT', `/config/${subject}`, { compatibility: 'FULL_TRANSITIVE' })
      expect(set).toMatchObject({ status: 200, json: { compatibility: 'FULL_TRANSITIVE' } })
      expect((await call('GET', `/config/${subject}`)).json).toMatchObject({ compatibilityLevel: 'FULL_TRANSITIVE' })
      expect((await call('DELETE', `/config/${subject}`)).status).toBe(200)
      const { json } = await call('GET', `/config/${subject}?defaultToGlobal=true`)
      expect(json).toMatchObject({ compatibilityLevel: 'BACKWARD' })
    })

    test('a level that does not exist: 42203', async () => {
      const subject = fresh()
      await register(subject, own(user))
      const answer = await call('PUT', `/config/${subject}`, { compatibility: 'SIDEWAYS' })
      expect(errorOf(answer)).toBe('422 42203')
    })

    confluentTest('unset: 40408', async () => {
      expect(errorOf(await call('GET', `/config/${fresh()}`))).toBe(notFound(40408))
    })

    confluentTest('a subject in READONLY refuses to register: 42205', async () => {
      const subject = fresh()
      await register(subject, own(user))
      expect((await call('PUT', `/mode/${subject}`, { mode: 'READONLY' })).json).toMatchObject({ mode: 'READONLY' })
      const body = { schema: text({ ...userWithAge, name: own(user).name }) }
      expect(errorOf(await call('POST', `/subjects/${subject}/versions`, body))).toBe('422 42205')
      expect((await call('DELETE', `/mode/${subject}`)).status).toBe(200)
      expect(errorOf(await call('GET', `/mode/${subject}`))).toBe(notFound(40409))
    })

    test('schema types', async () => {
      const { json } = await call('GET', '/schemas/types')
      expect(new Set(json as string[])).toEqual(new Set(['AVRO', 'JSON', 'PROTOBUF']))
    })
  })

  describe('deleting', () => {
    test('a version: softly, then for good; its id is readable in between', async () => {
      const subject = fresh()
      const schema = own(user)
      await register(subject, schema)
      const second = { ...userWithAge, name: schema.name }
      const id = await register(subject, second)
      expect(await call('DELETE', `/subjects/${subject}/versions/2`)).toEqual({ status: 200, json: 2 })
      expect((await call('GET', `/subjects/${subject}/versions`)).json).toEqual([1])
      expect((await call('GET', `/subjects/${subject}/versions?deleted=true`)).json).toEqual([1, 2])
      expect((await call('GET', `/schemas/ids/${id}`)).status).toBe(200)
      expect(errorOf(await call('GET', `/subjects/${subject}/versions/2`))).toBe(notFound(40402))
      expect((await call('GET', `/subjects/${subject}/versions/2?deleted=true`)).json).toMatchObject({ id })
      expect((await call('DELETE', `/subjects/${subject}/versions/2?permanent=true`)).json).toBe(2)
      expect((await call('GET', `/subjects/${subject}/versions?deleted=true`)).json).toEqual([1])
      await register(subject, second)
      expect((await call('GET', `/subjects/${subject}/versions`)).json).toEqual([1, 2])
    })

    test('a subject', async () => {
      const subject = fresh()
      await register(subject, own(user))
      expect(await call('DELETE', `/subjects/${subject}`)).toEqual({ status: 200, json: [1] })
      expect((await call('GET', '/subjects')).json).not.toContain(subject)
      expect((await call('GET', '/subjects?deleted=true')).json).toContain(subject)
      expect((await call('GET', '/subjects?deletedOnly=true')).json).toContain(subject)
      expect((await call('DELETE', `/subjects/${subject}?permanent=true`)).json).toEqual([1])
      expect((await call('GET', '/subjects?deleted=true')).json).not.toContain(subject)
    })

    confluentTest('in the wrong order: 40404 to 40407', async () => {
      const subject = fresh()
      await register(subject, own(user))
      expect(errorOf(await call('DELETE', `/subjects/${subject}?permanent=true`))).toBe(notFound(40405))
      expect(errorOf(await call('DELETE', `/subjects/${subject}/versions/1?permanent=true`))).toBe(notFound(40407))
      await call('DELETE', `/subjects/${subject}/versions/1`)
      expect(errorOf(await call('DELETE', `/subjects/${subject}/versions/1`))).toBe(notFound(40406))
      expect(errorOf(await call('DELETE', `/subjects/${subject}`))).toBe(notFound(40404))
    })

    confluentTest('subjectPrefix filters', async () => {
      const subject = fresh()
      await register(subject, own(user))
      expect((await call('GET', `/subjects?subjectPrefix=${subject}`)).json).toEqual([subject])
    })
  })
}
