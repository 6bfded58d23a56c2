import path from 'node:path'
import { expect, it } from 'vitest'
import { compile } from '../../../compiler/index.js'
import { project } from '../frontend/project.js'

const source = `
import { double, json, pipeline, string, topic, tumbling } from 'millrace'
interface Order { readonly id: string; readonly amount: number }
const orders = topic('orders', { key: string(), value: json<Order>() })
const prices = topic('prices', { key: string(), value: double() })
const out = topic('out', { key: string(), value: json<unknown>() })
export const made = pipeline('made', (p) => {
  const table = p.table(prices, { name: 'prices', store: 'disk' })
  p.stream(orders).join(table, (order, price) => order.amount * price).to(out)
  p.stream(orders).groupByKey().windowedBy(tumbling('1h', { grace: '1m' })).count({ name: 'hours', store: 'disk' })
    .toStream().selectKey((_, ctx) => ctx.key.key).to(out)
  p.stream(orders).groupByKey().count({ name: 'all', store: 'memory' }).toStream().to(out)
})
`

it('says of each store where its rows are: what the author says, and stream time in memory', async () => {
  const { root, files } = project({ 'pipeline.ts': source })
  const { diagnostics, pipelines } = await compile({ root, files, outDir: path.join(root, 'generated') })
  expect(diagnostics).toEqual([])
  const stores = pipelines[0]?.manifest.stores ?? []
  expect(Object.fromEntries(stores.map(({ name, location }) => [name, location ?? 'memory']))).toEqual({
    prices: 'disk',
    hours: 'disk',
    'hours-time': 'memory',
    all: 'memory',
  })
})
