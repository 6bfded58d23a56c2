/** TypeScript types, default values and conditions of single fields: what interfaces, encoders and decoders share. */
import { covers, isEmpty } from './spec.js'
import type { Field, FieldType, PrimitiveName, Range } from './spec.js'

/** What a decoder returns, or what an encoder accepts. */
export type Side = 'message' | 'input'

const primitiveType = (name: PrimitiveName, side: Side): string => {
  switch (name) {
    case 'bool':
      return 'boolean'
    case 'int8':
    case 'int16':
    case 'uint16':
    case 'int32':
    case 'uint32':
    case 'float64':
      return 'number'
    case 'int64':
      return 'bigint'
    case 'string':
    case 'uuid':
      return 'string'
    case 'bytes':
      return side === 'message' ? 'Buffer' : 'Uint8Array'
    case 'records':
      return side === 'message' ? 'Buffer' : 'RecordsInput'
  }
}

const bareType = (type: FieldType, side: Side): string => {
  switch (type.kind) {
    case 'primitive':
      return primitiveType(type.name, side)
    case 'struct':
      return side === 'message' ? type.name : `${type.name}Input`
    case 'array':
      return `readonly ${bareType(type.element, side)}[]`
  }
}

export const isNullable = (field: Field): boolean => !isEmpty(field.nullable) || field.defaultText === 'null'

export const typeOf = (field: Field, side: Side): string =>
  bareType(field.type, side) + (isNullable(field) ? ' | null' : '')

const isInteger = (type: FieldType): boolean => type.kind === 'primitive' && type.name.includes('int')

/**
 * An encoder may do without a field that has a default of its own or is missing in some versions, and without
 * ignorable numbers (throttle times).
 */
export const isOptional = (field: Field, owner: Range): boolean =>
  field.defaultText !== undefined ||
  !isEmpty(field.tagged) ||
  !covers(field.versions, owner) ||
  (field.ignorable && isInteger(field.type))

const groupDigits = (text: string): string => text.replace(/\B(?=(\d{3})+$)/g, '_')

const integerText = (text: string): string => (/^\d{5,}$/.test(text) ? groupDigits(text) : text)

const primitiveDefault = (name: PrimitiveName, text: string | undefined): string => {
  switch (name) {
    case 'bool':
      return text ?? 'false'
    case 'int64':
      return `${integerText(text ?? '0')}n`
    case 'string':
      return `'${text ?? ''}'`
    case 'uuid':
      return 'ZERO_UUID'
    case 'records':
      return 'null'
    case 'bytes':
      return 'Buffer.alloc(0)'
    case 'int8':
    case 'int16':
    case 'uint16':
    case 'int32':
    case 'uint32':
    case 'float64':
      return integerText(text ?? '0')
  }
}

export const defaultOf = (field: Field): string => {
  if (field.defaultText === 'null') return 'null'
  switch (field.type.kind) {
    case 'primitive':
      return primitiveDefault(field.type.name, field.defaultText)
    case 'struct':
      return `default${field.type.name}`
    case 'array':
      return '[]'
  }
}

/** Condition that `version` lies in `range`, knowing that it lies in `known`; undefined when always true. */
export const inRange = (range: Range, known: Range): string | undefined => {
  const conditions: string[] = []
  if (range.min > known.min && range.min === range.max && range.max < known.max) return `version === ${range.min}`
  if (range.min > known.min) conditions.push(`version >= ${range.min}`)
  if (range.max < known.max) conditions.push(`version <= ${range.max}`)
  return conditions.length === 0 ? undefined : conditions.join(' && ')
}

/** The opposite of `inRange`; 'false' when nothing lies outside. */
export const notInRange = (range: Range, known: Range): string => {
  const conditions: string[] = []
  if (range.min > known.min) conditions.push(`version < ${range.min}`)
  if (range.max < known.max) conditions.push(`version > ${range.max}`)
  return conditions.length === 0 ? 'false' : conditions.join(' || ')
}

/** `true`, `false` or the name of the local that says whether this version is flexible. */
export const flexibleExpression = (flexible: Range, known: Range): string => {
  if (isEmpty(flexible) || flexible.min > known.max) return 'false'
  return flexible.min <= known.min ? 'true' : 'flexible'
}
