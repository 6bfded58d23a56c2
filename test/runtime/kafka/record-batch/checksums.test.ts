import fc from '../../../fast-check.js'
import { describe, expect, it } from 'vitest'

import { portableCrc32c } from '../../../../runtime/kafka/record-batch/crc32c.js'
import {
  crc32c,
  decodeHeaders,
  encodeHeaders,
  murmur2,
  partitionForKey,
  toPositive,
} from '../../../../runtime/kafka/record-batch/index.js'

describe('CRC-32C', () => {
  it('has the values of RFC 3720', () => {
    const vectors: readonly (readonly [Buffer, number])[] = [
      [Buffer.from('123456789'), 0xe3069283],
      [Buffer.alloc(32), 0x8a9136aa],
      [Buffer.alloc(32, 0xff), 0x62a8ab43],
      [Buffer.from(Array.from({ length: 32 }, (_, index) => index)), 0x46dd794e],
      [Buffer.alloc(0), 0],
    ]
    for (const [bytes, expected] of vectors) {
      expect(portableCrc32c(bytes)).toBe(expected)
      expect(crc32c(Buffer.concat([Buffer.from('x'), bytes, Buffer.from('y')]), 1, 1 + bytes.length)).toBe(expected)
    }
  })

  it('is the same natively and in JavaScript', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(portableCrc32c(bytes)).toBe(crc32c(Buffer.from(bytes), 0, bytes.length))
      }),
      { seed: 1 },
    )
  })
})

describe('murmur2', () => {
  it('has the values of the Java client', () => {
    const vectors = {
      '21': -973932308,
      foobar: -790332482,
      'a-little-bit-long-string': -985981536,
      'a-little-bit-longer-string': -1486304829,
      lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8: -58897971,
      abc: 479470107,
    }
    for (const [text, hash] of Object.entries(vectors)) {
      const framed = Buffer.from(`>${text}<`)
      expect(murmur2(framed, 1, framed.length - 1)).toBe(hash)
      expect(partitionForKey(framed, 1, framed.length - 1, 1_000_000)).toBe(toPositive(hash) % 1_000_000)
    }
    expect(toPositive(-1)).toBe(0x7fffffff)
  })
})

describe('record headers', () => {
  it('survive a round trip', () => {
    const header = fc.record({
      key: fc.string({ unit: 'grapheme' }),
      value: fc.option(
        fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
        { nil: null },
      ),
    })
    fc.assert(
      fc.property(fc.array(header), (headers) => {
        const block = encodeHeaders(headers)
        expect(decodeHeaders(Buffer.concat([Buffer.from('x'), block, Buffer.from('y')]), 1, 1 + block.length)).toEqual(
          headers,
        )
      }),
      { seed: 6 },
    )
  })

  it('refuse a block that does not end where it should', () => {
    const block = encodeHeaders([{ key: 'a', value: 'b' }])
    expect(() => decodeHeaders(block, 0, block.length - 1)).toThrow('message ends too early')
    expect(() => decodeHeaders(Buffer.concat([block, block]))).toThrow('bytes after the record headers')
    expect(() => decodeHeaders(Buffer.from([1]))).toThrow('-1 record headers')
  })
})
