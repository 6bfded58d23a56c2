/**
 * What a serde is, as plain data: the DSL builds it, the compiler and the runtime interpret it.
 * `avro` without a subject takes the subject of the topic that it is used with (`<topic>-key`, `<topic>-value`).
 */
import type { Site } from './call-site.js'

export type SerdeSpec =
  | AvroSerdeSpec
  | JsonSerdeSpec
  | { readonly kind: 'string' | 'bytes' | 'int32' | 'int64' | 'double' | 'uuid' }
  | { readonly kind: 'nullable'; readonly inner: SerdeSpec }

export interface AvroSerdeSpec {
  readonly kind: 'avro'
  readonly subject: string | undefined
  /** Where `avro<T>()` stands: the compiler reads T there. */
  readonly site: Site | undefined
}

export interface JsonSerdeSpec {
  readonly kind: 'json'
  /** Where `json<T>()` stands: the compiler reads T there. */
  readonly site: Site | undefined
}

export type SerdeKind = SerdeSpec['kind']
