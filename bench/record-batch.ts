/**
 * Record batches against kafkajs' own codec, in one process: nanoseconds a record and their ratio, as JSON.
 *
 *     npm run bench:record-batch
 */
import { createRequire } from 'node:module'

import { portableCrc32c } from '../runtime/kafka/record-batch/crc32c.js'
import { BatchCursor, BatchWriter, RecordReader, buildBatch, crc32c } from '../runtime/kafka/record-batch/index.js'

const RECORDS = 1000
const VALUE_BYTES = 270
const SAMPLES = 40
const WARM_UP = 10
/** A sample repeats its subject for this long, so that quick ones are compiled as in a real loop. */
const SAMPLE_MS = 5

const require = createRequire(import.meta.url)
const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0') as {
  readonly RecordBatch: (options: object) => Promise<{ readonly buffer: Buffer }>
}
const encodeRecord = require('kafkajs/src/protocol/recordBatch/record/v0') as (options: object) => object
const decodeBatch = require('kafkajs/src/protocol/recordBatch/v0/decoder') as (
  decoder: object,
) => Promise<{ readonly records: readonly object[] }>
const Decoder = require('kafkajs/src/protocol/decoder') as new (bytes: Buffer) => object

const now = 1_700_000_000_000
const records = Array.from({ length: RECORDS }, (_, index) => ({
  timestamp: now + index,
  key: Buffer.from(`customer-${index % 97}`),
  value: Buffer.alloc(VALUE_BYTES, index),
}))
const batch = buildBatch(records)
const SEAL = { producerId: 1n, producerEpoch: 0, baseSequence: 0, isTransactional: false, compression: 'none' } as const

/** Keeps results alive, so that nothing measured is optimised away. */
let sink = 0

const readAll = (checkCrcs: boolean): void => {
  const cursor = new BatchCursor(batch, { checkCrcs })
  for (let next = cursor.next(); next !== undefined; next = cursor.next()) {
    const reader = new RecordReader(next.records())
    while (reader.next()) sink += reader.valueEnd - reader.keyStart + reader.timestamp
  }
}

const writer = new BatchWriter({ batchLimit: 1024 * 1024 })

const writeAll = (): void => {
  records.forEach(({ timestamp, key, value }, serial) => {
    const start = writer.beginRecord(serial, timestamp, key, 0, key.length, value.length)
    writer.buffer.set(value, start)
    writer.endRecord(start + value.length)
  })
  for (const sealed of writer.seal(SEAL)) {
    sink += sealed.buffer.length
    writer.release(sealed)
  }
}

const readByKafkajs = async (): Promise<void> => {
  sink += (await decodeBatch(new Decoder(batch))).records.length
}

const writeByKafkajs = async (): Promise<void> => {
  const encoded = records.map(({ timestamp, key, value }, offsetDelta) =>
    encodeRecord({ key, value, headers: {}, offsetDelta, timestampDelta: timestamp - now }),
  )
  const options = { firstTimestamp: now, maxTimestamp: now + RECORDS, lastOffsetDelta: RECORDS - 1, records: encoded }
  sink += (await RecordBatch(options)).buffer.length
}

const subjects: Readonly<Record<string, () => void | Promise<void>>> = {
  read: () => {
    readAll(false)
  },
  readWithCrc: () => {
    readAll(true)
  },
  readByKafkajs,
  write: writeAll,
  writeByKafkajs,
  crcNative: () => {
    sink += crc32c(batch, 0, batch.length)
  },
  crcPortable: () => {
    sink += portableCrc32c(batch)
  },
}

/** Lower quartile of the samples, interleaved by subject, in nanoseconds a record. */
const measure = async (): Promise<Record<string, number>> => {
  const samples = new Map(Object.keys(subjects).map((name): [string, number[]] => [name, []]))
  for (let round = 0; round < WARM_UP + SAMPLES; round++) {
    for (const [name, run] of Object.entries(subjects)) {
      const start = performance.now()
      let runs = 0
      let elapsed = 0
      for (; elapsed < SAMPLE_MS; runs++) {
        await run()
        elapsed = performance.now() - start
      }
      if (round >= WARM_UP) samples.get(name)?.push((elapsed * 1e6) / (runs * RECORDS))
    }
  }
  return Object.fromEntries(
    [...samples].map(([name, times]) => [name, Math.round(times.sort((a, b) => a - b)[times.length >> 2] ?? 0)]),
  )
}

const nanoseconds = await measure()
const ratio = (slow: string, fast: string): number =>
  Math.round((10 * (nanoseconds[slow] ?? 0)) / Math.max(1, nanoseconds[fast] ?? 0)) / 10
process.stdout.write(
  `${JSON.stringify({
    recordBytes: Math.round(batch.length / RECORDS),
    nanoseconds,
    timesKafkajs: { read: ratio('readByKafkajs', 'read'), write: ratio('writeByKafkajs', 'write') },
    checked: sink > 0,
  })}\n`,
)
