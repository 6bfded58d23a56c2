import fc from '../../../fast-check.js'
import { describe, expect, it } from 'vitest'

import {
  BatchCursor,
  BatchWriter,
  BufferPool,
  InvalidTimestampError,
  RecordTooLargeError,
  advanceSequence,
  encodeHeaders,
  readBatchHeader,
  recordsOf,
  rewriteProducerState,
} from '../../../../runtime/kafka/record-batch/index.js'
import type { SealOptions, SealedBatch } from '../../../../runtime/kafka/record-batch/index.js'

const PLAIN: SealOptions = {
  producerId: -1n,
  producerEpoch: -1,
  baseSequence: -1,
  isTransactional: false,
  compression: 'none',
}

interface Output {
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly { readonly key: string; readonly value: Buffer | null }[]
}

const write = (writer: BatchWriter, serial: number, output: Output, slack = 0): void => {
  const { timestamp, key, value, headers } = output
  // The key lies somewhere inside a larger buffer, as in the input.
  const source = key === null ? null : Buffer.concat([Buffer.from('ab'), key, Buffer.from('cd')])
  const start = writer.beginRecord(serial, timestamp, source, 2, 2 + (key?.length ?? 0), (value?.length ?? 0) + slack)
  if (value !== null) writer.buffer.set(value, start)
  const end = value === null ? -1 : start + value.length
  if (headers.length === 0) {
    if (end < 0) writer.endNull()
    else writer.endRecord(end)
    return
  }
  const block = Buffer.concat([Buffer.from('x'), encodeHeaders(headers), Buffer.from('y')])
  writer.endRecordWithHeaders(end, block, 1, block.length - 1)
}

const readAll = (batches: readonly SealedBatch[]): Output[] =>
  batches.flatMap(({ buffer }) => {
    const [batch] = [...new BatchCursor(buffer)]
    if (batch === undefined) throw new Error('no batch')
    return [...recordsOf(batch)].map(({ timestamp, key, value, headers }) => ({ timestamp, key, value, headers }))
  })

/** Comparable quickly: deep comparison of large buffers is slow. */
const describeOutput = ({ timestamp, key, value, headers }: Output): string => {
  const texts = headers.map((header) => `${header.key}=${String(header.value?.toString('latin1'))}`)
  return [timestamp, key?.toString('latin1'), value?.toString('latin1'), ...texts].map(String).join('|')
}

const bytes = (maxLength: number): fc.Arbitrary<Buffer> =>
  fc.oneof(
    fc.uint8Array({ maxLength: 20 }).map((array) => Buffer.from(array)),
    fc.integer({ min: 0, max: maxLength }).map((length) => Buffer.alloc(length, length)),
  )

const output: fc.Arbitrary<Output> = fc.record({
  timestamp: fc.oneof(
    fc.integer({ min: 1_700_000_000_000, max: 1_700_000_100_000 }),
    fc.integer({ min: 0, max: 4_000_000_000_000 }),
  ),
  key: fc.option(bytes(200), { nil: null }),
  value: fc.option(bytes(20_000), { nil: null }),
  headers: fc.oneof(
    fc.constant([]),
    fc.array(fc.record({ key: fc.string({ maxLength: 5 }), value: fc.option(bytes(300), { nil: null }) }), {
      maxLength: 3,
    }),
  ),
})

const inputRecord = fc.record({
  outputs: fc.array(output, { maxLength: 4 }),
  fate: fc.constantFrom('kept', 'kept', 'rolled back', 'abandoned'),
  slack: fc.nat({ max: 3000 }),
  sealAfter: fc.boolean(),
})

describe('BatchWriter', () => {
  it('writes what it is given, takes back what is rolled back, and keeps to its limits', () => {
    fc.assert(
      fc.property(
        fc.array(inputRecord, { maxLength: 30 }),
        fc.integer({ min: 100, max: 60_000 }),
        (inputs, batchLimit) => {
          const maxRecordBytes = 50_000
          const writer = new BatchWriter({ batchLimit, maxRecordBytes })
          const expected: Output[] = []
          const sealed: SealedBatch[] = []
          let pending = 0
          inputs.forEach(({ outputs, fate, slack, sealAfter }, serial) => {
            writer.mark(serial)
            for (const one of outputs) write(writer, serial, one, slack)
            if (fate === 'abandoned') writer.beginRecord(serial, 1, Buffer.from('key'), 0, 3, 100)
            if (fate === 'kept') {
              expected.push(...outputs)
              pending += outputs.length
            } else writer.rollback(serial)
            expect(writer.records).toBe(pending)
            expect(writer.full).toBe(writer.bytes >= batchLimit)
            if (!sealAfter) return
            sealed.push(...writer.seal(PLAIN))
            pending = 0
            expect([writer.records, writer.bytes, writer.full]).toEqual([0, 0, false])
          })
          sealed.push(...writer.seal(PLAIN))
          expect(readAll(sealed).map(describeOutput)).toEqual(expected.map(describeOutput))
          for (const { buffer, records, maxTimestamp } of sealed) {
            expect(buffer.length).toBeLessThanOrEqual(maxRecordBytes)
            const header = readBatchHeader(buffer, 0)
            expect([header.sizeInBytes, header.count]).toEqual([buffer.length, records])
            const [batch] = [...new BatchCursor(buffer)]
            const times = batch === undefined ? [] : [...recordsOf(batch)].map(({ timestamp }) => timestamp)
            expect([header.maxTimestamp, maxTimestamp]).toEqual([Math.max(...times), Math.max(...times)])
          }
        },
      ),
      { numRuns: 60, seed: 3 },
    )
  })

  const record = (size: number): Output => ({ timestamp: 5, key: null, value: Buffer.alloc(size, 1), headers: [] })

  it('numbers batches consecutively and wraps at 2^31', () => {
    const writer = new BatchWriter({ batchLimit: 200 })
    for (let serial = 0; serial < 10; serial++) write(writer, serial, record(60))
    const options = { ...PLAIN, producerId: 8n, producerEpoch: 2, baseSequence: 0x7fff_fffc, isTransactional: true }
    const batches = writer.seal(options)
    expect(batches.map(({ records, baseSequence }) => [records, baseSequence])).toEqual([
      [3, 0x7fff_fffc],
      [3, 0x7fff_ffff],
      [3, 2],
      [1, 5],
    ])
    const header = readBatchHeader(batches[1]?.buffer ?? Buffer.alloc(0), 0)
    expect(header).toMatchObject({ producerId: 8n, producerEpoch: 2, baseSequence: 0x7fff_ffff, isTransactional: true })
    expect(advanceSequence(-1, 5)).toBe(-1)
  })

  it('refuses a record that no batch may hold, and forgets it on roll-back', () => {
    const writer = new BatchWriter({ maxRecordBytes: 1000 })
    write(writer, 0, record(500))
    write(writer, 1, record(900))
    expect(() => {
      write(writer, 2, record(960))
    }).toThrow(RecordTooLargeError)
    writer.rollback(2)
    write(writer, 3, record(10))
    const batches = writer.seal(PLAIN)
    expect(readAll(batches).map(({ value }) => value?.length)).toEqual([500, 900, 10])
    expect(batches.every(({ buffer }) => buffer.length <= 1000)).toBe(true)
  })

  it('takes exactly the largest allowed record', () => {
    const writer = new BatchWriter({ maxRecordBytes: 1000 })
    // 61 header, 2 + 1 + 1 + 1 + 1 + 2 before the value, 1 after it.
    write(writer, 0, record(1000 - 61 - 9))
    expect(writer.seal(PLAIN)[0]?.buffer.length).toBe(1000)
    expect(() => {
      write(writer, 1, record(1000 - 61 - 8))
    }).toThrow('record of 1001 bytes')
  })

  it('refuses timestamps that a broker would refuse, and leaves no trace', () => {
    const writer = new BatchWriter()
    for (const timestamp of [-1, 1.5, NaN, Infinity]) {
      expect(() => {
        write(writer, 0, { ...record(5), timestamp })
      }, String(timestamp)).toThrow(InvalidTimestampError)
    }
    expect(writer.seal(PLAIN)).toEqual([])
  })

  it('refuses a value that exceeds its bound', () => {
    const writer = new BatchWriter()
    const start = writer.beginRecord(0, 1, null, 0, 0, 10)
    expect(() => {
      writer.endRecord(start + 11)
    }).toThrow(RangeError)
  })

  it('seals nothing to nothing', () => {
    expect(new BatchWriter().seal(PLAIN)).toEqual([])
  })

  it('changes the producer state of a sealed batch', () => {
    const writer = new BatchWriter()
    write(writer, 0, record(5))
    const [batch] = writer.seal({ ...PLAIN, compression: 'gzip' })
    if (batch === undefined) throw new Error('no batch')
    rewriteProducerState(batch.buffer, { producerId: 77n, producerEpoch: 4, baseSequence: 9 })
    const [read] = [...new BatchCursor(batch.buffer)]
    expect(read?.header).toMatchObject({ producerId: 77n, producerEpoch: 4, baseSequence: 9 })
  })

  it('reuses released buffers, each only once', () => {
    const pool = new BufferPool()
    const writer = new BatchWriter({ pool })
    write(writer, 0, record(5))
    const [first] = writer.seal(PLAIN)
    if (first === undefined) throw new Error('no batch')
    writer.release(first)
    writer.release(first)
    write(writer, 1, record(6))
    expect(writer.buffer.buffer).toBe(first.buffer.buffer)
    expect(pool.acquire(1).buffer).not.toBe(first.buffer.buffer)
  })

  it('bounds what the pool keeps', () => {
    const pool = new BufferPool(100_000)
    const buffers = Array.from({ length: 10 }, () => pool.acquire(30_000))
    for (const buffer of buffers) pool.release(buffer)
    const reused = Array.from({ length: 10 }, () => pool.acquire(30_000)).filter((buffer) =>
      buffers.some((released) => released.buffer === buffer.buffer),
    )
    expect(reused.length).toBe(3)
  })
})
