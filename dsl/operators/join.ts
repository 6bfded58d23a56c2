/** Joins of a stream: with another stream, a table, or a global table. */
import { milliseconds, signedMilliseconds, type Duration } from '../duration.js'
import type { RecordFunction } from '../functions.js'
import type { GlobalTable } from '../global-table.js'
import type { JoinKind } from '../model/graph.js'
import { historyOf } from '../model/history.js'
import type { OperatorCall, RecordOperator } from '../model/handle.js'
import type { StateOptions, TableOptions } from '../named.js'
import type { RecordContext } from '../record-context.js'
import type { Stream } from '../stream.js'
import type { Table } from '../table.js'

export interface JoinOptions extends StateOptions {
  /** How far apart in time records may be that join; `before` and `after` are those of the other stream. */
  readonly within: Duration | { readonly before: Duration; readonly after: Duration }
  /** How long after that records are still waited for, in stream time. */
  readonly grace: Duration
}

export interface TableJoinOptions extends TableOptions {
  /** Of a versioned table: how long records wait for versions that come late. Default: they do not wait. */
  readonly grace?: Duration
  /** Hold the stream until the table has caught up at start. Default: true. */
  readonly waitForTable?: boolean
}

type Joiner<K, V, V2, R> = (left: V, right: V2, ctx: RecordContext<K>) => R

/** Records without a value never join; those without a key only where they may go on alone. */
export interface JoinOperator<K, V> {
  /** Each pair of records with one key, at most `within` apart (Kafka Streams' inner `join`). */
  join<V2, R>(
    other: Stream<K | null | undefined, V2>,
    joiner: Joiner<NonNullable<K>, NonNullable<V>, NonNullable<V2>, R>,
    options: JoinOptions,
  ): Stream<NonNullable<K>, R>
  /** Each record with the row of its key as it is now, if there is one; changes of the table give nothing. */
  join<V2, D extends null, R>(
    table: Table<NonNullable<K>, V2, D>,
    joiner: Joiner<NonNullable<K>, NonNullable<V>, V2, R>,
    options?: TableJoinOptions,
  ): Stream<NonNullable<K>, R>
  /** Each record with the row of the key that `key` gives, if there is one. */
  join<GK, V2, R>(
    table: GlobalTable<GK, V2>,
    key: RecordFunction<K, V, GK | null | undefined>,
    joiner: Joiner<K, NonNullable<V>, V2, R>,
    options?: TableOptions,
  ): Stream<K, R>
  /** As `join`; a record without a partner goes on with `undefined`, when its window is over. */
  leftJoin<V2, R>(
    other: Stream<K | null | undefined, V2>,
    joiner: Joiner<K, NonNullable<V>, NonNullable<V2> | undefined, R>,
    options: JoinOptions,
  ): Stream<K, R>
  /** As `join`; a record without a row goes on with `undefined`. */
  leftJoin<V2, D extends null, R>(
    table: Table<NonNullable<K>, V2, D>,
    joiner: Joiner<K, NonNullable<V>, V2 | undefined, R>,
    options?: TableJoinOptions,
  ): Stream<K, R>
  leftJoin<GK, V2, R>(
    table: GlobalTable<GK, V2>,
    key: RecordFunction<K, V, GK | null | undefined>,
    joiner: Joiner<K, NonNullable<V>, V2 | undefined, R>,
    options?: TableOptions,
  ): Stream<K, R>
  /** As `leftJoin`, for records of both streams. */
  outerJoin<K2 extends K | null | undefined, V2, R>(
    other: Stream<K2, V2>,
    joiner: Joiner<K | K2, NonNullable<V> | undefined, NonNullable<V2> | undefined, R>,
    options: JoinOptions,
  ): Stream<K | K2, R>
}

export function join(kind: JoinKind): RecordOperator {
  return (call: OperatorCall) => {
    const { args, kindOf } = call
    switch (kindOf(args.at(0))) {
      case 'stream':
        return joinStreams(call, kind)
      case 'table':
        return joinTable(call, kind === 'outer' ? refuseOuter(call) : kind)
      case 'global table':
        return joinGlobalTable(call, kind === 'outer' ? refuseOuter(call) : kind)
      default:
        throw args.wrong(`\`${args.callee}\` needs a stream, a table or a global table`)
    }
  }
}

function refuseOuter({ args }: OperatorCall): never {
  throw args.wrong('a stream has no outer join with a table', 'use `leftJoin`: changes of the table give no records')
}

function joinStreams({ recorder, input, args, stream, inputOf }: OperatorCall, kind: JoinKind): unknown {
  const right = inputOf(args.at(0), 'stream')
  const joiner = args.function(1, 'its joiner')
  const options = args.options(2)
  const { before, after } = span(args, options['within'])
  if (options['grace'] === undefined) throw args.wrong(`\`${args.callee}\` needs \`grace\``, "write { grace: '0s' }")
  if (before + after < 0) throw args.wrong(`\`within\` of \`${args.callee}\` ends before it begins`)
  const grace = milliseconds(options['grace'], '`grace`', args)
  const node = { kind: 'stream-join', left: input, right, join: kind, before, after, grace, joiner } as const
  return stream(recorder.add(node, args, options))
}

function span(args: OperatorCall['args'], within: unknown): { readonly before: number; readonly after: number } {
  if (typeof within === 'object' && within !== null && 'before' in within && 'after' in within) {
    return {
      before: signedMilliseconds(within.before, '`before`', args),
      after: signedMilliseconds(within.after, '`after`', args),
    }
  }
  const both = milliseconds(within, '`within`', args)
  return { before: both, after: both }
}

function joinTable({ recorder, input, args, stream, inputOf }: OperatorCall, kind: 'inner' | 'left'): unknown {
  const right = inputOf(args.at(0), 'table')
  const joiner = args.function(1, 'its joiner')
  const options = args.options(2)
  const grace = options['grace'] === undefined ? undefined : milliseconds(options['grace'], '`grace`', args)
  if (grace !== undefined && historyOf((id) => recorder.node(id), right) === undefined) {
    throw args.wrong(
      `records of \`${args.callee}\` can wait for a versioned table only`,
      "keep the table's versions, p.table(topic, { versioned: { history: '1d' } }), or leave `grace` out",
    )
  }
  const waitForTable = options['waitForTable'] ?? true
  if (typeof waitForTable !== 'boolean') throw args.wrong('`waitForTable` is neither true nor false')
  const node = { kind: 'stream-table-join', left: input, right, join: kind, joiner, grace, waitForTable } as const
  return stream(recorder.add(node, args, options))
}

function joinGlobalTable({ recorder, input, args, stream, inputOf }: OperatorCall, kind: 'inner' | 'left'): unknown {
  const right = inputOf(args.at(0), 'global table')
  const key = args.function(1, 'what gives the key of the table')
  const joiner = args.function(2, 'its joiner')
  const node = { kind: 'global-table-join', left: input, right, join: kind, key, joiner } as const
  return stream(recorder.add(node, args, args.options(3)))
}
