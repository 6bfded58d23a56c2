/** Types of values that lambdas make: what JSON and derived Avro schemas can hold. */
import type { Chooser } from '../../avro/arbitrary-schema.js'
import { BOOLEAN, DOUBLE, STRING, type KindField, type ValueKind } from './value-kind.js'

const NAMES = ['first', 'second', 'third', 'fourth']

export function derivedKind(choose: Chooser, depth = 2): ValueKind {
  switch (choose.below(depth > 0 ? 9 : 4)) {
    case 0:
      return STRING
    case 1:
      return DOUBLE
    case 2:
      return BOOLEAN
    case 3:
      return { kind: 'date' }
    case 4:
      return nullableKind(derivedKind(choose, depth - 1))
    case 5:
      return { kind: 'array', items: derivedKind(choose, 0) }
    default:
      return derivedRecord(choose, depth - 1)
  }
}

export function derivedRecord(choose: Chooser, depth = 1): Extract<ValueKind, { kind: 'record' }> {
  const fields: KindField[] = NAMES.slice(0, 1 + choose.below(NAMES.length)).map((name) => ({
    name,
    type: derivedKind(choose, depth),
  }))
  return { kind: 'record', name: 'Derived', fields }
}

function nullableKind(inner: ValueKind): ValueKind {
  return inner.kind === 'nullable' ? inner : { kind: 'nullable', inner }
}
