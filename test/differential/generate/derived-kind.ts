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

/** A record that JSON gives back as it is: dates would come back as text. */
export function jsonRecord(choose: Chooser): Extract<ValueKind, { kind: 'record' }> {
  const withoutDates = (type: ValueKind): ValueKind => {
    switch (type.kind) {
      case 'date':
        return STRING
      case 'nullable':
        return nullableKind(withoutDates(type.inner))
      case 'array':
        return { kind: 'array', items: withoutDates(type.items) }
      case 'record':
        return { ...type, fields: type.fields.map((field) => ({ ...field, type: withoutDates(field.type) })) }
      default:
        return type
    }
  }
  const { fields } = derivedRecord(choose, 2)
  return { kind: 'record', name: 'Json', fields: fields.map((f) => ({ ...f, type: withoutDates(f.type) })) }
}
