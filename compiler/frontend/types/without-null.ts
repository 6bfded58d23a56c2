/** Helpers for nullable types. */
import type { ValueType } from '../../ir/value-type.js'
import { unionOf } from './type-reader.js'

export function isNullable(type: ValueType): boolean {
  return type.kind === 'null' || type.kind === 'undefined' || (type.kind === 'union' && type.types.some(isNullable))
}

/** The type of what is there when something is there. */
export function withoutNull(type: ValueType): ValueType {
  return type.kind === 'union' ? unionOf(type.types.filter((each) => !isNullable(each))) : type
}
