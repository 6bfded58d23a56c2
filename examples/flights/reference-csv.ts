/** Airlines, planes and airports as the public data set has them, by key, and the weather. No cell of them holds a comma in quotes. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import type { Airline, Airport, Plane } from './pipelines/reference.js'
import type { Weather } from './pipelines/weather.js'

type Cells = (column: string) => string

const readAirlines = (): Map<string, Airline> => readTable('airlines', 'carrier', (cell) => ({ name: cell('name') }))

const readPlanes = (): Map<string, Plane> =>
  readTable('planes', 'tailnum', (cell) => ({
    manufacturer: cell('manufacturer'),
    model: cell('model'),
    seats: Number(cell('seats')),
  }))

const readAirports = (): Map<string, Airport> =>
  readTable('airports', 'faa', (cell) => ({ name: cell('name'), zone: cell('tzone') }))

export function readReference() {
  return { airlines: readAirlines(), planes: readPlanes(), airports: readAirports() }
}

/** Observations in the order of the file: by origin, then time. */
export function readWeather(): { readonly origin: string; readonly weather: Weather }[] {
  const known = (cell: string): number | null => (cell === 'NA' ? null : Number(cell))
  return readRows('weather-2013-01', (cell) => ({
    origin: cell('origin'),
    weather: {
      observed: Date.parse(cell('time_hour')),
      visibility: Number(cell('visib')),
      precipitation: Number(cell('precip')),
      windSpeed: known(cell('wind_speed')),
    },
  }))
}

function readTable<R>(name: string, key: string, row: (cell: Cells) => R): Map<string, R> {
  return new Map(readRows(name, (cell) => [cell(key), row(cell)] as const))
}

function readRows<R>(name: string, row: (cell: Cells) => R): R[] {
  const file = fileURLToPath(new URL(`./data/${name}.csv.gz`, import.meta.url))
  const [header = '', ...lines] = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n')
  const columns = header.split(',')
  return lines.map((line) => {
    const cells = line.split(',')
    if (cells.length !== columns.length) throw new Error(`${file}: unexpected number of cells: ${line}`)
    return row((column) => {
      const cell = cells[columns.indexOf(column)]
      if (cell === undefined) throw new Error(`${file}: no column ${column}`)
      return cell
    })
  })
}
