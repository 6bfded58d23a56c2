import type { ValueType } from '../../ir/value-type.js'

export function orUndefined(type: ValueType): ValueType {
  const types = type.kind === 'union' ? type.types : [type]
  return mayBeUndefined(type) ? type : { kind: 'union', types: [...types, { kind: 'undefined' }] }
}

export function mayBeUndefined(type: ValueType): boolean {
  return type.kind === 'undefined' || (type.kind === 'union' && type.types.some(mayBeUndefined))
}
