/** A new version of a pipeline goes on with state that the old one has written, from the changelog and from snapshots. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { compilePlan } from '../../compiler/compile.js'
import { acceptPipeline } from '../../compiler/topology-lock/accept.js'
import type { LockedPipeline } from '../../compiler/topology-lock/lock.js'
import { startBroker, type EmbeddedBroker } from '../../embedded/index.js'
import type { GeneratedPipeline } from '../../runtime/abi/index.js'
import type { AppOptions } from '../../runtime/index.js'
import { frontHalf } from '../compiler/support/compile-project.js'
import { loadModule } from '../compiler/support/run-module.js'
import { appOn } from './support/app-under-test.js'
import { eventually, produceTo, readAll } from './support/topics.js'

let broker: EmbeddedBroker
let directory: string

beforeAll(async () => {
  broker = await startBroker({ brokers: 1 })
  directory = mkdtempSync(path.join(tmpdir(), 'millrace-evolution-'))
  for (const topic of ['orders', 'sums']) await broker.createTopic(topic, { partitions: 1 })
})
afterAll(async () => {
  await broker.close()
  rmSync(directory, { recursive: true })
})

const version = (acc: string, initial: string, add: string): string => `
import { json, pipeline, string, topic } from 'millrace'
interface Order { readonly amount: number }
const orders = topic('orders', { key: string(), value: json<Order>() })
const sums = topic('sums', { key: string(), value: json<unknown>() })
export const shop = pipeline('shop', (p) => {
  p.stream(orders)
    .groupByKey()
    .aggregate((): ${acc} => (${initial}), (acc, o) => (${add}), { name: 'sums' })
    .toStream()
    .to(sums)
})
`
const first = version('{ sum: number }', '{ sum: 0 }', '{ sum: acc.sum + o.amount }')
const second = version(
  '{ sum: number; last: number | null }',
  '{ sum: 0, last: null }',
  '{ sum: acc.sum + o.amount, last: o.amount }',
)

/** As `millrace build` and `millrace plan --accept` do. */
const compiled = async (text: string, locked: LockedPipeline | undefined) => {
  const { plan, modules, root } = await frontHalf({ 'pipeline.ts': text })
  const topologyLock = { pipelines: locked === undefined ? {} : { shop: locked } }
  const { value } = await compilePlan(plan, modules, { root, outDir: path.join(root, 'generated'), topologyLock })
  if (value === undefined) throw new Error('it was not compiled')
  const code = value.files.find((file) => file.path.endsWith('.js'))?.text ?? ''
  return { pipeline: await loadModule(code), accepted: acceptPipeline(locked, value.keeps, new Set()) }
}

it('reads rows of older versions with their schemas', async () => {
  const start = async (pipeline: GeneratedPipeline, state: AppOptions['state'], amount: number) => {
    const before = (await readAll(broker.bootstrap, 'sums')).length
    const app = appOn(broker, pipeline, { guarantee: 'exactly_once', commitInterval: 50, state: state ?? {} })
    await app.start()
    await produceTo(broker.bootstrap, 'orders', [{ key: 'k', value: JSON.stringify({ amount }) }])
    const records = await eventually(
      () => readAll(broker.bootstrap, 'sums'),
      (found) => found.length === before + 1,
    )
    await app.close()
    return JSON.parse(String(records.at(-1)?.value)) as unknown
  }
  const v1 = await compiled(first, undefined)
  expect(await start(v1.pipeline, { directory }, 1)).toEqual({ sum: 1 })
  const v2 = await compiled(second, v1.accepted)
  // From a snapshot of the first version, then from a changelog that holds rows of both.
  expect(await start(v2.pipeline, { directory }, 2)).toEqual({ sum: 3, last: 2 })
  expect(await start(v2.pipeline, { directory: false }, 4)).toEqual({ sum: 7, last: 4 })
  // Back to the first: its build must be told of the second's rows, else it stops.
  const back = await compiled(first, v2.accepted)
  expect(await start(back.pipeline, { directory: false }, 8)).toEqual({ sum: 15 })
  // Who was never told of any of them does not guess.
  const stranger = appOn(
    broker,
    (await compiled(version('{ total: number }', '{ total: 0 }', '{ total: acc.total + o.amount }'), undefined))
      .pipeline,
  )
  await expect(stranger.start()).rejects.toThrow(/in a form that this build does not know/)
})
