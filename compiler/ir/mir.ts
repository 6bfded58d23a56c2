/**
 * The middle representation: what happens to one record of one input, as statements and expressions of our own, with
 * the lambdas of all operators already in their places. Locals are unique in a function, so that no pass has to think
 * about names or shadowing; expressions are evaluated from left to right as in JavaScript.
 */
import type { BinaryOperator, UnaryOperator } from './lambda.js'
import type { LambdaId, NodeId } from './logical-plan.js'
import type { RowsPort } from './resolved-plan.js'
import type { Span } from './span.js'
import type { ValueType } from './value-type.js'

export type MirLocalId = number
export type LabelId = number

export interface MirLocal {
  readonly id: MirLocalId
  readonly name: string
  /** Assigned after its declaration. */
  readonly mutable: boolean
}

export interface MirProgram {
  readonly functions: readonly MirFunction[]
  /** Values of captured variables, each once. */
  readonly constants: readonly MirConstant[]
  readonly links: readonly MirLink[]
  /** Functions of the author that are called as they are. */
  readonly opaques: readonly OpaqueFunction[]
  /** Results of aggregates that are functions of the author, for those who read stores. */
  readonly results?: readonly MirResult[]
}

export interface MirResult {
  readonly store: string
  readonly field: string
  /** Of what the row holds. */
  readonly opaque: number
}

export interface MirFunction {
  readonly subTopology: number
  readonly input: number
  readonly locals: ReadonlyMap<MirLocalId, MirLocal>
  /** Event time by the topic's extractor; undefined: the record's own. */
  readonly timestamp: { readonly body: readonly MirStatement[]; readonly result: MirExpression } | undefined
  readonly body: readonly MirStatement[]
  /** Bodies that are reached from several places: written once, called by `invoke`. */
  readonly subroutines: readonly MirSubroutine[]
}

/** Uses the locals of its function, but reads no local that is declared outside of it. */
export interface MirSubroutine {
  readonly name: string
  readonly parameters: readonly MirLocalId[]
  readonly body: readonly MirStatement[]
}

export interface MirConstant {
  readonly name: string
  readonly value: ConstantValue
}
export type ConstantValue =
  | { readonly kind: 'primitive'; readonly value: string | number | boolean | bigint | null | undefined }
  | { readonly kind: 'date'; readonly time: number }
  | { readonly kind: 'regexp'; readonly source: string; readonly flags: string }
  | { readonly kind: 'array' | 'set'; readonly items: readonly number[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, number])[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [number, number])[] }
  | { readonly kind: 'bytes'; readonly base64: string }
  | { readonly kind: 'opaque'; readonly opaque: number }
  | { readonly kind: 'link'; readonly link: number }

export interface MirLink {
  readonly name: string
  readonly module: string
  readonly exported: string
}

/** `(…captures) => function`, exported by the residual module of the author's file. */
export interface OpaqueFunction {
  readonly name: string
  readonly file: string
  /** Where the function stands in that file. */
  readonly span: Span
  readonly text: string
  readonly captures: readonly { readonly name: string; readonly constant: number }[]
}

export interface MirBase {
  readonly type: ValueType | undefined
  readonly span: Span | undefined
}

export type MirExpression = MirBase & MirExpressionKind
export type MirExpressionKind =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | bigint | null | undefined }
  | { readonly kind: 'regexp'; readonly source: string; readonly flags: string }
  | { readonly kind: 'local'; readonly local: MirLocalId }
  /** Key or value of the record, as the reader's schema has it. Gone after the serdes pass. */
  | { readonly kind: 'input'; readonly part: 'key' | 'value' }
  /** What the decoder left in locals. Made by the serdes pass. */
  | { readonly kind: 'field'; readonly field: number; readonly as: FieldUse }
  | { readonly kind: 'context'; readonly property: ContextProperty }
  | { readonly kind: 'constant'; readonly constant: number }
  | { readonly kind: 'link'; readonly link: number }
  | { readonly kind: 'global'; readonly name: string }
  | {
      readonly kind: 'member'
      readonly object: MirExpression
      readonly property: string
      readonly optional: boolean
    }
  | {
      readonly kind: 'index'
      readonly object: MirExpression
      readonly index: MirExpression
      readonly optional: boolean
    }
  | {
      readonly kind: 'call'
      readonly callee: MirExpression
      readonly args: readonly MirArgument[]
      readonly optional: boolean
    }
  | { readonly kind: 'new'; readonly callee: MirExpression; readonly args: readonly MirArgument[] }
  /** A function of runtime/generated. */
  | { readonly kind: 'helper'; readonly name: HelperName; readonly args: readonly MirExpression[] }
  /** Asks the kernel of an operator (runtime/operators) at the row or window where it stands. */
  | {
      readonly kind: 'state'
      readonly operator: NodeId
      /** Of a join, which side's rows. */
      readonly port: RowsPort
      readonly method: string
      readonly args: readonly MirExpression[]
    }
  | { readonly kind: 'apply'; readonly opaque: number; readonly args: readonly MirExpression[] }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: MirExpression }
  | {
      readonly kind: 'binary'
      readonly operator: BinaryOperator
      readonly left: MirExpression
      readonly right: MirExpression
    }
  | {
      readonly kind: 'logical'
      readonly operator: '&&' | '||' | '??'
      readonly left: MirExpression
      readonly right: MirExpression
    }
  | {
      readonly kind: 'conditional'
      readonly test: MirExpression
      readonly then: MirExpression
      readonly otherwise: MirExpression
    }
  | { readonly kind: 'template'; readonly strings: readonly string[]; readonly expressions: readonly MirExpression[] }
  | { readonly kind: 'object'; readonly members: readonly MirMember[] }
  | { readonly kind: 'array'; readonly items: readonly MirArgument[] }
  | {
      readonly kind: 'function'
      readonly parameters: readonly MirLocalId[]
      readonly body: readonly MirStatement[]
    }
  | { readonly kind: 'opaque'; readonly text: readonly (string | MirExpression)[] }

export type MirExpressionOf<K extends MirExpressionKind['kind']> = MirBase &
  Extract<MirExpressionKind, { readonly kind: K }>

export type MirArgument =
  { readonly kind: 'value'; readonly value: MirExpression } | { readonly kind: 'spread'; readonly value: MirExpression }
export type MirMember =
  | { readonly kind: 'property'; readonly name: string; readonly value: MirExpression }
  | { readonly kind: 'computed'; readonly name: MirExpression; readonly value: MirExpression }
  | { readonly kind: 'spread'; readonly value: MirExpression }

export type ContextProperty = 'timestamp' | 'headers' | 'topic' | 'partition' | 'offset'

/**
 * How a field is looked at. `value`: as JavaScript has it · `present`: whether it is not null · `time`: ms of a Date ·
 * `index`: number of an enum's symbol · `equals` is bytes against a constant, see `sameText`.
 */
export type FieldUse =
  | { readonly kind: 'value' }
  | { readonly kind: 'present' }
  | { readonly kind: 'time' }
  | { readonly kind: 'index' }
  | { readonly kind: 'length' }
  | { readonly kind: 'same-text'; readonly text: string }
  | { readonly kind: 'same-symbol'; readonly symbol: string }

/** Names of functions in runtime/generated that MIR calls; codegen has more of its own. */
export type HelperName =
  | 'settled'
  | 'iterable'
  | 'keyAndValue'
  | 'eventTime'
  | 'sinkTimestamp'
  | 'topicName'
  | 'timeClip'
  | 'dateMs'
  | 'readOfNull'
  | 'unread'
  | 'sameValue'
  | 'exactSum'
  | 'distinctWith'
  | 'distinctOf'
  | 'collected'
  | 'joined'
  | 'topWith'
  | 'topOf'

export type MirStatement = { readonly span: Span | undefined } & MirStatementKind
export type MirStatementKind =
  | { readonly kind: 'let'; readonly local: MirLocalId; readonly init: MirExpression | undefined }
  | { readonly kind: 'assign'; readonly local: MirLocalId; readonly value: MirExpression }
  | {
      readonly kind: 'store'
      readonly object: MirExpression
      readonly property: MirExpression
      readonly value: MirExpression
    }
  | { readonly kind: 'expression'; readonly value: MirExpression }
  | {
      readonly kind: 'if'
      readonly test: MirExpression
      readonly then: readonly MirStatement[]
      readonly otherwise: readonly MirStatement[]
    }
  | { readonly kind: 'block'; readonly label: LabelId | undefined; readonly body: readonly MirStatement[] }
  | {
      readonly kind: 'for-of'
      readonly local: MirLocalId
      readonly iterable: MirExpression
      readonly body: readonly MirStatement[]
    }
  | { readonly kind: 'while'; readonly test: MirExpression; readonly body: readonly MirStatement[] }
  /** Without a label: the innermost loop. */
  | { readonly kind: 'break'; readonly label: LabelId | undefined }
  | { readonly kind: 'continue' }
  /** Only within a `function`. */
  | { readonly kind: 'return'; readonly value: MirExpression | undefined }
  | { readonly kind: 'throw'; readonly value: MirExpression }
  /** The record has come to this operator: errors from here on are its own. `count`: it takes a record in. */
  | { readonly kind: 'enter'; readonly operator: NodeId; readonly count: boolean }
  | ({ readonly kind: 'emit' } & MirEmit)
  /** The kernel of an operator goes to the state of a key. `seek` is unique among emits as well. */
  | {
      readonly kind: 'seek'
      readonly seek: number
      /** Of a cogroup, which of its streams the record is of. */
      readonly input: number
      readonly operator: NodeId
      readonly port: RowsPort
      readonly key: MirExpression
      readonly timestamp: MirExpression
    }
  /** `subroutine` is an index into the function's list. */
  | { readonly kind: 'invoke'; readonly subroutine: number; readonly args: readonly MirExpression[] }
  | { readonly kind: 'print'; readonly label: string; readonly key: MirExpression; readonly value: MirExpression }

export type MirStatementOf<K extends MirStatementKind['kind']> = Extract<MirStatementKind, { readonly kind: K }>

export interface MirEmit {
  /** Unique in the program: the serdes pass keeps what it found by it. */
  readonly emit: number
  readonly sink: number
  readonly key: MirExpression
  readonly value: MirExpression
  /** undefined: those of the input record. */
  readonly headers: MirExpression | undefined
  /** undefined: the record's event time. */
  readonly timestamp: MirExpression | undefined
  /** For sinks whose topic is chosen. */
  readonly topic: MirExpression | undefined
}

export type { LambdaId }
