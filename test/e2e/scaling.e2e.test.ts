/**
 * Three processes of two threads with state, at both guarantees: scaled from one to three to two in the middle of the
 * stream, one killed, all restarted one after the other. What comes out is what the interpreter makes of the same input.
 */
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { AppSettings } from '../../runtime/index.js'
import { testDriver } from '../../testing/index.js'
import { newProject, type Project } from '../cli/support/project.js'
import { openCluster, type Cluster } from './cluster.js'
import { Fleet } from './fleet.js'
import { customers, largest, namedOrders, orders, perMinute, sales, type Order } from './pipelines/sales.js'

const PARTITIONS = 4
const CUSTOMERS = 40
/** Orders of one write while things happen, and of the last. */
const PART = 20
const PACE_MS = 100
const REST = 300
const START = Date.UTC(2026, 0, 1)

let project: Project
let cluster: Cluster

beforeAll(async () => {
  const first = await openCluster()
  project = await newProject(first)
  await project.remove('pipelines/large-orders.ts')
  const text = await readFile(fileURLToPath(new URL('pipelines/sales.ts', import.meta.url)), 'utf8')
  await project.write('pipelines/sales.ts', text.replace('../../../dsl/index.js', 'millrace'))
  await Fleet.writeProgram(project, 'sales')
  const { code, stderr } = await project.run(['build'])
  expect(code, stderr).toBe(0)
  await first.close()
})
afterAll(() => project[Symbol.asyncDispose]())
beforeEach(async () => {
  cluster = await openCluster()
  for (const { name } of [customers, orders, namedOrders, perMinute, largest]) {
    await cluster.createTopic(name, { partitions: PARTITIONS })
  }
})
afterEach(() => cluster.close())

const everyCustomer = Array.from({ length: CUSTOMERS }, (_, i) => ({
  key: `c${i}`,
  value: { name: `Customer ${i}` },
  timestamp: START,
}))

interface Written {
  readonly key: string
  readonly value: Order
  readonly timestamp: number
}

const order = (id: number): Written => ({
  key: `c${(id * 31) % CUSTOMERS}`,
  value: { id, product: `p${(id * 7) % 11}`, amount: (id * 7919) % 1009 },
  timestamp: START + id * 150,
})

interface Texts {
  readonly key: unknown
  readonly value: unknown
}

/** By key, the values in order, as JSON. */
const byKey = (records: readonly Texts[]): ReadonlyMap<string, readonly string[]> => {
  const result = new Map<string, string[]>()
  for (const { key, value } of records) {
    const values = result.get(String(key))
    if (values === undefined) result.set(String(key), [String(value)])
    else values.push(String(value))
  }
  return new Map([...result].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

const lastOf = (series: ReadonlyMap<string, readonly string[]>): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries([...series].map(([key, values]) => [key, values.at(-1)]))

const expected = (written: readonly Written[]) => {
  using driver = testDriver(sales, { partitions: PARTITIONS })
  driver.input(customers).sendAll(everyCustomer)
  driver.input(orders).sendAll(written)
  const all = (topic: typeof namedOrders | typeof perMinute) =>
    byKey(
      driver
        .output<string, unknown>(topic)
        .readAll()
        .map(({ key, value }) => ({ key, value: JSON.stringify(value) })),
    )
  return { named: all(namedOrders), perMinute: all(perMinute), largest: all(largest) }
}

const found = async () => {
  const all = async (topic: string) => byKey(await cluster.read(topic))
  return { named: await all(namedOrders.name), perMinute: await all(perMinute.name), largest: await all(largest.name) }
}

/** The windowed count as its changelog gives it, by key and start of the window. */
const replayed = async (): Promise<Readonly<Record<string, string | undefined>>> => {
  const rows = new Map<string, string>()
  for (const { key, value } of await cluster.read('sales-per-minute-changelog')) {
    if (key === null || value === null) throw new Error('nothing is deleted before its window is over')
    const start = key.readBigInt64BE(key.length - 12)
    // A byte of flags, then the count.
    rows.set(`${key.toString('utf8', 0, key.length - 12)}@${start}`, String(value.readDoubleBE(1)))
  }
  return Object.fromEntries([...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

const total = (last: Readonly<Record<string, string | undefined>>): number =>
  Object.values(last).reduce((sum, count) => sum + Number(count), 0)

const guarantees: readonly NonNullable<AppSettings['guarantee']>[] = ['exactly_once', 'at_least_once']

it.each(guarantees)(
  '%s: a kill, a rolling restart and 1 → 3 → 2 processes change nothing of what comes out',
  async (guarantee) => {
    await using fleet = new Fleet(project, cluster.brokers, {
      guarantee,
      threads: 2,
      sessionTimeout: 2000,
      heartbeatInterval: 100,
      commitInterval: 50,
    })
    await cluster.produce(
      customers.name,
      everyCustomer.map((record) => ({ ...record, value: JSON.stringify(record.value) })),
    )
    const written: Written[] = []
    const write = async (count: number): Promise<void> => {
      const part = Array.from({ length: count }, (_, i) => order(written.length + i))
      await cluster.produce(
        orders.name,
        part.map((record) => ({ ...record, value: JSON.stringify(record.value) })),
      )
      written.push(...part)
    }
    let isOver = false
    // Until all is done, so that it is done in the middle of the stream.
    const writeOn = async (): Promise<void> => {
      while (!isOver) {
        await write(PART)
        // Others want to compute as well.
        await pause(PACE_MS)
      }
    }
    const writing = writeOn()
    const more = async (): Promise<void> => {
      const before = await cluster.count(namedOrders.name)
      await fleet.until(async () => (await cluster.count(namedOrders.name)) > before + PART)
    }

    await fleet.start('p0')
    await more()
    await Promise.all([fleet.start('p1'), fleet.start('p2')])
    await more()
    await fleet.kill('p1')
    await fleet.start('p1')
    await more()
    // The one that was killed has been restarted already.
    for (const name of ['p0', 'p2']) {
      await fleet.terminate(name)
      await fleet.start(name)
    }
    await more()
    await fleet.terminate('p2')
    isOver = true
    await writing
    await write(REST)

    const want = expected(written)
    await fleet.until(async () => {
      const { named, perMinute } = await found()
      const distinct = [...named.values()].reduce((sum, values) => sum + new Set(values).size, 0)
      return distinct >= written.length && total(lastOf(perMinute)) >= written.length
    })
    for (const name of ['p0', 'p1']) await fleet.terminate(name)

    const got = await found()
    expect(await replayed()).toEqual(lastOf(got.perMinute))
    expect(lastOf(got.largest)).toEqual(lastOf(want.largest))
    if (guarantee === 'exactly_once') {
      expect(got).toEqual(want)
      return
    }
    expect(lastOf(got.named)).toEqual(lastOf(want.named))
    expect([...got.perMinute.keys()]).toEqual([...want.perMinute.keys()])
    for (const [key, values] of want.named) expect(new Set(got.named.get(key))).toEqual(new Set(values))
  },
  180_000,
)
