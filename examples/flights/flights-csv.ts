/** The month of flights as the public data set has it, read from the compressed CSV file beside this one. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

export type Row = Readonly<Record<Column, string>>

const columns = [
  'year',
  'month',
  'day',
  'dep_time',
  'sched_dep_time',
  'dep_delay',
  'arr_time',
  'sched_arr_time',
  'arr_delay',
  'carrier',
  'flight',
  'tailnum',
  'origin',
  'dest',
  'air_time',
  'distance',
  'hour',
  'minute',
  'time_hour',
] as const
export type Column = (typeof columns)[number]

/** Rows in the order of their scheduled departure, so that event time hardly runs backwards. */
export function readFlights(file = fileURLToPath(new URL('./data/flights-2013-01.csv.gz', import.meta.url))): Row[] {
  const [header, ...lines] = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n')
  if (header !== columns.join(',')) throw new Error(`${file}: unexpected columns: ${header}`)
  return lines.map(parseRow).sort((a, b) => scheduledInstant(a) - scheduledInstant(b))
}

function parseRow(line: string): Row {
  const cells = line.split(',')
  return Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? ''])) as Record<Column, string>
}

export function scheduledInstant(row: Row): number {
  return Date.parse(row.time_hour) + Number(row.minute) * 60_000
}

/** `NA` is how the data set writes what is not known. */
export function numberOrNull(cell: string): number | null {
  return cell === 'NA' ? null : Number(cell)
}
