/**
 * Everything that the text of a module is made of: MIR with fields of the input in place of reads, decoders for every
 * writer version, encoders for every write. Made by the serdes pass; codegen only prints it.
 */
import type { ArraySchema, AvroSchema, EnumSchema, FixedSchema, PrimitiveSchema } from '../../avro/schema.js'
import type { Resolution } from '../../avro/resolve.js'
import type { JsonLongs } from '../../dsl/model/json-longs.js'
import type { TimerSpec } from '../../dsl/model/store-spec.js'
import type { Demand } from './demand.js'
import type { LogicalWindow, NodeId } from './logical-plan.js'
import type { MirExpression, MirFunction, MirProgram } from './mir.js'
import type { RowsPort } from './resolved-plan.js'
import type { SchemaSlot } from './schema-slots.js'

export interface ModuleIR {
  readonly program: MirProgram
  /** By index of the function in `program.functions`. */
  readonly readers: readonly InputReader[]
  /** By `MirEmit.emit`. */
  readonly writes: ReadonlyMap<number, WritePlan>
  /** By the `seek` of a statement: how the key is written, or which bytes of the input it is. */
  readonly seeks: ReadonlyMap<number, WritePart>
  readonly kernels: readonly Kernel[]
  readonly slots: readonly SchemaSlot[]
  /** Schemas whose values are skipped or made by a function of their own. */
  readonly codecs: CodecTable
}

/** The kernel of a stateful operator, a field of its task. */
export type Kernel = {
  readonly operator: NodeId
  /** Of a join, which side's rows. */
  readonly port: RowsPort
  readonly subTopology: number
  readonly store: string
} & (
  | {
      readonly kind: 'aggregate'
      readonly key: StateCodec
      /** undefined: the state is numbers of the row. */
      readonly value: StateCodec | undefined
      readonly window: KernelWindow | undefined
    }
  | {
      readonly kind: 'stream-join'
      readonly key: StateCodec
      readonly left: StateCodec
      readonly right: StateCodec
      readonly rightStore: string
      readonly times: string
      /** undefined: no record waits. */
      readonly waiting: string | undefined
      /** All in ms. */
      readonly window: {
        readonly before: number
        readonly after: number
        readonly grace: number
        readonly retention: number
      }
    }
  /** Who refers to which right row of a foreign-key join. */
  | { readonly kind: 'subscriptions'; readonly value: StateCodec }
  /** All values of a table's keys, `history` ms back. */
  | { readonly kind: 'versions'; readonly value: StateCodec; readonly times: string; readonly history: number }
  /** Records that wait `grace` ms for a table. */
  | {
      readonly kind: 'join-buffer'
      readonly key: StateCodec
      readonly value: StateCodec
      readonly times: string
      readonly grace: number
    }
  /** What tells records that no window accepts. */
  | { readonly kind: 'late'; readonly window: LogicalWindow; readonly lag: number; readonly times: string }
  /** Changes that are held back. */
  | {
      readonly kind: 'suppression'
      readonly key: StateCodec
      readonly value: StateCodec
      readonly times: string
      /** ms */
      readonly delay: number
      readonly maxRecords: number
      readonly early: boolean
      /** Whether keys leave by the ends of their windows. */
      readonly byEnd: boolean
      readonly byWall: boolean
      readonly windowed: boolean
    }
  /** When keys were changed last; `ttl`: ms that they live on. */
  | { readonly kind: 'lifetimes'; readonly key: StateCodec; readonly times: string; readonly ttl: number }
  /** Records that went on, `within` ms back and ahead. */
  | { readonly kind: 'deduplication'; readonly times: string; readonly within: number }
  /** An operator of the author's own. */
  | {
      readonly kind: 'processor'
      readonly key: StateCodec
      readonly stores: readonly ProcessorStore[]
      readonly timers: readonly TimerSpec[]
      readonly streamTimers: string | undefined
      readonly wallTimers: string | undefined
      /** `every`: ms. */
      readonly punctuate: { readonly every: number; readonly clock: 'stream' | 'wall' } | undefined
      readonly keepsKey: boolean
      readonly outputs: readonly string[]
    }
  /** The newest values of a table's keys. */
  | { readonly kind: 'rows'; readonly value: StateCodec; readonly global: boolean }
)

/** A store that an author has declared. */
export interface ProcessorStore {
  readonly name: string
  readonly store: string
  readonly kind: 'key-value' | 'value' | 'list' | 'map'
  readonly key: StateCodec
  readonly value: StateCodec
}

export interface KernelWindow {
  readonly spec: LogicalWindow
  /** How far an input of a cogroup may be behind, ms. */
  readonly lag: number
  /** Store of the stream time. */
  readonly times: string
}

/** How values stand in a row. */
export type StateCodec =
  | { readonly kind: 'plain'; readonly serde: PlainSerdeKind; readonly longs: JsonLongs | undefined }
  | {
      readonly kind: 'avro'
      readonly encoder: number
      readonly decoder: number
      /** Names of the fields of a record that has doubles and nothing else. */
      readonly doubles: readonly string[] | undefined
    }

export type LongMode = 'number' | 'bigint'

export type PlainSerdeKind = 'json' | 'string' | 'bytes' | 'int32' | 'int64' | 'double' | 'uuid'

export interface InputReader {
  readonly topic: string
  readonly key: PartReader
  readonly value: PartReader
  readonly fields: readonly Field[]
}

export type PartReader =
  | { readonly kind: 'unread'; readonly nullable: boolean }
  | {
      readonly kind: 'plain'
      readonly serde: PlainSerdeKind
      /** Of JSON: where its type has bigints. */
      readonly longs: JsonLongs | undefined
      readonly nullable: boolean
      /** Holds the whole key or value; its `nullable` is the serde's. */
      readonly field: number
    }
  | {
      readonly kind: 'avro'
      readonly nullable: boolean
      readonly framed: boolean
      /** How data of other versions are rewritten, where the bytes of the datum are copied; undefined: they are not. */
      readonly copied: readonly Recoding[] | undefined
      /** Whether the whole is there, where null is legal. */
      readonly present: number | undefined
      /** Slot of the reader's schema: what `transcode` gives. */
      readonly readerSlot: number
      readonly versions: readonly ReaderVersion[]
      /** What to do where there is no value. */
      readonly absent: readonly Read[]
    }

export interface ReaderVersion {
  /** Slots of the manifest with this version's schema. */
  readonly slot: number
  readonly version: number
  readonly reads: readonly Read[]
  /** The reads end where the datum does, so nothing may be left over. */
  readonly complete: boolean
}

/** A datum as another schema would have it, made by way of its value. */
export interface Recoding {
  readonly slot: number
  readonly decoder: number
  readonly encoder: number
  readonly complete: boolean
}

/** A local of the generated function that a decoder fills, and how it is looked at. */
export interface Field {
  readonly id: number
  /** Readable: the path in the record. */
  readonly name: string
  readonly type: FieldType
  /** null is one of its values. */
  readonly nullable: boolean
  /** It may come from bytes of the record (else only as a value, as defaults do). */
  readonly span: boolean
  /** Somebody looks at it. Otherwise its bytes are only checked: valid means that what is demanded is valid. */
  readonly used: boolean
}

export type FieldType =
  | { readonly kind: 'boolean' | 'int' | 'long' | 'bigint' | 'float' | 'double' | 'date' | 'presence' | 'length' }
  | { readonly kind: 'text'; readonly uuid: boolean }
  | { readonly kind: 'enum'; readonly schema: EnumSchema }
  /** A JavaScript value made by a codec, or by `bytes`, `json`, … */
  | { readonly kind: 'value' }

/** One step along the bytes of a datum, in order. */
export type Read =
  | { readonly kind: 'skip'; readonly schema: AvroSchema }
  | {
      readonly kind: 'scalar'
      readonly field: number
      readonly writer: PrimitiveSchema | FixedSchema
      readonly reader: PrimitiveSchema | FixedSchema
      readonly long: LongMode
    }
  | { readonly kind: 'enum'; readonly field: number; readonly resolution: Resolution & { kind: 'enum' } }
  /** Whether something is there; it is skipped by a step of its own. */
  | { readonly kind: 'present'; readonly field: number; readonly present: boolean }
  | { readonly kind: 'length'; readonly field: number; readonly array: ArraySchema }
  | { readonly kind: 'union'; readonly branches: readonly (readonly Read[])[] }
  /** `check`: what to do where nobody looks at the value; undefined: make it, since only that tells what is valid. */
  | {
      readonly kind: 'value'
      readonly field: number
      readonly codec: number
      readonly check: Checked | undefined
    }
  /** A value that is not on the wire: null, or a default. */
  | { readonly kind: 'constant'; readonly field: number; readonly value: unknown }
  | { readonly kind: 'fail'; readonly message: string }

/** A value that has to be valid, but is not made. */
export interface Checked {
  readonly schema: AvroSchema
  /** Parts that nobody demands may be anything. */
  readonly demand: Demand
  readonly long: LongMode
}

export interface CodecTable {
  readonly decoders: readonly Decoder[]
  readonly encoders: readonly Encoder[]
}

/** A function that makes a JavaScript value of bytes; `demand` says which parts of it. */
export interface Decoder {
  readonly id: number
  readonly name: string
  readonly resolution: Resolution
  readonly demand: Demand
  readonly long: LongMode
}

/** A function that writes a JavaScript value into a scratch buffer. */
export interface Encoder {
  readonly id: number
  readonly name: string
  readonly schema: AvroSchema
  readonly long: LongMode
}

export interface WritePlan {
  readonly sink: number
  readonly key: WritePart
  readonly value: WritePart
}

export type WritePart =
  /** Always null: no key, a tombstone. */
  | { readonly kind: 'null' }
  /** The bytes of the input's key or value as they are; `present` undefined: never null. */
  | { readonly kind: 'span'; readonly part: 'key' | 'value'; readonly present: MirExpression | undefined }
  /** The value's Avro datum, which is of the same schema: its bytes without their frame. */
  | { readonly kind: 'datum'; readonly present: MirExpression | undefined; readonly slot: number | undefined }
  /** The bytes of a text of the input, which is never null. */
  | { readonly kind: 'text'; readonly field: number }
  | {
      readonly kind: 'encoded'
      /** What decides whether there is a value at all; undefined: always. */
      readonly present: MirExpression | undefined
      /** Slot of the sink's schema where the bytes are framed. */
      readonly slot: number | undefined
      readonly encode: Encode
    }

/** How bytes are written, in order of the schema. Expressions have neither effects nor an order. */
export type Encode =
  | {
      readonly kind: 'boolean' | 'int' | 'long' | 'bigint' | 'float' | 'double' | 'date'
      readonly value: MirExpression
      readonly path: string
    }
  | { readonly kind: 'text'; readonly value: MirExpression; readonly path: string; readonly strict: boolean }
  /** Bytes of a text field with their length in front (`prefixed`), or as they are. */
  | { readonly kind: 'text-span'; readonly field: number; readonly prefixed: boolean }
  /** Texts joined: constants, bytes of fields, strings. */
  | { readonly kind: 'join'; readonly parts: readonly TextPart[]; readonly prefixed: boolean; readonly strict: boolean }
  | { readonly kind: 'symbol'; readonly value: MirExpression; readonly schema: EnumSchema; readonly path: string }
  | { readonly kind: 'bytes'; readonly bytes: readonly number[] }
  | { readonly kind: 'sequence'; readonly parts: readonly Encode[] }
  | { readonly kind: 'choice'; readonly test: MirExpression; readonly then: Encode; readonly otherwise: Encode }
  /** By a function that takes any value and checks it. */
  | { readonly kind: 'call'; readonly encoder: number; readonly value: MirExpression; readonly path: string }
  | { readonly kind: 'plain'; readonly serde: PlainSerdeKind; readonly value: MirExpression }

export type TextPart =
  | { readonly kind: 'constant'; readonly text: string }
  | { readonly kind: 'field'; readonly field: number }
  | { readonly kind: 'value'; readonly value: MirExpression }

export type { MirFunction }
