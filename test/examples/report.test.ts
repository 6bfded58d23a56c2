/** The report of each day, against what is counted from the CSV file. */
import { testDriver } from 'millrace/testing'
import { describe, expect, it } from 'vitest'
import { arrivedRows } from '../../examples/flights/expected-delays.js'
import { expectedRoutes } from '../../examples/flights/expected-report.js'
import { readFlights, type Row } from '../../examples/flights/flights-csv.js'
import { cleanFlights } from '../../examples/flights/pipelines/delays.js'
import { report, reports } from '../../examples/flights/pipelines/report.js'
import compiled from '../../generated/flights/report.js'
import { clean } from './support/clean-flight.js'

const arrived = arrivedRows(readFlights()).filter((row) => Number(row.day) <= 3)
/** Flights long after, of routes on every partition. */
const closing = arrived.slice(0, 200).map((row): Row => ({ ...row, time_hour: '2013-03-01T00:00:00Z' }))

describe.each([
  ['interpreted', report],
  ['compiled and checked in', compiled],
])('flights example, report, %s', (_, form) => {
  it('has the ten worst routes of each day', () => {
    using driver = testDriver(form, { partitions: 3 })
    driver.input(cleanFlights).sendAll([...arrived, ...closing].map((row) => ({ key: row.tailnum, value: clean(row) })))
    const last = new Map(
      driver
        .output(reports)
        .readAll()
        .map(({ key, value }) => [key, value.worst]),
    )
    const expected = expectedRoutes(arrived)
    expect([...last.keys()].sort()).toEqual(Object.keys(expected).sort())
    for (const [day, routes] of Object.entries(expected)) {
      const worst = last.get(day) ?? []
      // Routes that share the tenth place may stand for one another.
      expect(worst.map((route) => route.meanDelay)).toEqual(routes.slice(0, 10).map((route) => route.meanDelay))
      expect(routes).toEqual(expect.arrayContaining([...worst]))
    }
  })
})
