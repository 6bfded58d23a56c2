import { describe, expect, it } from 'vitest'
import {
  int32,
  keyValueStore,
  listStore,
  mapStore,
  nullable,
  pipeline,
  string,
  topic,
  valueStore,
  type PipelineBuilder,
  type Stream,
} from '../../dsl/index.js'
import { testDriver, type TestDriver, type TestDriverOptions } from '../../testing/index.js'

const input = topic('in', { key: string(), value: int32() })
const out = topic('out', { key: string(), value: string() })

function drive(
  build: (values: Stream<string, number>, p: PipelineBuilder) => void,
  options: TestDriverOptions = {},
): TestDriver {
  return testDriver(
    pipeline('processed', (p) => {
      build(p.stream(input), p)
    }),
    options,
  )
}

function send(driver: TestDriver, key: string, value: number, timestamp = 0): void {
  driver.input(input).send({ key, value, timestamp })
}

function written(driver: TestDriver): readonly string[] {
  return driver
    .output(out)
    .readAll()
    .map(({ key, value, timestamp }) => `${key} ${value} @${timestamp}`)
}

describe('process', () => {
  it('keeps a value for each key and sends on what its functions give', () => {
    using driver = drive((values) => {
      values
        .process(
          {
            stores: { sum: valueStore({ value: int32() }) },
            process(value, ctx, { stores }) {
              const sum = (stores.sum.get() ?? 0) + value
              stores.sum.set(sum)
              return sum >= 10 ? [{ key: `${ctx.key}!`, value: `${sum}`, timestamp: 7 }] : []
            },
          },
          { name: 'sums' },
        )
        .to(out)
    })
    for (const value of [4, 5, 6]) send(driver, 'a', value)
    send(driver, 'b', 1)
    expect(written(driver)).toEqual(['a! 15 @7'])
    expect(driver.store('sums-sum').rows()).toEqual([
      { key: 'a', value: 15 },
      { key: 'b', value: 1 },
    ])
  })

  it('fires timers in stream time, for each key, at the time that they were set for', () => {
    using driver = drive((values) => {
      values
        .processValues({
          timers: { quiet: 'stream' },
          process(value, ctx, { timers }) {
            if (value < 0) timers.quiet.cancel()
            else timers.quiet.set(ctx.timestamp + value)
          },
          onTimer: ({ name, key, at }, { streamTime }) => [{ value: `${name} ${key} ${at} ${streamTime}` }],
        })
        .to(out)
    })
    send(driver, 'a', 10, 0)
    send(driver, 'b', 10, 5)
    send(driver, 'c', 10, 6)
    send(driver, 'c', -1, 7)
    // Moved: the first time does not count any more.
    send(driver, 'a', 10, 8)
    expect(written(driver)).toEqual([])
    send(driver, 'd', 100, 20)
    expect(written(driver)).toEqual(['b quiet b 15 20 @15', 'a quiet a 18 20 @18'])
  })

  it('fires timers by the wall clock without input, also after a restart', () => {
    using driver = drive(
      (values) => {
        values
          .processValues({
            timers: { patience: 'wall' },
            process(_, __, { timers, now }) {
              timers.patience.set(now + 100)
            },
            onTimer: ({ at }) => [{ value: `waited until ${at}` }],
          })
          .to(out)
      },
      { startTime: 1000 },
    )
    send(driver, 'a', 1)
    driver.restart()
    driver.advanceWallClock(99)
    expect(written(driver)).toEqual([])
    driver.advanceWallClock(1)
    expect(written(driver)).toEqual(['a waited until 1100 @1100'])
  })

  it('undoes what a record that fails has done: rows, timers and outputs', () => {
    using driver = testDriver(
      pipeline('failing', { onError: 'skip' }, (p) => {
        p.stream(input)
          .processValues(
            {
              stores: { seen: listStore({ value: int32() }) },
              timers: { once: 'stream' },
              *process(value, ctx, { stores, timers }) {
                stores.seen.add(value)
                timers.once.set(ctx.timestamp)
                yield { value: stores.seen.get().join() }
                if (value === 2) throw new RangeError('two')
              },
              onTimer: ({ at }) => [{ value: `at ${at}` }],
            },
            { name: 'list' },
          )
          .to(out)
      }),
    )
    send(driver, 'a', 1, 1)
    send(driver, 'a', 2, 2)
    send(driver, 'a', 3, 3)
    expect(written(driver)).toEqual(['a 1 @1', 'a at 1 @1', 'a 1,3 @3', 'a at 3 @3'])
    expect(driver.dropped).toBe(1)
  })

  it('drops a timer that fails, by policy, and goes on behind it', () => {
    const build = (onError: 'skip' | 'fail') =>
      pipeline('failing', { onError }, (p) => {
        p.stream(input)
          .processValues({
            timers: { due: 'stream' },
            process(value, _, { timers }) {
              timers.due.set(value)
            },
            onTimer({ key, at }) {
              if (at === 2) throw new RangeError('two')
              return [{ value: `${key} ${at}` }]
            },
          })
          .to(out)
      })
    const feed = (driver: TestDriver): void => {
      for (const [index, key] of ['a', 'b', 'c'].entries()) send(driver, key, index + 1, 0)
      send(driver, 'd', 99, 10)
    }
    using skipping = testDriver(build('skip'))
    feed(skipping)
    expect(written(skipping)).toEqual(['a a 1 @1', 'c c 3 @3'])
    using failing = testDriver(build('fail'))
    expect(() => {
      feed(failing)
    }).toThrow(/two/)
  })

  it('punctuates in stream time at multiples of the interval, what was missed once, per task', () => {
    using driver = drive(
      (values) => {
        values
          .process({
            stores: { counts: keyValueStore({ key: string(), value: int32() }) },
            process(_, ctx, { stores }) {
              stores.counts.set(ctx.key, (stores.counts.get(ctx.key) ?? 0) + 1)
            },
            punctuate: {
              every: '10ms',
              clock: 'stream',
              *run(time, { stores }) {
                for (const [key, count] of stores.counts.entries()) yield { key, value: `${count} ${time}` }
              },
            },
          })
          .to(out)
      },
      { partitions: 2 },
    )
    // Keys b and c are in one partition, d in the other one.
    for (const [key, timestamp] of [
      ['c', 3],
      ['b', 9],
      ['d', 25],
      ['b', 35],
      ['c', 39],
    ] as const) {
      send(driver, key, 0, timestamp)
    }
    expect(written(driver)).toEqual(['c 1 3 @3', 'd 1 25 @25', 'b 2 35 @35', 'c 1 35 @35'])
  })

  it('forgets rows that were not changed for their time to live', () => {
    using driver = drive((values) => {
      values
        .processValues(
          {
            stores: { names: mapStore({ key: int32(), value: int32(), ttl: '10ms' }) },
            process(value, _, { stores }) {
              stores.names.set(value, (stores.names.get(value) ?? 0) + 1)
              return [{ value: [...stores.names.entries()].map((entry) => entry.join(':')).join() }]
            },
          },
          { name: 'ttl' },
        )
        .to(out)
    })
    send(driver, 'a', 2, 0)
    send(driver, 'a', 1, 4)
    send(driver, 'a', 2, 9)
    send(driver, 'a', 3, 14)
    send(driver, 'b', 3, 30)
    expect(written(driver).map((line) => line.split(' ')[1])).toEqual(['2:1', '1:1,2:1', '1:1,2:2', '2:2,3:1', '3:1'])
    expect(driver.store('ttl-names').rows()).toEqual([{ key: ['b', 3], value: 1 }])
  })

  it('sends to named outputs, and refuses others', () => {
    using driver = drive((values) => {
      const { odd, even } = values.process({
        outputs: ['odd', 'even'],
        process: (value, ctx) =>
          value % 2 === 1
            ? [{ to: 'odd', key: ctx.key, value: { odd: value } }]
            : [{ to: 'even', key: ctx.key, value: `even ${value}` }],
      })
      odd.map((value) => `odd ${value.odd}`).to(out)
      even.to(out)
    })
    send(driver, 'a', 1)
    send(driver, 'a', 2)
    expect(written(driver)).toEqual(['a odd 1 @0', 'a even 2 @0'])
  })

  it('gets records without a key, which have no rows and no timers', () => {
    const source = topic('keyless', { key: nullable(string()), value: int32() })
    using driver = testDriver(
      pipeline('keyless', (p) => {
        p.stream(source)
          .selectKey((value) => (value === 0 ? null : 'k'))
          .process({
            stores: { count: valueStore({ value: int32() }) },
            process(value, ctx, { stores }) {
              if (ctx.key === null) return [{ key: 'nobody', value: `${value}` }]
              stores.count.set((stores.count.get() ?? 0) + 1)
              return [{ key: ctx.key, value: `${stores.count.get() ?? 0}` }]
            },
          })
          .to(out)
      }),
    )
    for (const value of [1, 0, 2]) driver.input(source).send({ key: null, value })
    expect(written(driver).toSorted()).toEqual(['k 1 @0', 'k 2 @0', 'nobody 0 @0'])
  })

  it('says what a processor gave that is no record', () => {
    using driver = drive((values) => {
      values
        .process({
          stores: { count: valueStore({ value: int32() }) },
          process: (value): Iterable<{ key: string; value: string }> => (value === 1 ? (['x'] as never) : (5 as never)),
        })
        .to(out)
    })
    expect(() => {
      send(driver, 'a', 1)
    }).toThrow(/\{ key, value \}/)
  })
})

describe('dedupe', () => {
  it('lets the first of equal records within a time go on, in either direction of time', () => {
    using driver = drive((values) => {
      values
        .dedupe({ within: '10ms', by: (value) => value })
        .map((value) => `${value}`)
        .to(out)
    })
    for (const [key, value, timestamp] of [
      ['a', 1, 20],
      ['a', 1, 29],
      ['a', 1, 11],
      ['a', 2, 21],
      ['b', 1, 22],
      ['a', 1, 30],
      ['a', 1, 10],
    ] as const) {
      send(driver, key, value, timestamp)
    }
    expect(written(driver)).toEqual(['a 1 @20', 'a 2 @21', 'b 1 @22', 'a 1 @30', 'a 1 @10'])
  })
})
