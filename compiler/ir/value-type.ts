/**
 * A TypeScript type as plain data: what the front end read from the checker. Nothing behind the front end sees the
 * checker. Named record types are referred to by name, so that recursive types stay finite.
 */
export type ValueType =
  | { readonly kind: 'null' | 'undefined' | 'boolean' | 'bigint' | 'bytes' | 'date' | 'decimal' }
  /** `brand`: Int, Long, Float… of millrace/types; undefined: a plain number. */
  | { readonly kind: 'number'; readonly brand: NumberBrand | undefined }
  | { readonly kind: 'string'; readonly brand: 'uuid' | undefined }
  | { readonly kind: 'literal'; readonly value: string | number | boolean | bigint }
  | { readonly kind: 'array'; readonly items: ValueType }
  | { readonly kind: 'map'; readonly values: ValueType }
  | { readonly kind: 'record'; readonly name: string }
  | { readonly kind: 'union'; readonly types: readonly ValueType[] }
  /** Cannot be a value on the wire; `text` is TypeScript's own spelling, `reason` says why. */
  | { readonly kind: 'opaque'; readonly text: string; readonly reason: string }

export type NumberBrand =
  'int' | 'long' | 'float' | 'double' | 'date' | 'timestamp-micros' | 'time-millis' | 'time-micros'

export interface RecordTypeField {
  readonly name: string
  readonly type: ValueType
  /** `name?:`: absent is undefined, not null. */
  readonly optional: boolean
}

export interface RecordType {
  /** Unique in the plan; anonymous types get a name from their path. */
  readonly name: string
  readonly anonymous: boolean
  readonly fields: readonly RecordTypeField[]
}

/** Name -> record type, for every `record` kind in a plan. */
export type RecordTypes = ReadonlyMap<string, RecordType>
