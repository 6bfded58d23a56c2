import { pipeline, topic } from 'millrace'

/** Orders with what is known of their customers. */
export const knownOrders = pipeline('known-orders', (p) => {
  const customers = p.table(topic('customers'))
  p.stream(topic('orders'))
    .join(customers, ({ orderId, total }, { name, tier }) => ({ orderId, total, name, tier }))
    .to(topic('known-orders'))
})
