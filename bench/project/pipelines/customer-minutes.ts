import { pipeline, topic, tumbling } from 'millrace'

/** Orders and their sum of each customer and minute, once the minute is over. */
export const customerMinutes = pipeline('customer-minutes', (p) => {
  p.stream(topic('orders'))
    .groupByKey()
    .windowedBy(tumbling('1m', { grace: '5s', emit: 'final' }))
    .aggregate(
      () => ({ orders: 0, total: 0 }),
      (sum, order) => ({ orders: sum.orders + 1, total: sum.total + order.total }),
    )
    .toStream()
    .mapRecord(({ orders, total }, { key }) => ({ key: key.key, value: { minute: key.start, orders, total } }))
    .to(topic('customer-minutes'))
})
