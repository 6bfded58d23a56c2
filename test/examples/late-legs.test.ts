/** Three late legs in a row of one aircraft, against what is found in the CSV file. */
import { testDriver } from 'millrace/testing'
import { describe, expect, it } from 'vitest'
import { arrivedRows } from '../../examples/flights/expected-delays.js'
import { expectedLateAircraft } from '../../examples/flights/expected-late-legs.js'
import { readFlights } from '../../examples/flights/flights-csv.js'
import { cleanFlights } from '../../examples/flights/pipelines/delays.js'
import { lateAircraft, lateLegs } from '../../examples/flights/pipelines/late-legs.js'
import compiled from '../../generated/flights/late-legs.js'
import { byText } from './support/by-text.js'
import { clean } from './support/clean-flight.js'

const flown = arrivedRows(readFlights())

describe.each([
  ['interpreted', lateLegs, 5],
  ['compiled and checked in', compiled, 10],
])('flights example, late legs, %s', (_, form, days) => {
  it('are those of the CSV file, over a restart', () => {
    using driver = testDriver(form, { partitions: 3, commits: 'manual' })
    const arrived = flown.filter((row) => Number(row.day) <= days)
    const middle = Math.floor(arrived.length / 2)
    for (const part of [arrived.slice(0, middle), arrived.slice(middle)]) {
      driver.input(cleanFlights).sendAll(part.map((row) => ({ key: row.tailnum, value: clean(row) })))
      driver.commit()
      driver.restart()
    }
    const expected = expectedLateAircraft(arrived)
    expect(expected.length).toBeGreaterThan(10)
    expect(byText(driver.output(lateAircraft).readValues())).toEqual(byText(expected))
  })
})
