/** Flights in the weather that they departed in, against what is looked up in the CSV files. */
import { testDriver } from 'millrace/testing'
import { describe, expect, it } from 'vitest'
import { arrivedRows } from '../../examples/flights/expected-delays.js'
import { expectedConditions, expectedWeather } from '../../examples/flights/expected-weather.js'
import { readFlights, type Row } from '../../examples/flights/flights-csv.js'
import {
  delaysByConditions,
  departures,
  flightsInWeather,
  weather,
  weatherPipeline,
} from '../../examples/flights/pipelines/weather.js'
import { readWeather } from '../../examples/flights/reference-csv.js'
import compiled from '../../generated/flights/weather.js'
import { byText } from './support/by-text.js'
import { clean } from './support/clean-flight.js'

/** Days with weather of all kinds. */
const days = [30, 31]
const observations = readWeather().filter(({ weather: { observed } }) => observed >= Date.UTC(2013, 0, 29))
const arrived = arrivedRows(readFlights()).filter((row) => days.includes(Number(row.day)))
const expected = expectedWeather(arrived, observations)

/** A flight of each origin long after: it waits for its weather, those before it do not any longer. */
const closing = ['EWR', 'JFK', 'LGA'].flatMap((origin): Row[] => {
  const row = arrived.find((each) => each.origin === origin)
  return row === undefined ? [] : [{ ...row, time_hour: '2013-03-01T00:00:00Z' }]
})

const observed = observations.map(({ origin, weather: value }) => ({
  at: value.observed,
  send: (driver: Driver) => {
    driver.input(weather).send({ key: origin, value })
  },
}))
const departed = (rows: readonly Row[]) =>
  rows.map((row) => ({
    at: clean(row).departure.getTime(),
    send: (driver: Driver) => {
      driver.input(departures).send({ key: row.tailnum, value: clean(row) })
    },
  }))

type Driver = ReturnType<typeof testDriver>

describe.each([
  ['interpreted', weatherPipeline],
  ['compiled and checked in', compiled],
])('flights example, weather, %s', (_, form) => {
  const check = (driver: Driver): void => {
    expect(new Set(expected.map(({ conditions }) => conditions)).size).toBe(4)
    expect(byText(driver.output(flightsInWeather).readValues())).toEqual(byText(expected))
    const last = Object.fromEntries(
      driver
        .output(delaysByConditions)
        .readAll()
        .map(({ key, value }) => [key, value]),
    )
    expect(last).toEqual(expectedConditions(expected))
  }

  it('is that of the time of departure, when all of the weather was there before', () => {
    using driver = testDriver(form, { partitions: 3 })
    for (const { send } of [...observed, ...departed(arrived), ...departed(closing)]) send(driver)
    check(driver)
  })

  it('is that of the time of departure, when it is observed half an hour late', () => {
    using driver = testDriver(form, { partitions: 3 })
    const late = observed.map(({ at, send }) => ({ at: at + 1_800_000, send }))
    for (const { send } of [...late, ...departed(arrived)].sort((a, b) => a.at - b.at)) send(driver)
    for (const { send } of departed(closing)) send(driver)
    check(driver)
  })
})
