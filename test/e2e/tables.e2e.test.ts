/**
 * Tables end to end, exactly once: orders meet their customer's row and a country of a global table, customers are
 * counted by country; a process is killed in the middle and begun again with nothing but its changelogs, one of which is the
 * topic of the customers itself.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newProject, type Project } from '../cli/support/project.js'
import { openCluster, type Cluster } from './cluster.js'
import { ProgramRuns } from './program-runs.js'

const pipelines = `import { json, nullable, pipeline, string, topic } from 'millrace'
interface Customer { readonly name: string; readonly country: string }
const customers = topic('customers', { key: string(), value: json<Customer>() })
const countries = topic('countries', { key: string(), value: string() })
const taxes = topic('taxes', { key: string(), value: string() })
const orders = topic('orders', { key: string(), value: string() })
const text = { key: string(), value: string() }
export const shop = pipeline('shop', (p) => {
  const byId = p.table(customers, { name: 'customers', changelog: 'source' })
  const names = p.globalTable(countries)
  p.stream(orders)
    .join(byId, (order, customer) => ({ order, name: customer.name, country: customer.country }))
    .leftJoin(names, (o) => o.country, (o, country) => \`\${o.order}: \${o.name}, \${country ?? '?'}\`)
    .to(topic('enriched', text))
  byId
    .joinOn(p.table(taxes), (c) => c.country, (c, tax) => \`\${c.name}: \${tax}\`)
    .toStream()
    .to(topic('taxed', { key: string(), value: nullable(string()) }))
  byId
    .groupBy((customer, { key }) => ({ key: customer.country, value: key }))
    .count({ name: 'per-country' })
    .toStream()
    .to(topic('per-country', { key: string(), value: json<number>() }))
})
`
let cluster: Cluster
let project: Project
let runs: ProgramRuns

beforeAll(async () => {
  cluster = await openCluster()
  project = await newProject(cluster)
  runs = new ProgramRuns(project, cluster.brokers, 'shop')
  await project.remove('pipelines/large-orders.ts')
  await project.write('pipelines/shop.ts', pipelines)
  await runs.writeProgram()
  const { code, stderr } = await project.run(['build'])
  expect(code, stderr).toBe(0)
  await cluster.createTopic('customers', { partitions: 3, config: { 'cleanup.policy': 'compact' } })
  for (const name of ['orders', 'enriched', 'per-country']) await cluster.createTopic(name, { partitions: 3 })
  await cluster.createTopic('taxed', { partitions: 3 })
  // A foreign key leads to tables with other partitions.
  for (const name of ['countries', 'taxes']) await cluster.createTopic(name, { partitions: 2 })
})
afterAll(async () => {
  await project[Symbol.asyncDispose]()
  await cluster.close()
})

const customer = (id: number, country: string) => ({
  key: `c${id}`,
  value: JSON.stringify({ name: `Customer ${id}`, country }),
})

const enriched = async (): Promise<readonly string[]> =>
  (await cluster.read('enriched')).map(({ value }) => String(value)).sort()

/** How many customers have which tax by now. */
async function taxed(): Promise<Readonly<Record<string, number>>> {
  const rows = new Map((await cluster.read('taxed')).map(({ key, value }) => [String(key), value]))
  const counts: Record<string, number> = {}
  for (const value of rows.values()) {
    const tax = value === null ? 'none' : (String(value).split(': ')[1] ?? '')
    counts[tax] = (counts[tax] ?? 0) + 1
  }
  return counts
}

/** Newest value of each key. */
async function perCountry(): Promise<Readonly<Record<string, number>>> {
  const rows = (await cluster.read('per-country')).map(
    ({ key, value }) => [String(key), Number(String(value))] as const,
  )
  return Object.fromEntries(rows)
}

it('rows are looked up, moved between groups and restored', async () => {
  const countries = [
    { key: 'fr', value: 'France' },
    { key: 'it', value: 'Italy' },
  ]
  await cluster.produce('countries', countries)
  await cluster.produce('taxes', [
    { key: 'fr', value: '20' },
    { key: 'it', value: '22' },
  ])
  await cluster.produce(
    'customers',
    Array.from({ length: 60 }, (_, id) => customer(id, id % 2 === 0 ? 'fr' : 'it')),
  )
  const order = (id: number, text: string) => ({ key: `c${id}`, value: text })
  await cluster.produce(
    'orders',
    Array.from({ length: 60 }, (_, id) => order(id, `first ${id}`)),
  )
  const firstOrders = Array.from(
    { length: 60 },
    (_, id) => `first ${id}: Customer ${id}, ${id % 2 === 0 ? 'France' : 'Italy'}`,
  ).sort()
  const first = runs.start('state-of-first')
  await runs.until(first, async () => (await enriched()).length >= 60 && (await perCountry())['it'] === 30)
  expect(await enriched()).toEqual(firstOrders)
  expect(await perCountry()).toEqual({ fr: 30, it: 30 })
  await runs.until(first, async () => (await taxed())['22'] === 30)
  expect(await taxed()).toEqual({ 20: 30, 22: 30 })
  await runs.end(first, 'SIGKILL')

  // Ten move to a country that nobody has named, ten are gone.
  await cluster.produce('customers', [
    ...Array.from({ length: 10 }, (_, i) => customer(2 * i, 'es')),
    ...Array.from({ length: 10 }, (_, i) => ({ key: `c${2 * i + 1}`, value: null })),
  ])
  await cluster.produce(
    'orders',
    Array.from({ length: 60 }, (_, id) => order(id, `then ${id}`)),
  )
  const thenOrders = Array.from({ length: 60 }, (_, id) => {
    if (id >= 20) return [`then ${id}: Customer ${id}, ${id % 2 === 0 ? 'France' : 'Italy'}`]
    return id % 2 === 0 ? [`then ${id}: Customer ${id}, ?`] : []
  }).flat()
  await cluster.produce('taxes', [
    { key: 'fr', value: '21' },
    { key: 'es', value: '18' },
  ])
  const second = runs.start('state-of-second')
  await runs.until(second, async () => (await enriched()).length >= 110 && (await perCountry())['es'] === 10)
  const after = { 18: 10, 21: 20, 22: 20, none: 10 }
  await runs.until(second, async () => JSON.stringify(await taxed()) === JSON.stringify(after))
  await runs.end(second, 'SIGTERM')
  expect(await enriched()).toEqual([...firstOrders, ...thenOrders].sort())
  expect(await perCountry()).toEqual({ fr: 20, it: 20, es: 10 })
}, 180_000)
