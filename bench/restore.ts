/**
 * A restore as an application does it, through the embedded broker in this process: a changelog of a million windowed
 * sums, then, from the snapshot of that, its tail of 100,000. JSON; wall-clock times from when the task is given, and from
 * when the application starts, until it runs.
 *
 *     npm run bench:restore
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp, loadPipeline, type Logger } from '../runtime/index.js'
import { KafkaClient } from '../runtime/kafka/client.js'
import { BatchWriter } from '../runtime/kafka/record-batch/index.js'
import { KafkajsTransport } from '../runtime/kafka/transport/kafkajs-transport.js'
import { writeChanges } from '../runtime/state/changelog.js'
import { WindowStore } from '../runtime/state/window-store.js'
import { writePartition } from './end-to-end/write-record-set.js'
import { openSetting } from './setting.js'

const ROWS = 1_000_000
const TAIL = 100_000
const START = 1_700_000_040_000
const application = 'restore'

interface Restored {
  /** From when the task was given. */
  readonly seconds: number
  /** With connecting, joining the group and loading the snapshot. */
  readonly fromStart: number
  /** Of this process, the broker's and the registry's included. */
  readonly cpuSeconds: number
  readonly records: number
}

const setting = await openSetting()
const directory = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
try {
  const { broker, registryUrl } = setting
  const path = setting.generated('customer-minutes')
  const [description] = (await loadPipeline(path)).manifest.stores
  if (description?.changelog === undefined) throw new Error('the pipeline has no changelog')
  const { kind, columns, bucketMs, ranges, contents } = description
  if (kind !== 'window' || columns !== 0) throw new Error('the store is not what this writes')
  const topic = `${application}-${description.name}-changelog`
  const form = contents?.rows ?? 0

  /** Sums of some keys in one window, as they stand in the changelog. */
  const changes = (first: number, count: number): Buffer => {
    const store = new WindowStore({ columns, bucketMs, ranges })
    const key = Buffer.alloc(12)
    const value = Buffer.alloc(16)
    for (let n = first; n < first + count; n++) {
      key.write(`user-${String(n).padStart(7, '0')}`, 0, 'latin1')
      value.writeDoubleLE(n, 0)
      const slot = store.insert(key, 0, key.length, START, START)
      store.table.setValue(slot, value, 0, value.length)
    }
    const writer = new BatchWriter({ batchLimit: 256 * 1024 })
    writeChanges(store.table, writer, 0, form)
    const state = { producerId: -1n, producerEpoch: -1, baseSequence: -1, isTransactional: false } as const
    return Buffer.concat(writer.seal({ ...state, compression: 'none' }).map(({ buffer }) => buffer))
  }

  /** Runs the application until its task runs; without a directory it keeps no snapshot. */
  const start = async (kept: string | false): Promise<Restored> => {
    let began = 0
    let records = 0
    let seconds = 0
    let fromStart = 0
    let cpu = process.cpuUsage()
    let cpuSeconds = 0
    const note = (fields: object, message: string): void => {
      if (message === 'restoring stores') {
        began = performance.now()
        cpu = process.cpuUsage()
      }
      if (message === 'running') {
        seconds = (performance.now() - began) / 1000
        fromStart = (performance.now() - started) / 1000
        const { user, system } = process.cpuUsage(cpu)
        cpuSeconds = (user + system) / 1e6
      }
      if (message === 'stores are restored' && 'stores' in fields) {
        records += (fields.stores as readonly Restored[]).reduce((sum, store) => sum + store.records, 0)
      }
    }
    const logger: Logger = { debug: note, info: note, warn: note, error: note }
    const app = createApp({
      ...{ pipeline: path, applicationId: application, registry: { url: registryUrl }, threads: 1, env: {}, logger },
      kafka: { brokers: broker.bootstrap.split(',') },
      state: { directory: kept },
    })
    const started = performance.now()
    await app.start()
    await app.close()
    return { seconds, fromStart, cpuSeconds, records }
  }

  for (const name of ['orders', 'customer-minutes']) await broker.createTopic(name, { partitions: 1 })
  await start(false)
  const client = new KafkaClient(new KafkajsTransport({ brokers: broker.bootstrap.split(','), clientId: 'bench' }))
  const write = async (bytes: Buffer): Promise<void> => {
    await client.refresh([topic])
    await writePartition(client, topic, 0, bytes)
  }
  try {
    const empty = await start(false)
    await write(changes(0, ROWS))
    const whole = [await start(false), await start(false), await start(join(directory, 'state'))]
    await write(changes(ROWS, TAIL))
    const tail = await start(join(directory, 'state'))
    const best = whole.reduce((a, b) => (a.seconds < b.seconds ? a : b))
    const seconds = (value: number): number => Math.round(value * 1000) / 1000
    const result = {
      node: process.version,
      empty: { fromStart: seconds(empty.fromStart) },
      whole: {
        records: best.records,
        seconds: whole.map((each) => seconds(each.seconds)),
        fromStart: whole.map((each) => seconds(each.fromStart)),
        cpuSeconds: whole.map((each) => seconds(each.cpuSeconds)),
        recordsPerSecond: Math.round(best.records / best.seconds),
      },
      tail: { records: tail.records, seconds: seconds(tail.seconds), fromStart: seconds(tail.fromStart) },
    }
    console.log(JSON.stringify(result, undefined, 2))
  } finally {
    await client.close()
  }
} finally {
  rmSync(directory, { recursive: true })
  await setting.close()
}
