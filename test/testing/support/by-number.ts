import { int32, int64, json, pipeline, string, topic, tumbling } from '../../../dsl/index.js'

export interface Sale {
  readonly shop: number
  readonly amount: number
}

export const sales = topic('sales', { key: string(), value: json<Sale>() })
export const byText = topic('by-text', { key: json<number>(), value: json<number>() })
export const byNumber = topic('by-number', { key: int32(), value: json<number>() })
export const byLong = topic('by-long', { key: int64(), value: json<number>() })

const hour = tumbling('1h', { grace: '0s', emit: 'final' })

export const shops = pipeline('shops', (p) => {
  const all = p.stream(sales)
  all
    .groupBy((sale) => sale.shop, { key: json<number>() })
    .windowedBy(hour)
    .count({ name: 'texts' })
    .toStream()
    .mapRecord((count, { key }) => ({ key: key.key, value: count }))
    .to(byText)
  all
    .selectKey((sale) => sale.shop, { key: int32() })
    .groupByKey({ name: 'numbered' })
    .windowedBy(hour)
    .count({ name: 'numbers' })
    .toStream()
    .mapRecord((count, { key }) => ({ key: key.key, value: count }))
    .to(byNumber)
  all
    .mapRecord((sale) => ({ key: BigInt(sale.shop), value: sale }), { key: json<bigint>() })
    .repartition({ name: 'longs', key: int64() })
    .groupByKey()
    .windowedBy(hour)
    .count({ name: 'long-counts' })
    .toStream()
    .mapRecord((count, { key }) => ({ key: key.key, value: count }))
    .to(byLong)
})
