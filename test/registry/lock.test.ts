import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  parseLock,
  printLock,
  readLock,
  resolveLock,
  SchemaLockError,
  writeLock,
  type SchemaLock,
} from '../../registry/index.js'
import { field, recordText } from './fixture.js'

const locked = (version: number, schema: string) => ({ version, fingerprint: `f${version}`, schema, references: [] })
const lock: SchemaLock = {
  subjects: new Map([
    [
      'orders-value',
      {
        type: 'AVRO',
        long: 'bigint',
        referenceOnly: false,
        versions: [
          locked(1, recordText('Order', field('id', 'string'))),
          {
            ...locked(
              2,
              recordText('Order', field('id', 'string'), field('to', ['null', 'Address'], { default: null })),
            ),
            references: [{ name: 'Address', subject: 'address', version: 1 }],
          },
        ],
      },
    ],
    [
      'address',
      {
        type: 'AVRO',
        long: 'number',
        referenceOnly: true,
        versions: [locked(1, recordText('Address', field('city', 'string')))],
      },
    ],
  ]),
}

test('the text is deterministic, sorted, and reads back equal', () => {
  const text = printLock(lock)
  const reversed: SchemaLock = { subjects: new Map([...lock.subjects].reverse()) }
  expect(printLock(reversed)).toBe(text)
  expect(parseLock(text)).toEqual({ subjects: new Map([...lock.subjects].sort()) })
  expect(printLock(parseLock(text))).toBe(text)
  expect(text.indexOf('"address"')).toBeLessThan(text.indexOf('"orders-value"'))
  expect(text).not.toMatch(/"id":\s*\d/)
})

test('schemas are resolved with their references; what is only referred to is no subject', () => {
  const resolved = resolveLock(lock)
  expect([...resolved.keys()]).toEqual(['orders-value'])
  const orders = resolved.get('orders-value')
  expect(orders).toMatchObject({ long: 'bigint', versions: [{ version: 1 }, { version: 2 }] })
  expect(orders?.schema).toBe(orders?.versions[1]?.schema)
  expect(orders?.schema.type === 'record' && orders.schema.fields[1]?.schema).toMatchObject({
    branches: [{ type: 'null' }, { type: 'record', name: 'Address' }],
  })
})

describe('a bad lock says what and what to do', () => {
  const text = printLock(lock)
  test.each<[string, string]>([
    ['', 'schemas.lock.json is no JSON'],
    [`<<<<<<< HEAD\n${text}`, 'merge conflict markers'],
    ['{}', 'is no schema lock: it has no formatVersion'],
    ['{"formatVersion":2}', 'has format 2, and this millrace reads format 1'],
    ['{"formatVersion":1,"subjects":{"a":{}}}', 'schemas.lock.json: a has no known type'],
    ['{"formatVersion":1,"subjects":{"a":{"type":"AVRO","long":"number","versions":[]}}}', 'a has no versions'],
    [text.replace('bigint', 'number'), 'does not match its checksum: it was edited by hand'],
    [text.replace('\\"city\\"', '\\"town\\"'), 'does not match its checksum'],
  ])('%#: %s', (bad, expected) => {
    expect(() => parseLock(bad)).toThrow(expected)
    try {
      parseLock(bad)
    } catch (error) {
      expect(error).toBeInstanceOf(SchemaLockError)
      expect(error).toHaveProperty('help', expect.stringMatching(/schema pull|newer/) as unknown)
    }
  })

  test('whitespace is no edit', () => {
    expect(parseLock(JSON.stringify(JSON.parse(text)))).toEqual(parseLock(text))
  })

  test('a reference that is not locked', () => {
    const subjects = new Map([...lock.subjects].filter(([subject]) => subject !== 'address'))
    expect(() => resolveLock({ subjects })).toThrow('address version 1 is referred to, but not locked')
  })

  test('a schema that is none', () => {
    const bad = { type: 'AVRO', long: 'number', referenceOnly: false, versions: [locked(3, '"x"')] } as const
    expect(() => resolveLock({ subjects: new Map([['bad', bad]]) })).toThrow('bad version 3 is no valid Avro schema')
  })
})

test('the file is written only when it changes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-lock-'))
  try {
    const path = join(folder, 'deep', 'schemas.lock.json')
    expect(await readLock(path)).toBe(undefined)
    expect(await writeLock(path, lock)).toBe(true)
    const before = await stat(path)
    expect(await writeLock(path, lock)).toBe(false)
    expect((await stat(path)).mtimeMs).toBe(before.mtimeMs)
    expect(await readFile(path, 'utf8')).toBe(printLock(lock))
    await writeFile(path, '{')
    await expect(readLock(path)).rejects.toThrow(`${path} is no JSON`)
  } finally {
    await rm(folder, { recursive: true })
  }
})
