/** The delays pipeline of the flights example on three partitions, against what is counted from the CSV files. */
import { testDriver } from 'millrace/testing'
import { describe, expect, it } from 'vitest'
import { arrivedRows, expectedHours, expectedNames } from '../../examples/flights/expected-delays.js'
import { readFlights, type Row } from '../../examples/flights/flights-csv.js'
import { cleanFlights, delays, departuresPerHour, namedFlights } from '../../examples/flights/pipelines/delays.js'
import { airlines, airports, planes } from '../../examples/flights/pipelines/reference.js'
import { readReference } from '../../examples/flights/reference-csv.js'
import compiled from '../../generated/flights/delays.js'
import { byText } from './support/by-text.js'
import { clean } from './support/clean-flight.js'

const reference = readReference()
/** The first two days: enough for aircraft that nobody knows, and for hours without departures. */
const arrived = arrivedRows(readFlights()).filter((row) => Number(row.day) <= 2)

/** A flight of each origin long after, which closes the hours before it. */
const closing = (): Row[] =>
  ['EWR', 'JFK', 'LGA'].map((origin) => {
    const last = arrived.findLast((row) => row.origin === origin)
    if (last === undefined) throw new Error(`no flights from ${origin}`)
    return { ...last, time_hour: '2013-03-01T00:00:00Z' }
  })

describe.each([
  ['interpreted', delays],
  ['compiled and checked in', compiled],
])('flights example, delays, %s', (_, form) => {
  it('has the hours and names that the CSV files say, over a restart', () => {
    using driver = testDriver(form, { partitions: 3, commits: 'manual' })
    driver.input(airlines).sendAll([...reference.airlines].map(([key, value]) => ({ key, value })))
    driver.input(planes).sendAll([...reference.planes].map(([key, value]) => ({ key, value })))
    driver.input(airports).sendAll([...reference.airports].map(([key, value]) => ({ key, value })))
    const send = (rows: readonly Row[]) => {
      driver.input(cleanFlights).sendAll(rows.map((row) => ({ key: row.tailnum, value: clean(row) })))
      driver.commit()
    }
    const middle = Math.floor(arrived.length / 2)
    send(arrived.slice(0, middle))
    driver.restart()
    send(arrived.slice(middle))
    const names = driver.output(namedFlights).readValues()
    send(closing())
    const hours = driver.output(departuresPerHour).readValues()

    expect(byText(hours)).toEqual(byText(expectedHours(arrived)))
    expect(byText(names)).toEqual(byText(expectedNames(arrived, reference)))
  })
})
