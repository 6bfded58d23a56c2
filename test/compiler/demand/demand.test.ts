/** What lambdas demand of their records, form by form. */
import { expect, test } from 'vitest'
import { lambdaDemand } from '../../../compiler/demand/lambda-demand.js'
import { whole, type Demand } from '../../../compiler/ir/demand.js'
import { frontHalf } from '../support/compile-project.js'

const forms: readonly (readonly [lambda: string, demand: string])[] = [
  ['(o) => o.address.country', 'address.country'],
  [`(o) => o['id']`, 'id'],
  ['(o) => o.shipping!.city', 'shipping.city'],
  ['(o) => (o as Order).id', 'id'],
  [
    '(o) => { const a = o.address; const { country, city: c } = a; return country + c }',
    'address.city, address.country',
  ],
  ['(o) => { let a = o.address; if (o.flag) a = o.shipping ?? a; return a.city }', 'address, flag, shipping'],
  ['({ id, address: { country: cc } }) => id + cc', 'address.country, id'],
  ['({ zip = "none" }) => zip', 'zip'],
  ['(o) => (o.shipping ?? o.address).country', 'address.country, shipping.country'],
  ['(o) => named(o)', 'address.city, id'],
  ['(o) => unseen(o)', '*'],
  ['(o) => ({ ...o.address, city: 1 })', 'address.country'],
  ['(o) => o', '*'],
  ['(o) => o.address', 'address'],
  ['(o) => typeof o.zip', 'zip'],
  ['(o) => o.zip == null', 'zip?'],
  ['(o) => !o.shipping', 'shipping?'],
  ['(o) => o.shipping?.city ?? "x"', 'shipping.city'],
  ['(o) => o.items.length', 'items#'],
  ['(o) => o.items.some((i) => i.qty > 1)', 'items[].qty'],
  ['(o) => { let n = 0; for (const { qty } of o.items) n += qty; return n }', 'items[].qty'],
  ['(o) => o.items.map((i) => i.sku)', 'items[].sku'],
  ['(o) => o.items.filter((i) => i.qty > 1).length', 'items[].qty'],
  ['(o) => Object.keys(o).length', '*'],
  ['(o) => JSON.stringify(o.address)', 'address'],
  ['(o) => { const unread = { a: o.id, b: o.zip }; return unread.b }', 'zip'],
  ['(o) => 1', ''],
]

function shown(demand: Demand, path = ''): string[] {
  switch (demand.kind) {
    case 'none':
      return []
    case 'whole':
      return [path === '' ? '*' : path]
    case 'presence':
      return [`${path}?`]
    case 'length':
      return [`${path}#`]
    case 'items':
      return shown(demand.items, `${path}[]`)
    case 'fields':
      return [...demand.fields].flatMap(([name, inner]) => shown(inner, path === '' ? name : `${path}.${name}`))
  }
}

test('demand by form', async () => {
  const { plan } = await frontHalf({
    'pipeline.ts': `
import { avro, json, pipeline, string, topic } from 'millrace'
interface Item { readonly sku: string; readonly qty: number }
interface Address { readonly country: string; readonly city: string }
interface Order { readonly id: string; readonly flag: boolean; readonly zip: string | null; readonly address: Address;
  readonly shipping: Address | null; readonly items: readonly Item[] }
function named(order: Order): string { return order.id + order.address.city }
const unseen: (order: Order) => string = eval('(o) => o.id')
const input = topic('orders', { key: string(), value: avro<Order>() })
export const made = pipeline('made', (p) => {
${forms.map(([lambda], index) => `  p.stream(input).map(${lambda}).to(topic('out${index}', { key: string(), value: json<unknown>() }))`).join('\n')}
})`,
  })
  const maps = plan.nodes.flatMap((node) => (node.kind === 'map' ? [node.mapper] : []))
  const found = maps.map((id, index) => {
    const body = plan.bodies.get(id)
    if (body === undefined) throw new Error('a lambda has no body')
    return [
      forms[index]?.[0],
      shown(lambdaDemand(body, plan.recordTypes, whole).value)
        .sort()
        .join(', '),
    ]
  })
  expect(found).toEqual(forms)
})
