/** Airlines, planes and airports as the public data set has them, by key. No cell of them holds a comma in quotes. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import type { Airline, Airport, Plane } from './pipelines/reference.js'

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

function readTable<R>(name: string, key: string, row: (cell: Cells) => R): Map<string, R> {
  const file = fileURLToPath(new URL(`./data/${name}.csv.gz`, import.meta.url))
  const [header = '', ...lines] = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n')
  const columns = header.split(',')
  const rows = lines.map((line) => {
    const cells = line.split(',')
    if (cells.length !== columns.length) throw new Error(`${file}: unexpected number of cells: ${line}`)
    return (column: string): string => {
      const cell = cells[columns.indexOf(column)]
      if (cell === undefined) throw new Error(`${file}: no column ${column}`)
      return cell
    }
  })
  return new Map(rows.map((cell) => [cell(key), row(cell)]))
}
