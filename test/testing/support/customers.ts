/** Customers by country, of a table that has no changelog but its topic. */
import { json, nullable, pipeline, string, topic } from '../../../dsl/index.js'

export const customers = topic('customers', { key: string(), value: nullable(string()) })
export const perCountry = topic('per-country', { key: string(), value: json<number>() })

export const byCountry = pipeline('by-country', (p) => {
  p.table(customers, { name: 'customers', changelog: 'source' })
    .groupBy((country, { key }) => ({ key: country, value: key }))
    .count({ name: 'counts' })
    .toStream()
    .to(perCountry)
})
