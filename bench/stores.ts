/**
 * Stores in memory, as JSON, in CPU time: a windowed count (nanoseconds a record, bytes a row, share of garbage collection), its
 * changelog written and restored, its snapshot written and loaded.
 *
 *     npm run bench:stores
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PerformanceObserver } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import { BatchCursor, BatchWriter } from '../runtime/kafka/record-batch/index.js'
import { applyChanges, writeChanges } from '../runtime/state/changelog.js'
import { MemoryBacking } from '../runtime/state/memory-backing.js'
import { SnapshotWriter, loadSnapshot } from '../runtime/state/snapshot.js'
import { WindowStore } from '../runtime/state/window-store.js'
import { Random } from './random.js'

const KEY_BYTES = 12
const WINDOW_MS = 60_000
const START = 1_700_000_040_000
/** Records between commits. */
const COMMIT_EVERY = 100_000

/** CPU time of this process, ms: the machine may be shared. */
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

let collecting = 0
const observer = new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) collecting += duration
})
observer.observe({ entryTypes: ['gc'] })

const open = (backing = new MemoryBacking(1)): WindowStore =>
  new WindowStore({ columns: 1, bucketMs: WINDOW_MS, ranges: false }, backing)

/** Keys in one buffer, as in a fetched batch, each occurrence of its own choice. */
const chooseKeys = (records: number, keys: number): Buffer => {
  const random = new Random(7)
  const buffer = Buffer.allocUnsafe(records * KEY_BYTES)
  for (let i = 0; i < records; i++) {
    buffer.write(`user-${String(random.below(keys)).padStart(7, '0')}`, i * KEY_BYTES, 'latin1')
  }
  return buffer
}

const count = (store: WindowStore, keys: Buffer, windowStart: number): void => {
  const { table } = store
  for (let at = 0, n = 1; at < keys.length; at += KEY_BYTES, n++) {
    table.mark()
    const slot = store.insert(keys, at, at + KEY_BYTES, windowStart, windowStart)
    table.setNumber(slot, 0, table.number(slot, 0) + 1)
    if (n % COMMIT_EVERY === 0) table.commit()
  }
  table.commit()
}

const measureCount = async (keys: number): Promise<object> => {
  const records = Math.max(1_000_000, 2 * keys)
  const chosen = chooseKeys(records, keys)
  const store = open()
  const heapBefore = process.memoryUsage().heapUsed
  const nanoseconds: number[] = []
  await setImmediate()
  collecting = 0
  const began = cpuMs()
  for (let round = 0; round < 3; round++) {
    const start = cpuMs()
    count(store, chosen, START)
    nanoseconds.push(((cpuMs() - start) * 1e6) / records)
  }
  const elapsed = cpuMs() - began
  // Collections are reported by the event loop.
  await setImmediate()
  const round = (value: number): number => Math.round(value * 10) / 10
  return {
    keys,
    rows: store.table.size,
    nsPerRecord: { inserting: round(nanoseconds[0]!), updating: round(Math.min(...nanoseconds.slice(1))) },
    bytesPerRow: round(store.allocatedBytes / store.table.size),
    heapBytesPerRow: round((process.memoryUsage().heapUsed - heapBefore) / store.table.size),
    gcShare: Math.round((collecting / elapsed) * 1e4) / 1e4,
  }
}

const measureRestore = (rows: number): object => {
  const backing = new MemoryBacking(1)
  const store = open(backing)
  const keys = Buffer.allocUnsafe(rows * KEY_BYTES)
  for (let i = 0; i < rows; i++) keys.write(`user-${String(i).padStart(7, '0')}`, i * KEY_BYTES, 'latin1')
  const { table } = backing
  for (let at = 0; at < keys.length; at += KEY_BYTES) {
    table.setNumber(store.insert(keys, at, at + KEY_BYTES, START, START), 0, 1)
  }
  const writer = new BatchWriter({ batchLimit: 256 * 1024 })
  const writeStart = cpuMs()
  writeChanges(table, writer, 0)
  const batches = writer
    .seal({ producerId: -1n, producerEpoch: -1, baseSequence: -1, isTransactional: false, compression: 'none' })
    .map(({ buffer }) => buffer)
  const writeMs = cpuMs() - writeStart
  table.commit()
  const restores = Array.from({ length: 3 }, () => {
    const restored = open()
    const start = cpuMs()
    for (const batch of batches)
      for (const one of new BatchCursor(batch)) applyChanges(restored.table, one.records(), 0)
    return cpuMs() - start
  })
  const directory = mkdtempSync(path.join(tmpdir(), 'millrace-bench-'))
  try {
    const file = path.join(directory, 'store.snapshot')
    const identity = { topic: 't', topicId: '', partition: 0, store: 's', layout: '' }
    const saveStart = cpuMs()
    const snapshot = new SnapshotWriter(file, identity, 0, table)
    snapshot.step(Infinity)
    snapshot.finish()
    const saveMs = cpuMs() - saveStart
    const loads = Array.from({ length: 3 }, () => {
      const start = cpuMs()
      loadSnapshot(file, identity, { start: 0, end: 0 }, open().table)
      return cpuMs() - start
    })
    const perSecond = (ms: number): number => Math.round((rows / ms) * 1000)
    return {
      rows,
      changelogBytes: batches.reduce((sum, { length }) => sum + length, 0),
      writtenPerSecond: perSecond(writeMs),
      restoredPerSecond: perSecond(Math.min(...restores)),
      snapshotBytes: statSync(file).size,
      snapshotSaveMs: Math.round(saveMs),
      snapshotLoadMs: Math.round(Math.min(...loads)),
    }
  } finally {
    rmSync(directory, { recursive: true })
  }
}

count(open(), chooseKeys(200_000, 10_000), START)
const result = {
  node: process.version,
  windowedCount: [await measureCount(1000), await measureCount(100_000), await measureCount(1_000_000)],
  restore: measureRestore(1_000_000),
}
observer.disconnect()
console.log(JSON.stringify(result, undefined, 2))
