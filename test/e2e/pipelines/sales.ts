/** A table join, an exchange and a windowed count: interpreted in a test, and compiled from its text. */
import { json, pipeline, string, topic, tumbling } from '../../../dsl/index.js'

interface Customer {
  readonly name: string
}

export interface Order {
  readonly id: number
  readonly product: string
  readonly amount: number
}

export interface NamedOrder extends Order {
  readonly name: string
}

export const customers = topic('customers', { key: string(), value: json<Customer>() })
export const orders = topic('orders', { key: string(), value: json<Order>() })
export const namedOrders = topic('named-orders', { key: string(), value: json<NamedOrder>() })
export const perMinute = topic('per-minute', { key: string(), value: json<number>() })
export const largest = topic('largest', { key: string(), value: json<NamedOrder>() })

export const sales = pipeline('sales', (p) => {
  const named = p
    .stream(orders)
    .join(p.table(customers, { name: 'customers' }), (order, customer) => ({ ...order, name: customer.name }))
  named.to(namedOrders)
  // What comes twice does not change it.
  named
    .groupByKey()
    .reduce((most, order) => (order.amount > most.amount ? order : most), { name: 'largest' })
    .toStream()
    .to(largest)
  named
    .groupBy((order) => order.product, { name: 'by-product' })
    .windowedBy(tumbling('1m', { grace: '1h' }))
    .count({ name: 'per-minute' })
    .toStream()
    .mapRecord((n, { key }) => ({ key: `${key.key}@${key.start}`, value: n }))
    .to(perMinute)
})
