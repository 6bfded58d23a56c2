/** Handles of each kind, with their operators. */
import { aggregate } from '../operators/aggregate.js'
import { cogroup } from '../operators/cogroup.js'
import { addToCogroup, aggregateCogroup, windowCogroup } from '../operators/cogrouped.js'
import { count } from '../operators/count.js'
import { dedupe } from '../operators/dedupe.js'
import { filterNot } from '../operators/filter-not.js'
import { filter } from '../operators/filter.js'
import { flatMap } from '../operators/flat-map.js'
import { forEach } from '../operators/for-each.js'
import { foreignKeyJoin } from '../operators/foreign-key-join.js'
import { groupByKey } from '../operators/group-by-key.js'
import { groupBy } from '../operators/group-by.js'
import { aggregateTable, groupTable, reduceTable } from '../operators/group-table.js'
import { join } from '../operators/join.js'
import { late } from '../operators/late.js'
import { mapRecord } from '../operators/map-record.js'
import { map } from '../operators/map.js'
import { merge } from '../operators/merge.js'
import { peek } from '../operators/peek.js'
import { print } from '../operators/print.js'
import { process } from '../operators/process.js'
import { reduce } from '../operators/reduce.js'
import { repartition } from '../operators/repartition.js'
import { selectKey } from '../operators/select-key.js'
import { split } from '../operators/split.js'
import { suppress } from '../operators/suppress.js'
import { tableFilter } from '../operators/table-filter.js'
import { tableJoin } from '../operators/table-join.js'
import { tableMap } from '../operators/table-map.js'
import { toStream } from '../operators/to-stream.js'
import { toTable } from '../operators/to-table.js'
import { tableTo, to } from '../operators/to.js'
import { windowedBy } from '../operators/windowed-by.js'
import { defineOperators, Handle, type HandleKind, type RecordOperator } from './handle.js'
import type { Recorder } from './recorder.js'

class StreamHandle extends Handle {
  readonly kind = 'stream'
}
class TableHandle extends Handle {
  readonly kind = 'table'
}
class GlobalTableHandle extends Handle {
  readonly kind = 'global table'
}
class GroupedStreamHandle extends Handle {
  readonly kind = 'grouped stream'
}
class GroupedTableHandle extends Handle {
  readonly kind = 'grouped table'
}
class WindowedStreamHandle extends Handle {
  readonly kind = 'windowed stream'

  #late: Handle | undefined

  /** A property, as tables of it are: each look gives the same records. */
  get late(): Handle {
    return (this.#late ??= late(this, openHandle))
  }
}
class CogroupedStreamHandle extends Handle {
  readonly kind = 'cogrouped stream'
}
class WindowedCogroupedHandle extends Handle {
  readonly kind = 'windowed cogrouped stream'
}

const classes = {
  stream: StreamHandle,
  table: TableHandle,
  'global table': GlobalTableHandle,
  'grouped stream': GroupedStreamHandle,
  'grouped table': GroupedTableHandle,
  'windowed stream': WindowedStreamHandle,
  'cogrouped stream': CogroupedStreamHandle,
  'windowed cogrouped stream': WindowedCogroupedHandle,
} as const satisfies Record<HandleKind, new (recorder: Recorder, node: number) => Handle>

const operators: Readonly<Record<HandleKind, Readonly<Record<string, RecordOperator>>>> = {
  stream: {
    filter,
    filterNot,
    map,
    mapRecord,
    flatMap,
    selectKey,
    peek,
    print,
    forEach,
    merge,
    split,
    repartition,
    to,
    toTable,
    groupByKey,
    groupBy,
    join: join('inner'),
    leftJoin: join('left'),
    outerJoin: join('outer'),
    process: process(false),
    processValues: process(true),
    dedupe,
  },
  table: {
    filter: tableFilter(false),
    filterNot: tableFilter(true),
    map: tableMap,
    toStream,
    to: tableTo,
    groupBy: groupTable,
    join: tableJoin('inner'),
    leftJoin: tableJoin('left'),
    outerJoin: tableJoin('outer'),
    joinOn: foreignKeyJoin('inner'),
    leftJoinOn: foreignKeyJoin('left'),
    suppress,
  },
  'global table': {},
  'grouped stream': { count, reduce, aggregate, windowedBy, cogroup },
  'grouped table': { count, reduce: reduceTable, aggregate: aggregateTable },
  'windowed stream': { count, reduce, aggregate },
  'cogrouped stream': { add: addToCogroup, aggregate: aggregateCogroup, windowedBy: windowCogroup },
  'windowed cogrouped stream': { aggregate: aggregateCogroup },
}

/** What the author gets for a node: keys and values exist for the checker only. */
export function openHandle(recorder: Recorder, kind: HandleKind, node: number): Handle {
  return new classes[kind](recorder, node)
}

for (const [kind, type] of Object.entries(classes)) {
  defineOperators(type.prototype, operators[kind as HandleKind], openHandle)
}
