import { describe, expectTypeOf, it } from 'vitest'
import {
  avro,
  int32,
  keyValueStore,
  listStore,
  mapStore,
  string,
  valueStore,
  type Stream,
  type Table,
} from '../../dsl/index.js'

interface Leg {
  readonly plane: string
  readonly delay: number
}
declare const legs: Stream<string, Leg>

describe('process', () => {
  it('infers keys and values of what its functions give', () => {
    const alarms = legs.process({
      stores: {
        late: valueStore({ value: int32() }),
        all: keyValueStore({ key: string(), value: avro<Leg>() }),
      },
      timers: { silence: 'stream' },
      process(leg, ctx, { stores, timers }) {
        expectTypeOf(leg).toEqualTypeOf<Leg>()
        expectTypeOf(stores.late.get()).toEqualTypeOf<number | undefined>()
        timers.silence.set(ctx.timestamp)
        // @ts-expect-error no such timer
        timers.noise.set(1)
        // @ts-expect-error it is not a number
        stores.late.set('x')
        return leg.delay > 3 ? [{ key: ctx.key, value: { late: leg.plane } }] : []
      },
      *onTimer({ name, key }, { stores }) {
        expectTypeOf(name).toEqualTypeOf<'silence'>()
        for (const [plane, leg] of stores.all.entries()) yield { key, value: { plane, last: leg.delay } }
      },
      punctuate: { every: '1m', clock: 'wall', run: (time) => [{ key: '', value: { time } }] },
    })
    expectTypeOf(alarms).toEqualTypeOf<
      Stream<string, { late: string } | { plane: string; last: number } | { time: number }>
    >()
  })

  it('gives a stream for each named output', () => {
    const { flagged, clean } = legs.process({
      outputs: ['flagged', 'clean'],
      process: (leg, ctx) =>
        leg.delay > 3
          ? [{ to: 'flagged', key: ctx.key, value: leg.delay }]
          : [{ to: 'clean', key: 7, value: leg.plane }],
    })
    expectTypeOf(flagged).toEqualTypeOf<Stream<string, number>>()
    expectTypeOf(clean).toEqualTypeOf<Stream<number, string>>()
    legs.process({
      outputs: ['flagged'],
      // @ts-expect-error no such output
      process: (leg, ctx) => [{ to: 'other', key: ctx.key, value: leg }],
    })
  })

  it('keeps keys where it gives values only', () => {
    const values = legs.processValues({
      stores: { seen: listStore({ value: string() }), by: mapStore({ key: string(), value: int32() }) },
      process: (leg, _, { stores }) => {
        expectTypeOf(stores.seen.get()).toEqualTypeOf<string[]>()
        return [{ value: leg.delay }]
      },
    })
    expectTypeOf(values).toEqualTypeOf<Stream<string, number>>()
  })
})

describe('options of aggregates', () => {
  it('say whether rows can go', () => {
    expectTypeOf(legs.groupByKey().count()).toEqualTypeOf<Table<string, number, never>>()
    expectTypeOf(legs.groupByKey().count({ name: 'n' })).toEqualTypeOf<Table<string, number, never>>()
    expectTypeOf(legs.groupByKey().count({ ttl: '7d' })).toEqualTypeOf<Table<string, number>>()
    expectTypeOf(legs.groupByKey().count({ emit: { every: '1s' } })).toEqualTypeOf<Table<string, number, never>>()
    // @ts-expect-error no duration
    legs.groupByKey().count({ ttl: 7 })
  })
})
