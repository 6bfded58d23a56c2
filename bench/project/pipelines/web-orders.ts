import { pipeline, topic } from 'millrace'

/** What the benchmarks measure: half of the orders pass, three of their fourteen fields are written. */
export const webOrders = pipeline('web-orders', (p) => {
  p.stream(topic('orders'))
    .filter((order) => order.channel === 'web')
    .map(({ orderId, customerId, total }) => ({ orderId, customerId, total }))
    .to(topic('web-orders'))
})
