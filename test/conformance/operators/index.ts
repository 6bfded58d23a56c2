/** Operators of the case format that the DSL has: what is absent here is "not yet". */
import type { CaseOperator } from '../case-format.js'
import type { Scope } from '../scope.js'
import { filter, filterNot } from './filter.js'
import { flatMap, flatMapValues } from './flat-map.js'
import { map, mapValues, selectKey } from './map.js'
import { merge } from './merge.js'
import { peek } from './peek.js'
import { repartition } from './repartition.js'
import { split } from './split.js'

/** The statement that declares the operator. */
export type OperatorTranslator = (operator: CaseOperator, scope: Scope) => string

export const OPERATORS: Readonly<Record<string, OperatorTranslator>> = {
  filter,
  filterNot,
  flatMap,
  flatMapValues,
  map,
  mapValues,
  merge,
  peek,
  repartition,
  selectKey,
  split,
}
