/** Operators of one's own with all that they can have: each output is one of them. */
import {
  avro,
  int32,
  int64,
  keyValueStore,
  listStore,
  mapStore,
  pipeline,
  string,
  topic,
  valueStore,
} from '../../../dsl/index.js'

interface Reading {
  readonly sensor: string
  readonly value: number
}

export const readings = topic('readings', { key: string(), value: avro<Reading>() })
export const others = topic('others', { key: string(), value: string() })
const out = (name: string) => topic(name, { key: string(), value: string() })
export const sums = out('sums')
export const quiet = out('quiet')
export const lists = out('lists')
export const maps = out('maps')
export const tables = out('tables')
export const high = out('high')
export const low = out('low')
export const rekeyed = out('rekeyed')
export const waits = out('waits')
export const distinct = out('distinct')
export const distinctValues = out('distinct-values')
const threshold = 5

export const processed = pipeline('processed', { onError: 'skip' }, (p) => {
  const all = p.stream(readings)
  // Its records belong to the same tasks: they move their time on.
  p.stream(others)
    .merge(all.map((reading) => reading.sensor))
    .processValues({ stores: {}, process: (value) => (value === 'loud' ? [{ value }] : undefined) })
    .to(out('loud'))
  all
    .processValues(
      {
        stores: { sum: valueStore({ value: int32(), ttl: '30ms' }) },
        process(reading, ctx, { stores, streamTime }) {
          const sum = (stores.sum.get() ?? 0) + reading.value
          if (reading.value === -3) throw new RangeError('a reading of -3')
          if (sum < 0) stores.sum.clear()
          else stores.sum.set(sum)
          return [{ value: `${sum} at ${streamTime} of ${ctx.partition}`, timestamp: ctx.timestamp + 1 }]
        },
      },
      { name: 'sum' },
    )
    .to(sums)
  all
    .process(
      {
        stores: { last: valueStore({ value: avro<Reading>() }) },
        timers: { silence: 'stream', patience: 'wall' },
        process({ sensor, value }, _, { stores, timers, now }) {
          stores.last.set({ sensor, value })
          timers.silence.set(streamTimeOf(value))
          if (value > threshold) timers.patience.set(now + 50)
          else timers.patience.cancel()
        },
        *onTimer({ name, key, at }, { stores, streamTime, timers }) {
          yield { key, value: `${name} ${at} ${streamTime} ${stores.last.get()?.sensor ?? 'nobody'}` }
          if (name === 'patience') {
            timers.silence.cancel()
            yield { key: `${key}!`, value: 'patience', timestamp: at }
          }
        },
      },
      { name: 'quiet' },
    )
    .to(quiet)
  all
    .processValues(
      {
        stores: { seen: listStore({ value: string(), ttl: '200ms' }), longs: listStore({ value: int64() }) },
        process({ sensor, value }, _, { stores }) {
          if (value % 4 === 0) stores.seen.clear()
          stores.seen.add(sensor)
          stores.longs.set([...stores.longs.get(), BigInt(value)].slice(-3))
          return [{ value: `${stores.seen.get().join()} ${stores.longs.get().join()}` }]
        },
      },
      { name: 'lists' },
    )
    .to(lists)
  all
    .processValues(
      {
        stores: { by: mapStore({ key: string(), value: int32(), ttl: '100ms' }) },
        *process({ sensor, value }, _, { stores }) {
          if (value === 7) stores.by.clear()
          if (value === 6) stores.by.delete(sensor)
          else stores.by.set(sensor, (stores.by.get(sensor) ?? 0) + value)
          for (const [name, sum] of stores.by.entries()) yield { value: `${name} ${sum}` }
        },
      },
      { name: 'maps' },
    )
    .to(maps)
  all
    .process(
      {
        stores: { rows: keyValueStore({ key: int32(), value: avro<Reading>() }) },
        process(reading, _, { stores }) {
          stores.rows.set(reading.value, reading)
        },
        punctuate: {
          every: '20ms',
          clock: 'stream',
          *run(time, { stores }) {
            for (const [value, { sensor }] of stores.rows.entries({ from: 0, to: 20 })) {
              stores.rows.delete(value)
              yield { key: sensor, value: `${value} ${time}` }
            }
          },
        },
      },
      { name: 'table' },
    )
    .to(tables)
  const levels = all.process(
    {
      outputs: ['high', 'low'],
      stores: {},
      process: ({ sensor, value }, ctx) =>
        value > threshold
          ? [{ to: 'high', key: ctx.key, value: { sensor, above: value - threshold } }]
          : [{ to: 'low', key: ctx.key, value: sensor }],
    },
    { name: 'levels' },
  )
  levels.high.map(({ sensor, above }) => `${sensor} ${above}`).to(high)
  levels.low.to(low)
  all
    .selectKey(({ sensor }) => sensor)
    .processValues(
      {
        stores: { count: valueStore({ value: int32() }) },
        process(_, __, { stores }) {
          const count = (stores.count.get() ?? 0) + 1
          stores.count.set(count)
          return [{ value: `${count}` }]
        },
      },
      { name: 'rekeyed' },
    )
    .to(rekeyed)
  all
    .process(
      {
        stores: { counts: keyValueStore({ key: string(), value: int32() }) },
        process(_, ctx, { stores }) {
          stores.counts.set(ctx.key, (stores.counts.get(ctx.key) ?? 0) + 1)
        },
        punctuate: {
          every: '100ms',
          clock: 'wall',
          run: (time, { stores }) =>
            [...stores.counts.entries()].map(([key, count]) => ({ key, value: `${count} ${time}` })),
        },
      },
      { name: 'waits' },
    )
    .to(waits)
  all
    .dedupe({ within: '25ms', name: 'distinct' })
    .map(({ value }) => `${value}`)
    .to(distinct)
  all
    .selectKey(({ sensor }) => sensor)
    .dedupe({ within: '40ms', by: ({ value }) => ({ value }), name: 'distinct-values' })
    .map(({ value }) => `${value}`)
    .to(distinctValues)
})

function streamTimeOf(value: number): number {
  return Math.max(0, value * 10)
}
