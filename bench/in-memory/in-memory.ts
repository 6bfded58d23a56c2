import { baseline } from './baseline.js'
import { schemaIds, type Contender } from './contender.js'
import { median } from '../median.js'
import { measure, type Measurement } from './measure.js'
import { generateOrders } from '../orders.js'
import { assertSameOutput } from './same-output.js'

export interface InMemoryResult {
  readonly records: number
  readonly bytesPerValue: number
  readonly recordsPerBatch: number
  /** Part of the records that pass the filter. */
  readonly selectivity: number
  readonly contenders: readonly (Measurement & {
    /** Against the first one, within each round; its median. */
    readonly timesBaseline: number
  })[]
}

/** About 900 KB: what kafkajs fetches of a partition by default. */
const records = 3000
const recordsPerBatch = 1000

/** Filter 50 %, project 3 of 14 fields, on one partition in memory: the compiled pipeline against a hand-written one. */
export async function inMemory(others: readonly Contender[]): Promise<InMemoryResult> {
  const contenders = [baseline(), ...others]
  const { recordSet, valueBytes } = generateOrders(schemaIds.order, records, recordsPerBatch)
  const passed = await assertSameOutput(contenders, recordSet)
  const measured = await measure(contenders, recordSet, records, { rounds: 7, roundMs: 400, warmUpMs: 800 })
  const [first] = measured
  return {
    records,
    recordsPerBatch,
    bytesPerValue: Math.round(valueBytes),
    selectivity: passed / records,
    contenders: measured.map((measurement) => ({
      ...measurement,
      timesBaseline: timesBaseline(measurement, first),
    })),
  }
}

function timesBaseline({ rounds }: Measurement, first: Measurement | undefined): number {
  const ratio = median(rounds.map((value, round) => value / (first?.rounds[round] ?? NaN)))
  return Number(ratio.toFixed(2))
}
