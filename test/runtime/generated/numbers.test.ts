/** The helpers of generated code against the interpreting codec, at random and at the edges. */
import fc from '../../fast-check.js'
import { describe, expect, test } from 'vitest'
import { BinaryReader } from '../../../avro/binary-reader.js'
import { encodeValue } from '../../../avro/encode.js'
import { primitive } from '../../../avro/schema.js'
import {
  headerBlock,
  isText,
  readBigLong,
  readInt,
  readLong,
  text,
  timeClip,
  utf8Length,
  viewOf,
  writeBigLong,
  writeLong,
  writeText,
  writeUtf8,
} from '../../../runtime/generated/index.js'
import { decodeHeaders } from '../../../runtime/kafka/record-batch/index.js'

const long = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer(),
  fc.constantFrom(0, -1, 63, 64, -64, -65, 2 ** 30, -(2 ** 30), 2 ** 31, 2 ** 35, 2 ** 48, 2 ** 49, 2 ** 53 - 1, -(2 ** 53 - 1)),
)

describe('longs', () => {
  test('are written and read as the codec does', () => {
    fc.assert(
      fc.property(long, (value) => {
        const out = Buffer.alloc(16)
        const end = writeLong(out, 1, value, '')
        expect(out.subarray(1, end)).toEqual(Buffer.from(encodeValue(primitive('long'), value)))
        expect(readLong(out, 1)).toBe(value)
        expect(readBigLong(out, 1)).toBe(BigInt(value))
        if (value === (value | 0)) expect(readInt(out, 1)).toBe(value)
        else expect(() => readInt(out, 1)).toThrow('does not fit an int')
      }),
      { numRuns: 2000 },
    )
  })

  test('as bigint', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const out = Buffer.alloc(16)
        const end = writeBigLong(out, 0, value, '')
        expect(out.subarray(0, end)).toEqual(Buffer.from(encodeValue(primitive('long'), value, { long: 'bigint' })))
        expect(readBigLong(out, 0)).toBe(value)
        if (!Number.isSafeInteger(Number(value))) expect(() => readLong(out, 0)).toThrow('choose bigint')
      }),
      { numRuns: 500 },
    )
  })

  test('bytes that are no number are refused', () => {
    expect(() => readLong(Buffer.alloc(12, 0xff), 0)).toThrow('more than 64 bits')
    expect(() => readLong(Buffer.from([0x80]), 0)).toThrow()
  })
})

describe('text', () => {
  const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), fc.string({ maxLength: 80 }))

  test('is written and read as the codec does', () => {
    fc.assert(
      fc.property(anyText, (value) => {
        const out = Buffer.alloc(10 + value.length * 3)
        const end = writeText(out, 2, value)
        expect(out.subarray(2, end)).toEqual(Buffer.from(encodeValue(primitive('string'), value)))
        const bare = Buffer.from(value)
        expect(writeUtf8(out, 0, value)).toBe(bare.length)
        expect(utf8Length(value)).toBe(bare.length)
        expect(text(bare, 0, bare.length)).toBe(bare.toString())
      }),
      { numRuns: 1000 },
    )
  })

  test('valid UTF-8 is what the strict decoder takes', () => {
    const strict = new TextDecoder('utf-8', { fatal: true })
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc.array(fc.constantFrom(0x41, 0x80, 0xbf, 0xc0, 0xc2, 0xe0, 0xa0, 0xed, 0x9f, 0xf0, 0x90, 0xf4, 0x8f, 0xf5), { maxLength: 6 }).map((items) => Uint8Array.from(items)),
    )
    fc.assert(
      fc.property(bytes, (data) => {
        let valid = true
        try {
          strict.decode(data)
        } catch {
          valid = false
        }
        const bytes = Buffer.from([0xff, ...data, 0xff])
        expect(isText(bytes, viewOf(bytes), 1, 1 + data.length)).toBe(valid)
      }),
      { numRuns: 3000 },
    )
    expect(new BinaryReader(Uint8Array.of(2, 0x41)).string()).toBe('A')
  })
})

test('time of a number is that of a Date', () => {
  for (const ms of [0, -0, 1.9, -1.9, 8.64e15, 8.64e15 + 1, NaN, Infinity]) {
    expect(timeClip(ms)).toBe(new Date(ms).getTime())
  }
})

test('header blocks are those of records', () => {
  const block = headerBlock({ a: 'ä', b: new Uint8Array([0, 255]) })
  expect(decodeHeaders(block).map(({ key, value }) => [key, value?.toString('hex')])).toEqual([
    ['a', 'c3a4'],
    ['b', '00ff'],
  ])
  expect(() => headerBlock({ a: 1 })).toThrow('neither a string nor a Uint8Array')
})
