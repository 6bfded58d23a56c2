/** Which topics must have the same partitions, and why records go through internal topics. */
import path from 'node:path'
import { expect, it } from 'vitest'
import { compile, explain, type CompiledPipeline } from '../../../compiler/index.js'
import { told, project } from '../frontend/project.js'

const pipelineOf = (body: string): string => `
import { json, pipeline, string, topic } from 'millrace'
interface Order { readonly customer: string; readonly amount: number }
interface Customer { readonly name: string }
const orders = topic('orders', { key: string(), value: json<Order>() })
const more = topic('more', { key: string(), value: json<Order>() })
const customers = topic('customers', { key: string(), value: json<Customer>() })
const out = topic('out', { key: string(), value: json<unknown>() })
void [more, customers]
export const shop = pipeline('shop', (p) => {
${body}
})
`

const compiled = async (body: string) => {
  const { root, files } = project({ 'pipeline.ts': pipelineOf(body) })
  return compile({ root, files, outDir: path.join(root, 'generated') })
}

const one = async (body: string): Promise<CompiledPipeline> => {
  const { pipelines, diagnostics } = await compiled(body)
  expect(told(diagnostics)).toEqual([])
  if (pipelines[0] === undefined) throw new Error('nothing was compiled')
  return pipelines[0]
}

it('are the inputs of a join, behind the exchange that its stream needs', async () => {
  const shop = await one(`
  const byCustomer = p.stream(orders).selectKey((o) => o.customer)
  byCustomer.join(p.table(customers), (o, c) => ({ ...o, name: c.name }), { name: 'with-customer' }).to(out)`)
  expect(shop.manifest.coPartitioned).toEqual([
    { operator: 'with-customer', topics: ['shop-with-customer-repartition', 'customers'] },
  ])
  const text = explain(shop, { format: 'text', level: 'topology' })
  expect(text).toMatch(
    /shop-with-customer-repartition: with-customer needs records in the partition of their key, which select-key-byCustomer \(pipeline.ts:\d+\) may have changed/,
  )
  expect(text).toContain('shop-with-customer-repartition, customers: must have the same partitions')
})

it('are streams that are merged before they are counted, and nothing else', async () => {
  const merged = await one(
    `p.stream(orders).merge(p.stream(more)).groupByKey().count({ name: 'n' }).toStream().to(out)`,
  )
  expect(merged.manifest.coPartitioned).toEqual([{ operator: 'n', topics: ['orders', 'more'] }])
  const exchanged = await one(
    `p.stream(orders).merge(p.stream(more)).groupBy((o) => o.customer, { name: 'by' }).count({ name: 'n' }).toStream().to(out)`,
  )
  expect(exchanged.manifest.coPartitioned).toBeUndefined()
  expect(explain(exchanged, { format: 'text', level: 'topology' })).toContain(
    'shop-by-repartition: by groups by another key',
  )
})

it('are refused when the pipeline gives them different partitions', async () => {
  const { diagnostics, pipelines } = await compiled(`
  const left = p.stream(orders).repartition({ name: 'left', partitions: 12 })
  const right = p.stream(customers).repartition({ name: 'right', partitions: 8 }).toTable()
  left.join(right, (o, c) => ({ ...o, name: c.name }), { name: 'both' }).to(out)`)
  expect(pipelines).toEqual([])
  expect(told(diagnostics)).toEqual([
    expect.stringMatching(
      /^MR1303 .* both brings records of the same key together, but shop-left-repartition is given 12 partitions, shop-right-repartition is given 8 partitions$/,
    ),
  ])
})
