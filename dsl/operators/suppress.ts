import { milliseconds, type Duration } from '../duration.js'
import type { OperatorCall } from '../model/handle.js'
import type { Named } from '../named.js'
import type { Table } from '../table.js'

export interface SuppressOptions extends Named {
  /** `windowCloses`: one result for each window, when it is closed · a time: at most one change of a key in that time. */
  readonly until: 'windowCloses' | Duration
  /** By which time a key is held back; for windows it is stream time. Default: `stream`. */
  readonly clock?: 'stream' | 'wall'
  /** How many keys are held back at most. Default: as many as there are. */
  readonly maxRecords?: number
  /** What happens when more come: the oldest goes on early, or the record fails. Default: `emitEarly`, `fail` for windows. */
  readonly onFull?: 'emitEarly' | 'fail'
}

export interface SuppressOperator<out K, out V, out D extends null> {
  /** Holds changes back, in stream time (Kafka Streams' `suppress`) or by the wall clock. */
  suppress(options: SuppressOptions): Table<K, V, D>
}

export function suppress({ recorder, input, args, table }: OperatorCall): unknown {
  const options = args.options(0)
  const { until, maxRecords, clock = 'stream' } = options
  const closes = until === 'windowCloses'
  const onFull = options['onFull'] ?? (closes ? 'fail' : 'emitEarly')
  if (onFull !== 'emitEarly' && onFull !== 'fail') throw args.wrong("`onFull` is neither 'emitEarly' nor 'fail'")
  if (closes && onFull === 'emitEarly') {
    throw args.wrong(
      'results held until their window closes cannot go on early',
      "leave `onFull` out, or set it to 'fail'",
    )
  }
  if (clock !== 'stream' && clock !== 'wall') throw args.wrong("`clock` of `suppress` is neither 'stream' nor 'wall'")
  if (closes && clock === 'wall') throw args.wrong('windows close in stream time', 'leave `clock` out')
  if (
    maxRecords !== undefined &&
    !(typeof maxRecords === 'number' && Number.isInteger(maxRecords) && maxRecords >= 0)
  ) {
    throw args.wrong('`maxRecords` of `suppress` is no whole number from 0')
  }
  return table(
    recorder.add(
      {
        kind: 'suppress',
        input,
        clock,
        until: closes ? 'window-closes' : milliseconds(until, '`until`', args),
        maxRecords,
        onFull: onFull === 'fail' ? 'fail' : 'emit-early',
      },
      args,
      options,
    ),
  )
}
