/**
 * A window store on disk that is larger than memory, as JSON: rows written, read and changed by key, in wall-clock time, and
 * what the process needs for it. The state directory grows to as many GiB as asked for (default 2).
 *
 *     npm run bench:disk -- 2
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { getHeapStatistics } from 'node:v8'
import { TaskDisk } from '../runtime/state/disk/task-disk.js'
import { StoreSet } from '../runtime/state/store-set.js'
import { Random } from './random.js'

const GIB = 1024 ** 3
const MIB = 1024 ** 2
const VALUE_BYTES = 200
const START = 1_700_000_040_000
const COMMIT_EVERY = 20_000
const identity = { topic: 't', topicId: '', partition: 0, store: 'windows', layout: '' }
const range = { start: 0, end: Infinity }

interface Opened {
  readonly stores: StoreSet
  readonly position: number | undefined
}

const open = async (directory: string): Promise<Opened> => {
  const disk = await TaskDisk.open(directory, 1, {
    warn: (message) => {
      throw new Error(message)
    },
  })
  const store = {
    name: 'windows',
    subTopology: 0,
    kind: 'window',
    columns: 1,
    bucketMs: 60_000,
    ranges: false,
  } as const
  const stores = new StoreSet([{ ...store, changelog: { topic: 't', config: {} }, location: 'disk' }], disk)
  return { stores, position: disk.load(identity, range) }
}

const value = Buffer.alloc(VALUE_BYTES)
const key = Buffer.alloc(12)

/** Counts one more of a key in its window. */
const count = ({ stores }: Opened, n: number): void => {
  key.write(`user-${String(n).padStart(7, '0')}`, 'latin1')
  const windows = stores.windows('windows')
  const { table } = windows
  table.mark()
  const slot = windows.insert(key, 0, key.length, START, START)
  table.setNumber(slot, 0, table.number(slot, 0) + 1)
  value.writeUInt32LE(n)
  table.setValue(slot, value, 0, VALUE_BYTES)
}

const commit = ({ stores }: Opened, position: number): void => {
  stores.commit()
  stores.acknowledged(() => position)
  if (stores.failure !== undefined) throw stores.failure
}

const memory = (): object => {
  const { rss, heapUsed, external } = process.memoryUsage()
  const mib = (bytes: number): number => Math.round(bytes / MIB)
  // Pages of the file count as resident, and the system takes them back when it wants memory: Linux tells them apart.
  const anonymous = /RssAnon:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  return {
    rssMiB: mib(rss),
    ownMiB: Math.round(Number(anonymous) / 1024),
    heapMiB: mib(heapUsed),
    externalMiB: mib(external),
  }
}

const perSecond = (records: number, since: number): number => Math.round((records / (performance.now() - since)) * 1000)

const gibibytes = Number(process.argv[2] ?? 2)
const directory = mkdtempSync(path.join(tmpdir(), 'millrace-bench-'))
const size = (): number => statSync(path.join(directory, 'data.mdb')).size
try {
  const first = await open(directory)
  const writing = performance.now()
  let rows = 0
  while (size() < gibibytes * GIB) {
    for (let i = 0; i < COMMIT_EVERY; i++) count(first, rows++)
    commit(first, rows)
  }
  const written = { rows, perSecond: perSecond(rows, writing), ...memory() }
  await first.stores.close()
  const opening = performance.now()
  const second = await open(directory)
  const openMs = Math.round(performance.now() - opening)
  const changes = 500_000
  const random = new Random(7)
  const changing = performance.now()
  for (let i = 1; i <= changes; i++) {
    count(second, random.below(rows))
    if (i % COMMIT_EVERY === 0) commit(second, rows + i)
  }
  const changed = { records: changes, perSecond: perSecond(changes, changing), ...memory() }
  await second.stores.close()
  const heapLimitMiB = Math.round(getHeapStatistics().heap_size_limit / MIB)
  const figures = { stateGiB: Math.round((size() / GIB) * 100) / 100, heapLimitMiB, written, openMs, changed }
  console.log(JSON.stringify(figures, undefined, 2))
} finally {
  rmSync(directory, { recursive: true })
}
