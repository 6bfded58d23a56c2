import { median } from '../median.js'
import type { Contender } from './contender.js'

export interface Measurement {
  readonly name: string
  /** Median over the rounds. */
  readonly recordsPerCpuSecond: number
  readonly rounds: readonly number[]
}

export interface MeasureOptions {
  readonly rounds: number
  /** CPU time of one contender in one round. */
  readonly roundMs: number
  readonly warmUpMs: number
}

/**
 * Records per second of CPU time, garbage collection included. The contenders take turns, so that a machine that changes
 * its speed changes it for all; ratios are taken within a round.
 */
export async function measure(
  contenders: readonly Contender[],
  recordSet: Buffer,
  records: number,
  { rounds, roundMs, warmUpMs }: MeasureOptions,
): Promise<readonly Measurement[]> {
  const results = contenders.map(({ name }) => ({ name, rounds: [] as number[] }))
  for (const contender of contenders) await turn(contender, recordSet, records, warmUpMs)
  for (let round = 0; round < rounds; round++) {
    for (const [i, contender] of contenders.entries()) {
      results[i]?.rounds.push(await turn(contender, recordSet, records, roundMs))
    }
  }
  return results.map((result) => ({ ...result, recordsPerCpuSecond: Math.round(median(result.rounds)) }))
}

async function turn(contender: Contender, recordSet: Buffer, records: number, forMs: number): Promise<number> {
  const start = process.cpuUsage()
  let done = 0
  for (;;) {
    await contender.process(recordSet)
    done += records
    const { user, system } = process.cpuUsage(start)
    const microseconds = user + system
    if (microseconds >= forMs * 1000) return Math.round((done / microseconds) * 1_000_000)
  }
}
