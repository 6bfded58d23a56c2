/** One stream whose key has changed, and everything that may need it; run interpreted, and compiled from its text. */
import { json, nullable, pipeline, string, topic } from '../../../dsl/index.js'

export interface Order {
  readonly zip: string | null
  readonly amount: number
}

const lines = { key: nullable(string()), value: json<unknown>() }
export const orders = topic('orders', { key: string(), value: json<Order>() })
export const towns = topic('towns', { key: string(), value: json<string>() })
export const counts = topic('counts', lines)
export const sums = topic('sums', lines)
export const pairs = topic('pairs', lines)
export const named = topic('named', lines)
export const firsts = topic('firsts', lines)
export const both = topic('both', lines)

const within = { within: '5ms', grace: '5ms' } as const

export const regrouped = pipeline('regrouped', { onError: 'skip' }, (p) => {
  const byZip = p.stream(orders).selectKey((order) => order.zip)
  const counted = byZip.groupByKey({ name: 'by-zip' }).count()
  const summed = byZip.groupByKey({ name: 'again' }).aggregate(
    () => 0,
    (sum, { amount }) => {
      if (amount === 13) throw new Error('what fails in one of them is a record of none of them')
      return sum + amount
    },
  )
  counted.toStream().to(counts)
  summed.toStream().to(sums)
  counted
    .join(summed, (n, sum) => sum / n)
    .toStream()
    .to(both)
  byZip
    .leftJoin(p.table(towns), ({ amount }, town) => `${amount} ${town ?? 'nowhere'}`, { name: 'with-town' })
    .to(named)
  byZip.dedupe({ within: '5ms', by: ({ amount }) => amount, name: 'once' }).to(firsts)
  byZip.join(byZip, (a, b) => [a.amount, b.amount], { ...within, name: 'with-itself' }).to(pairs)
})
