/** Operators of the case format that the DSL has: what is absent here is "not yet". */
import type { CaseOperator } from '../case-format.js'
import type { Scope } from '../scope.js'
import { aggregate, cogroup, count, reduce } from './aggregate.js'
import { filter, filterNot } from './filter.js'
import { flatMap, flatMapValues } from './flat-map.js'
import { groupBy, groupByKey, windowedBy } from './group.js'
import { fkJoin, globalTableJoin, streamStreamJoin, streamTableJoin, tableTableJoin } from './join.js'
import { map, mapValues, selectKey } from './map.js'
import { merge } from './merge.js'
import { peek } from './peek.js'
import { punctuate } from './punctuate.js'
import { repartition } from './repartition.js'
import { split } from './split.js'
import { suppress, toStream, toTable } from './table.js'

/** The statement that declares the operator. */
export type OperatorTranslator = (operator: CaseOperator, scope: Scope) => string

export const OPERATORS: Readonly<Record<string, OperatorTranslator>> = {
  aggregate,
  cogroup,
  count,
  filter,
  filterNot,
  fkJoin,
  flatMap,
  flatMapValues,
  globalTableJoin,
  groupBy,
  groupByKey,
  map,
  mapValues,
  merge,
  peek,
  punctuate,
  reduce,
  repartition,
  selectKey,
  split,
  streamStreamJoin,
  streamTableJoin,
  suppress,
  tableTableJoin,
  toStream,
  toTable,
  windowedBy,
}
