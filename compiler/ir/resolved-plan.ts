/**
 * A logical plan with everything known that the type checker and the schema lock can tell: lambdas as our own
 * expression trees, the type of keys and values on every edge, the schemas of sources and sinks. Made by the passes
 * resolve-closures and resolve-types; no ts-morph node is left.
 */
import type { AvroSchema } from '../../avro/schema.js'
import type { JsonLongs } from '../../dsl/model/json-longs.js'
import type { PlaceId } from './exchange.js'
import type { Lambda } from './lambda.js'
import type { LambdaId, LogicalPlan, NodeId } from './logical-plan.js'
import type { RecordTypes, ValueType } from './value-type.js'

/** A serde with its schemas: what decoders and encoders are generated from. */
export type ResolvedSerde =
  | {
      readonly kind: 'avro'
      readonly subject: string
      /** The schema in which the author's types are written: what lambdas see, and what sinks write. */
      readonly schema: AvroSchema
      /** How longs of this subject are represented. */
      readonly long: 'number' | 'bigint'
      /** Versions of the subject in the lock, oldest first: what may be found in the topic. */
      readonly writers: readonly WriterVersion[]
      readonly nullable: boolean
    }
  | {
      readonly kind: 'json'
      /** Where its type has bigints; undefined: nowhere. */
      readonly longs?: JsonLongs | undefined
      readonly nullable: boolean
    }
  | { readonly kind: 'string' | 'bytes' | 'int32' | 'int64' | 'double' | 'uuid'; readonly nullable: boolean }

/** Version of a schema that was derived from a TypeScript type: no registry has given one yet. */
export const derivedVersion = 0

export interface WriterVersion {
  readonly version: number
  /** Fingerprint with logical types (avro/fingerprint.ts); the runtime finds this registry's id by it. */
  readonly fingerprint: string
  readonly schema: AvroSchema
}

export interface ResolvedTopic {
  readonly key: ResolvedSerde
  readonly value: ResolvedSerde
}

/**
 * Which rows of an operator: those of its first or only input (0), of its second one (1), of the result of a foreign-key
 * join (2), or who refers to which of its right rows (3). Of a processor: its own (0), and those of each of its stores
 * (1, 2…).
 */
export type RowsPort = number

export interface SideRows {
  readonly port: RowsPort
  readonly serdes: ResolvedTopic
  /** Of a map: the key of the records, which stands before that of its own. */
  readonly outer?: ResolvedSerde | undefined
}

export interface EdgeType {
  readonly key: ValueType
  readonly value: ValueType
}

export interface ResolvedPlan extends LogicalPlan {
  readonly bodies: ReadonlyMap<LambdaId, Lambda>
  readonly recordTypes: RecordTypes
  /** What each node puts out (a `to` or `for-each`: what it takes in). */
  readonly edges: ReadonlyMap<NodeId, EdgeType>
  /** Serdes of the topics of sources and sinks, and of internal ones. */
  readonly topics: ReadonlyMap<PlaceId, ResolvedTopic>
  /** Serdes of the rows that operators keep, by operator; of a join: those of each side that it keeps itself. */
  readonly states: ReadonlyMap<NodeId, readonly SideRows[]>
}
