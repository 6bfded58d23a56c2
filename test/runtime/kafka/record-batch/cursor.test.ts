import fc from '../../../fast-check.js'
import { describe, expect, it } from 'vitest'

import {
  BatchCursor,
  COMPRESSION_TYPES,
  CorruptBatchError,
  DecompressionError,
  RecordReader,
  UnsupportedMagicError,
  buildBatch,
  recordsOf,
  stampAppended,
} from '../../../../runtime/kafka/record-batch/index.js'
import type { RecordInput } from '../../../../runtime/kafka/record-batch/index.js'

const records: readonly RecordInput[] = [
  { timestamp: 1000, key: Buffer.from('k1'), value: Buffer.from('v1') },
  { timestamp: 900, key: null, value: null, headers: [{ key: 'h', value: 'x' }] },
  { timestamp: 5_000_000_000_000, key: Buffer.alloc(0), value: Buffer.alloc(300, 7) },
]

const values = (bytes: Buffer): (string | undefined)[] =>
  [...new BatchCursor(bytes)].flatMap((batch) => [...recordsOf(batch)].map(({ value }) => value?.toString('latin1')))

describe('BatchCursor', () => {
  const first = buildBatch(records, { baseOffset: 10 })
  const second = buildBatch(records.slice(0, 1), { baseOffset: 13, compression: 'gzip' })
  const both = Buffer.concat([first, second])

  it('stops at a batch that was cut off, wherever', () => {
    expect(values(both).length).toBe(4)
    for (let length = first.length; length < both.length; length++) {
      const cursor = new BatchCursor(both.subarray(0, length))
      expect([...cursor].map(({ header }) => header.nextOffset)).toEqual([13])
      expect([cursor.position, cursor.hasPartialTail]).toEqual([first.length, length > first.length])
    }
    expect(new BatchCursor(Buffer.alloc(0)).next()).toBeUndefined()
  })

  it('gives uncompressed records in place, with a view of the same positions', () => {
    const framed = Buffer.concat([Buffer.alloc(7), both]).subarray(7)
    const section = new BatchCursor(framed).next()?.records()
    if (section === undefined) throw new Error('no batch')
    expect(section.buffer).toBe(framed)
    expect([section.start, section.end, section.count]).toEqual([61, first.length, 3])
    expect(section.view.getUint8(section.start)).toBe(framed[section.start])
    expect([section.baseOffset, section.baseTimestamp, section.appendTimestamp]).toEqual([10, 1000, -1])
  })

  it('refuses the old message formats by name', () => {
    for (const magic of [0, 1]) {
      const old = Buffer.from(first)
      old[16] = magic
      expect(() => new BatchCursor(old).next()).toThrow(UnsupportedMagicError)
    }
    const unknown = Buffer.from(first)
    unknown[16] = 3
    expect(() => new BatchCursor(unknown).next()).toThrow('corrupt record batch at offset 10: magic byte 3')
  })

  it('finds any flipped bit under the checksum, and stays there', () => {
    for (let position = 17; position < first.length; position++) {
      const broken = Buffer.from(both)
      broken[position] = (broken[position] ?? 0) ^ 0x10
      const cursor = new BatchCursor(broken)
      expect(() => cursor.next(), `byte ${position}`).toThrow(CorruptBatchError)
      expect(cursor.position).toBe(0)
    }
  })

  it('takes the append time as timestamp of all records', () => {
    const appended = Buffer.from(first)
    stampAppended(appended, { baseOffset: 99, partitionLeaderEpoch: 4, appendTime: 123_456_789_012 })
    const [batch] = [...new BatchCursor(appended)]
    if (batch === undefined) throw new Error('no batch')
    expect(batch.header).toMatchObject({ timestampType: 'LogAppendTime', partitionLeaderEpoch: 4, nextOffset: 102 })
    expect([...recordsOf(batch)].map(({ offset, timestamp }) => [offset, timestamp])).toEqual([
      [99, 123_456_789_012],
      [100, 123_456_789_012],
      [101, 123_456_789_012],
    ])
  })

  it('bounds decompression', () => {
    for (const compression of COMPRESSION_TYPES.filter((type) => type !== 'none')) {
      const bomb = buildBatch([{ timestamp: 0, key: null, value: Buffer.alloc(2_000_000) }], { compression })
      const [batch] = [...new BatchCursor(bomb, { maxDecompressedBytes: 1_000_000 })]
      expect(() => batch?.records(), compression).toThrow(`cannot decompress ${compression}: more than the limit`)
    }
  })
})

/** Reads everything without checksums; says how it ended. */
const readLeniently = (bytes: Buffer): number => {
  let count = 0
  for (const batch of new BatchCursor(bytes, { checkCrcs: false, maxDecompressedBytes: 100_000 })) {
    const section = batch.records()
    const reader = new RecordReader(section)
    while (reader.next()) {
      count++
      for (const end of [reader.keyEnd, reader.valueEnd, reader.headersStart, reader.headersEnd, reader.position]) {
        expect(end).toBeLessThanOrEqual(section.end)
      }
      expect(reader.keyEnd).toBeLessThanOrEqual(reader.valueStart)
      expect(reader.valueEnd).toBeLessThanOrEqual(reader.headersEnd)
    }
  }
  return count
}

describe('RecordReader', () => {
  it('reads whatever bytes there are to typed errors or to positions inside the section', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...COMPRESSION_TYPES),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 }),
        (compression, changes) => {
          const bytes = buildBatch(records, { compression })
          for (const [at, value] of changes) bytes[17 + (at % (bytes.length - 17))] = value
          try {
            readLeniently(bytes)
          } catch (error) {
            if (!(error instanceof CorruptBatchError)) expect(error).toBeInstanceOf(DecompressionError)
          }
        },
      ),
      { numRuns: 500, seed: 5 },
    )
  })

  it('does not read past its record', () => {
    const bytes = buildBatch(records)
    // The length of the first key: 2 as zigzag; 40 reaches into the second record.
    expect(bytes[65]).toBe(4)
    bytes[65] = 80
    expect(() => readLeniently(bytes)).toThrow('a field exceeds its record')
  })

  it('notices records missing from and left over in the batch', () => {
    const bytes = buildBatch(records)
    bytes.writeInt32BE(2, 57)
    expect(() => readLeniently(bytes)).toThrow('bytes after the records')
    bytes.writeInt32BE(4, 57)
    expect(() => readLeniently(bytes)).toThrow(CorruptBatchError)
  })
})
