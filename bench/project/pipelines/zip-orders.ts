import { pipeline, topic } from 'millrace'

/** Orders of each zip code: another key than the records come with. */
export const zipOrders = pipeline('zip-orders', (p) => {
  p.stream(topic('orders'))
    .groupBy((order) => order.shipTo.zip)
    .count()
    .toStream()
    .map((orders) => ({ orders }))
    .to(topic('zip-orders'))
})
