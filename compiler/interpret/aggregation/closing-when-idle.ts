/** Windows that are closed when no input comes: time goes to where the last of them is over. */
import type { WindowSpec } from '../../../dsl/model/window-spec.js'
import type { FlowRecord } from '../record.js'
import type { StreamTime } from '../state/stream-time.js'
import type { TaskClock } from '../task-clock.js'
import { IdlePartitions } from './idle-partitions.js'
import type { WindowEmitter, WindowRow, WindowRows } from './windows.js'

export interface Closing {
  readonly spec: WindowSpec
  readonly rows: WindowRows
  readonly emitter: WindowEmitter
  /** Of each input. */
  readonly times: readonly StreamTime[]
  /** First stream time at which a window is closed. */
  readonly closedAt: (row: WindowRow) => number
}

/** Is told of each record. */
export function closingWhenIdle(operator: number, clock: TaskClock, closing: Closing): IdlePartitions {
  const { spec, rows, emitter, times, closedAt } = closing
  return new IdlePartitions(operator, spec.closeAfter, clock, (nothing: FlowRecord) => {
    const { partition } = nothing.origin
    const ends = rows.all().flatMap((row) => (row.partition === partition ? [closedAt(row)] : []))
    const time = Math.max(...ends, ...times.map((one) => one.at(partition)))
    for (const one of times) one.advance(partition, time)
    emitter.close(nothing, rows, time, (row, at) => closedAt(row) <= at)
  })
}
