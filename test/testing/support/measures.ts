/** Declared aggregates of every kind; run interpreted, and compiled from its text. */
import {
  aggregator,
  avg,
  avro,
  collect,
  count,
  countDistinct,
  first,
  last,
  max,
  min,
  nullable,
  pipeline,
  session,
  string,
  sum,
  topic,
  topK,
  tumbling,
} from '../../../dsl/index.js'

export interface Measure {
  readonly sensor: string
  readonly level: number
  readonly note: string | null
}

export const measures = topic('measures', { key: string(), value: avro<Measure>() })
const told = topic('told', { key: string(), value: nullable(string()) })

const spread = aggregator({
  initial: () => ({ least: Infinity, greatest: -Infinity }),
  add: (acc, { level }: Measure) => ({ least: Math.min(acc.least, level), greatest: Math.max(acc.greatest, level) }),
})

const widest = aggregator({
  initial: () => 0,
  add: (acc, { level }: Measure) => Math.max(acc, Math.abs(level)),
  result: (acc) => `±${acc}`,
})

export const measured = pipeline('measured', (p) => {
  const bySensor = p.stream(measures).groupByKey()
  const numbers = { n: count(), mean: avg((m: Measure) => m.level), total: sum((m: Measure) => m.level) }
  bySensor
    .aggregate(numbers, { name: 'numbers' })
    .toStream()
    .map((row) => `${row.n}`)
    .to(told)
  bySensor
    .windowedBy(tumbling('1m', { grace: '0s' }))
    .aggregate(
      {
        ...numbers,
        least: min((m) => m.level),
        most: max((m) => m.sensor),
        one: first((m) => m.note),
        newest: last((m) => m.note),
        few: collect((m) => m.level, { limit: 2 }),
        sensors: countDistinct((m) => m.sensor),
        best: topK(
          2,
          (m) => m.sensor,
          (m) => m.level,
        ),
        spread,
      },
      { name: 'all' },
    )
    .toStream()
    .selectKey((_, { key }) => key.key)
    .map((row) => `${row.n}`)
    .to(told)
  bySensor
    .windowedBy(session('1m', { grace: '0s' }))
    .aggregate({ n: count(), sensors: countDistinct((m) => m.sensor) }, { name: 'sessions' })
    .toStream()
    .selectKey((_, { key }) => key.key)
    .map((row) => `${row?.n}`)
    .to(told)
  bySensor
    .aggregate({ widest }, { name: 'own' })
    .toStream()
    .map((row) => row.widest)
    .to(told)
})
