import { createRequire } from 'node:module'

import fc from '../../../fast-check.js'
import { describe, expect, it } from 'vitest'

import { decompressLz4Frame, lz4UpperBound } from '../../../../runtime/kafka/record-batch/compression/lz4-frame.js'
import { optionalPackage } from '../../../../runtime/kafka/record-batch/compression/optional-package.js'
import { decompressSnappyBlock } from '../../../../runtime/kafka/record-batch/compression/snappy-block.js'
import { zstdUpperBound } from '../../../../runtime/kafka/record-batch/compression/zstd-bound.js'
import {
  COMPRESSION_TYPES,
  CodecMissingError,
  DecompressionError,
  compress,
  decompress,
} from '../../../../runtime/kafka/record-batch/index.js'

const LIMIT = 64 * 1024 * 1024
const require = createRequire(import.meta.url)
const snappy = require('snappy') as { readonly compressSync: (input: Buffer) => Buffer }

/** Random bytes, runs, repeated text: everything that exercises literals and copies, far and near. */
const content = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc.tuple(fc.nat({ max: 255 }), fc.nat({ max: 70_000 })).map(([byte, length]) => Buffer.alloc(length, byte)),
      fc
        .tuple(fc.string({ minLength: 1, maxLength: 9 }), fc.nat({ max: 500 }))
        .map(([text, n]) => Buffer.from(text.repeat(n))),
    ),
    { maxLength: 6 },
  )
  .map((parts) => Buffer.concat(parts))

describe('codecs', () => {
  for (const type of COMPRESSION_TYPES) {
    it(`${type} gives back what it was given`, () => {
      fc.assert(
        fc.property(content, (bytes) => {
          expect(decompress(type, compress(type, bytes), LIMIT).equals(bytes)).toBe(true)
        }),
        { numRuns: 40, seed: 2 },
      )
    })
  }

  it('read broken bytes to a DecompressionError', () => {
    for (const type of COMPRESSION_TYPES.filter((name) => name !== 'none')) {
      const whole = compress(type, Buffer.from('some text, some text, some text'.repeat(50)))
      for (const broken of [Buffer.from('junk'), Buffer.alloc(0), whole.subarray(0, whole.length - 6)]) {
        expect(() => decompress(type, broken, LIMIT), type).toThrow(DecompressionError)
      }
    }
  })

  it('read raw snappy as well as the framing of the Java client', () => {
    const text = Buffer.from('raw and framed '.repeat(5000))
    expect(decompress('snappy', snappy.compressSync(text), LIMIT).equals(text)).toBe(true)
    const framed = compress('snappy', text)
    expect(framed.subarray(0, 16).toString('hex')).toBe('82534e415050590000000001' + '00000001')
    const appended = Buffer.concat([framed, framed])
    expect(decompress('snappy', appended, LIMIT).length).toBe(2 * text.length)
  })

  it('allow exactly the limit', () => {
    const bytes = Buffer.alloc(300_000, 'abc')
    for (const type of COMPRESSION_TYPES.filter((name) => name !== 'none' && name !== 'zstd')) {
      const packed = compress(type, bytes)
      expect(decompress(type, packed, bytes.length).length, type).toBe(bytes.length)
      expect(() => decompress(type, packed, bytes.length - 1), type).toThrow('more than the limit')
    }
  })
})

describe('codecs in JavaScript', () => {
  it('read what the native packages write', () => {
    fc.assert(
      fc.property(content, (bytes) => {
        const block = snappy.compressSync(bytes)
        expect(decompressSnappyBlock(block, 0, block.length, LIMIT).equals(bytes)).toBe(true)
        const frame = compress('lz4', bytes)
        expect(decompressLz4Frame(frame, LIMIT).equals(bytes)).toBe(true)
        expect(lz4UpperBound(frame)).toBeGreaterThanOrEqual(bytes.length)
        expect(zstdUpperBound(compress('zstd', bytes))).toBeGreaterThanOrEqual(bytes.length)
      }),
      { numRuns: 50, seed: 9 },
    )
  })

  it('read broken bytes to a DecompressionError', () => {
    const text = Buffer.from('abcabcabcabc, and something else; '.repeat(40))
    const block = snappy.compressSync(text)
    const frame = compress('lz4', text)
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 255 }), (at, value) => {
        const change = (bytes: Buffer): Buffer => {
          const copy = Buffer.from(bytes)
          copy[at % copy.length] = value
          return copy
        }
        const attempts = [
          () => decompressSnappyBlock(change(block), 0, block.length, 100_000),
          () => decompressLz4Frame(change(frame), 100_000),
        ]
        for (const attempt of attempts) {
          try {
            attempt()
          } catch (error) {
            expect(error).toBeInstanceOf(DecompressionError)
          }
        }
      }),
      { numRuns: 800, seed: 4 },
    )
  })
})

describe('optional packages', () => {
  it('are looked for once, and absence is no failure', () => {
    const load = optionalPackage('no-such-package-for-sure')
    expect([load(), load()]).toEqual([undefined, undefined])
    expect(new CodecMissingError('lz4', 'lz4-napi').message).toBe(
      'lz4 compression needs the optional package lz4-napi: npm install lz4-napi',
    )
  })
})
