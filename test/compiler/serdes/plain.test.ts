/** Serdes without a schema, in and out, against the interpreter's. */
import { describe, expect, test } from 'vitest'
import { serdeOfKind } from '../../../compiler/interpret/serdes/of-kind.js'
import { generated, pipe, plain } from '../support/plans.js'
import { run } from '../support/run-module.js'

const uuid = '0190A1B2-C3D4-7E5F-8A9B-0C1D2E3F4A5B'
const cases = [
  {
    kind: 'string',
    good: ['', 'ä𝄞', 'x'.repeat(200)].map((text) => Buffer.from(text)),
    bad: [Buffer.from([0xc0, 0x80])],
  },
  { kind: 'bytes', good: [Buffer.alloc(0), Buffer.from([0, 255])], bad: [] },
  {
    kind: 'json',
    good: ['{"b":1,"a":[true,null]}', '"x"', '1.50'].map((text) => Buffer.from(text)),
    bad: [Buffer.from('{')],
  },
  { kind: 'int32', good: [Buffer.from('80000000', 'hex'), Buffer.from('0000002a', 'hex')], bad: [Buffer.alloc(3)] },
  { kind: 'int64', good: [Buffer.from('8000000000000000', 'hex'), Buffer.alloc(8, 1)], bad: [Buffer.alloc(9)] },
  { kind: 'double', good: [Buffer.from('7ff8000000000000', 'hex'), Buffer.alloc(8)], bad: [Buffer.alloc(0)] },
  { kind: 'uuid', good: [Buffer.from(uuid), Buffer.from(uuid.toLowerCase())], bad: [Buffer.from('no uuid')] },
] as const

describe.each(cases)('$kind', ({ kind, good, bad }) => {
  test.each([false, true])('is read and written as the interpreter does (nullable: %s)', (nullable) => {
    const serde = plain(kind, nullable)
    const { pipeline } = generated(pipe({ key: serde, input: serde, outputs: [serde], print: true }))
    const records = [...good, ...bad].map((bytes) => ({ key: bytes, value: bytes }))
    const { written, printed, errors } = run(pipeline, [...records, { key: null, value: null }])
    const oracle = serdeOfKind(kind)
    const values = good.map((bytes) => oracle.decode(Uint8Array.from(bytes)))
    const nulls = nullable ? [null] : []
    const kept = printed.map(([, key, value]) => [key, value])
    expect(kept).toEqual([...values, ...nulls].map((value) => [value, value]))
    const encoded = [...values.map((value) => Buffer.from(oracle.encode(value))), ...nulls]
    const order = (list: readonly (readonly unknown[])[]) => list.map(String).sort()
    expect(order(written.map((record) => [record.key?.toString('hex'), record.value?.toString('hex')]))).toEqual(
      order(encoded.map((bytes) => [bytes?.toString('hex'), bytes?.toString('hex')])),
    )
    expect(errors).toHaveLength(bad.length + (nullable ? 0 : 1))
  })
})

test('a record without a key sticks to a partition, one with a key goes where its key says', () => {
  const serde = plain('string', true)
  const { pipeline } = generated(pipe({ key: serde, input: serde, outputs: [serde] }))
  const value = Buffer.from('v')
  const records = ['a', 'b', 'c', 'd'].map((key) => ({ key: Buffer.from(key), value }))
  const { written } = run(pipeline, [...records, { key: null, value }], { partitions: 7 })
  const partitions = new Map(written.map((record) => [record.key?.toString() ?? null, record.partition]))
  expect(partitions.get(null)).toBe(0)
  expect(new Set(partitions.values()).size).toBeGreaterThan(1)
})

test('a null that is not allowed says what to do', () => {
  const serde = plain('string')
  const { pipeline } = generated(pipe({ input: serde, outputs: [serde] }))
  const { errors } = run(pipeline, [{ value: null }])
  expect(errors[0]?.message).toContain('is null, which its serde does not allow')
  expect(errors[0]?.operator).toBe(-1)
})
