/**
 * An author's function as our own tree: what the compiler understands of it. The front end makes it from the AST; demand
 * analysis, lowering and `explain` read it. What is not understood is an `opaque` expression, which keeps the text and
 * the variables that it mentions: always right, never fast.
 */
import type { CapturedValue } from './captured-value.js'
import type { LambdaId } from './logical-plan.js'
import type { Span } from './span.js'
import type { ValueType } from './value-type.js'

/** A variable of a lambda: unique within it, so that no pass has to think about shadowing. */
export type LocalId = number

export interface Local {
  readonly id: LocalId
  /** The author's name, for readable output. */
  readonly name: string
  readonly mutable: boolean
}

export interface Lambda {
  readonly id: LambdaId
  readonly span: Span
  /** Parameters in order; patterns have become `const` statements at the start of the body. */
  readonly parameters: readonly Local[]
  readonly locals: readonly Local[]
  readonly body: readonly Statement[]
  /** Values of enclosing scopes, copied at build time. */
  readonly captures: ReadonlyMap<string, CapturedValue>
  /** Module-level names of the author's modules that the text mentions: linked, not copied. */
  readonly links: readonly ModuleLink[]
  /** The function's own text as it stands in the file; the residual module keeps it when it is opaque. */
  readonly text: string
  /** Text of functions among the captured values, by site. */
  readonly functions: ReadonlyMap<number, FunctionText>
  /** Set when the function can only be called as it is: `this`, generators, recursion, … */
  readonly opaque: { readonly reason: string; readonly span: Span } | undefined
  readonly returns: ValueType
}

export interface FunctionText {
  readonly file: string
  /** Where the function stands in that file: what source maps of the copied text lead to. */
  readonly span: Span
  readonly text: string
}

export interface ModuleLink {
  /** Name in the lambda's text. */
  readonly local: string
  /** Absolute path of the author's module, or a package specifier. */
  readonly module: string
  readonly name: string
}

interface ExpressionBase {
  readonly type: ValueType
  readonly span: Span
}

export type Expression = ExpressionBase &
  (
    | { readonly kind: 'literal'; readonly value: string | number | boolean | bigint | null | undefined }
    | { readonly kind: 'regexp'; readonly source: string; readonly flags: string }
    | { readonly kind: 'local'; readonly local: LocalId }
    | { readonly kind: 'capture'; readonly name: string }
    | { readonly kind: 'link'; readonly name: string }
    /** A global of JavaScript that is known to be pure or harmless: Math, Number, String, JSON, undefined, NaN… */
    | { readonly kind: 'global'; readonly name: string }
    | { readonly kind: 'member'; readonly object: Expression; readonly property: string; readonly optional: boolean }
    | { readonly kind: 'index'; readonly object: Expression; readonly index: Expression; readonly optional: boolean }
    | {
        readonly kind: 'call'
        readonly callee: Expression
        readonly args: readonly Argument[]
        readonly optional: boolean
      }
    | { readonly kind: 'new'; readonly callee: Expression; readonly args: readonly Argument[] }
    | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression }
    | {
        readonly kind: 'binary'
        readonly operator: BinaryOperator
        readonly left: Expression
        readonly right: Expression
      }
    | {
        readonly kind: 'logical'
        readonly operator: '&&' | '||' | '??'
        readonly left: Expression
        readonly right: Expression
      }
    | {
        readonly kind: 'conditional'
        readonly test: Expression
        readonly then: Expression
        readonly otherwise: Expression
      }
    | { readonly kind: 'template'; readonly strings: readonly string[]; readonly expressions: readonly Expression[] }
    | { readonly kind: 'object'; readonly members: readonly ObjectMember[] }
    | { readonly kind: 'array'; readonly items: readonly Argument[] }
    | { readonly kind: 'function'; readonly parameters: readonly Local[]; readonly body: readonly Statement[] }
    /** Text that is not understood; it mentions these variables, each of which is wanted whole. */
    | { readonly kind: 'opaque'; readonly text: readonly OpaquePart[]; readonly reason: string }
  )

export type Argument =
  { readonly kind: 'value'; readonly value: Expression } | { readonly kind: 'spread'; readonly value: Expression }
export type ObjectMember =
  | { readonly kind: 'property'; readonly name: string; readonly value: Expression }
  | { readonly kind: 'computed'; readonly name: Expression; readonly value: Expression }
  | { readonly kind: 'spread'; readonly value: Expression }
export type OpaquePart = string | Expression

export type UnaryOperator = '-' | '+' | '!' | '~' | 'typeof' | 'void'
export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '**'
  | '==='
  | '!=='
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '&'
  | '|'
  | '^'
  | '<<'
  | '>>'
  | '>>>'
  | 'in'
  | 'instanceof'

export type Statement = { readonly span: Span } & (
  | { readonly kind: 'let'; readonly local: LocalId; readonly init: Expression | undefined }
  | { readonly kind: 'assign'; readonly local: LocalId; readonly value: Expression }
  /** Assignment to a member of something that the lambda has made itself. */
  | { readonly kind: 'store'; readonly object: Expression; readonly property: Expression; readonly value: Expression }
  | { readonly kind: 'expression'; readonly value: Expression }
  | {
      readonly kind: 'if'
      readonly test: Expression
      readonly then: readonly Statement[]
      readonly otherwise: readonly Statement[]
    }
  | { readonly kind: 'block'; readonly body: readonly Statement[] }
  | {
      readonly kind: 'for-of'
      readonly local: LocalId
      readonly iterable: Expression
      readonly body: readonly Statement[]
    }
  | { readonly kind: 'while'; readonly test: Expression; readonly body: readonly Statement[] }
  | { readonly kind: 'break' }
  | { readonly kind: 'continue' }
  | { readonly kind: 'return'; readonly value: Expression | undefined }
  | { readonly kind: 'throw'; readonly value: Expression }
)
