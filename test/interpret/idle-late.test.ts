/** Windows that close without input: a record is in a result or it is late, never both and never neither. */
import { describe, expect, it } from 'vitest'
import { collect, double, hopping, json, pipeline, session, sliding, string, topic } from '../../dsl/index.js'
import { testDriver } from '../../testing/index.js'
import fc from '../fast-check.js'

const numbers = topic('numbers', { key: string(), value: double() })
const taken = topic('taken', { key: string(), value: json<readonly number[]>() })
const late = topic('late', { key: string(), value: double() })

const ends = { grace: '5ms', emit: 'final', idle: { closeAfter: '30ms' } } as const
const windows = {
  session: session('15ms', ends),
  sliding: sliding('15ms', ends),
  hopping: hopping('20ms', { ...ends, advance: '10ms' }),
}

const pipelineOf = (kind: keyof typeof windows) =>
  pipeline('idle-late', (p) => {
    const windowed = p.stream(numbers).groupByKey().windowedBy(windows[kind])
    windowed.late.to(late)
    windowed
      .aggregate({ all: collect((n: number) => n) })
      .toStream()
      .mapRecord(({ all }, { key }) => ({ key: key.key, value: all }))
      .to(taken)
  })

const drawn = fc.array(
  fc.record({
    key: fc.constantFrom('a', 'b', 'c'),
    step: fc.integer({ min: -25, max: 25 }),
    wait: fc.constantFrom(0, 0, 0, 10, 40),
  }),
  { maxLength: 40 },
)

describe.each(['session', 'sliding', 'hopping'] as const)('%s windows that close without input', (kind) => {
  it('take each record or leave it to late', () => {
    fc.assert(
      fc.property(drawn, (records) => {
        using driver = testDriver(pipelineOf(kind))
        let timestamp = 0
        for (const [value, { key, step, wait }] of records.entries()) {
          timestamp = Math.max(0, timestamp + step)
          driver.input(numbers).send({ key, value, timestamp })
          driver.advanceWallClock(wait)
        }
        driver.advanceWallClock(100)
        const inWindows = new Set(driver.output(taken).readValues().flat())
        const others = driver.output(late).readValues()
        expect(others.filter((one) => inWindows.has(one))).toEqual([])
        // A record is not late for a sliding window that would begin behind it, whether or not there is one.
        if (kind === 'sliding') return
        expect([...inWindows, ...others].toSorted((a, b) => a - b)).toEqual(records.map((_, index) => index))
      }),
      { numRuns: 60 },
    )
  })
})
