/** Paths of aircraft over some days, against what is put together from the CSV file. */
import { testDriver } from 'millrace/testing'
import { describe, expect, it } from 'vitest'
import { arrivedRows } from '../../examples/flights/expected-delays.js'
import { expectedPathCounts, expectedPaths } from '../../examples/flights/expected-paths.js'
import { readFlights, type Row } from '../../examples/flights/flights-csv.js'
import { cleanFlights } from '../../examples/flights/pipelines/delays.js'
import { pathCounts, paths, pathsPipeline } from '../../examples/flights/pipelines/paths.js'
import compiled from '../../generated/flights/paths.js'
import { byText } from './support/by-text.js'
import { clean } from './support/clean-flight.js'

const flown = arrivedRows(readFlights())
/** Flights long after, on every partition, which end the days before them. */
const closing = flown
  .slice(0, 30)
  .map((row, i): Row => ({ ...row, tailnum: `X${i}`, time_hour: '2013-03-01T00:00:00Z' }))

describe.each([
  ['interpreted', pathsPipeline, 1],
  ['compiled and checked in', compiled, 5],
])('flights example, paths, %s', (_, form, days) => {
  it('are those of the CSV file, over a restart', () => {
    using driver = testDriver(form, { partitions: 3, commits: 'manual' })
    const arrived = flown.filter((row) => Number(row.day) <= days)
    const middle = Math.floor(arrived.length / 2)
    for (const part of [arrived.slice(0, middle), arrived.slice(middle), closing]) {
      driver.input(cleanFlights).sendAll(part.map((row) => ({ key: row.tailnum, value: clean(row) })))
      driver.commit()
      driver.restart()
    }
    const expected = expectedPaths(arrived)
    expect(expected.some((path) => path.legs.length > 1)).toBe(true)
    expect(byText(driver.output(paths).readValues())).toEqual(byText(expected))
    const counts = Object.fromEntries(
      driver
        .output(pathCounts)
        .readAll()
        .map(({ key, value }) => [key, value]),
    )
    expect(counts).toEqual(expectedPathCounts(expected))
  })
})
