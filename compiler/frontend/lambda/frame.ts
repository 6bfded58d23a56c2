/** One function under lowering: what its names stand for. Functions that are put in place get frames of their own. */
import { ts } from 'ts-morph'
import type { CapturedValue } from '../../ir/captured-value.js'
import type { Expression, Local, LocalId, Statement } from '../../ir/lambda.js'
import type { ValueType } from '../../ir/value-type.js'
import { forEachReference, isWithin } from '../free-variables.js'
import type { FunctionNode } from './environment.js'
import type { Lowering } from './lowering.js'
import { isModuleLevel, linkTarget, type LinkTarget } from './link-target.js'
import { NotUnderstood } from './not-understood.js'

/** What an identifier means where it stands. */
export type Meaning =
  | { readonly kind: 'local'; readonly local: LocalId }
  | { readonly kind: 'capture'; readonly name: string; readonly value: CapturedValue }
  | { readonly kind: 'module'; readonly target: LinkTarget }
  | { readonly kind: 'global'; readonly name: string }

/** The rules of the other files, handed in: they need one another. */
export interface Rules {
  expression(frame: Frame, node: ts.Expression): Expression
  statements(frame: Frame, nodes: readonly ts.Statement[]): readonly Statement[]
  functionBody(frame: Frame): FunctionBody
}

export interface FunctionBody {
  readonly parameters: readonly Local[]
  readonly body: readonly Statement[]
}

export class Frame {
  readonly #locals: Map<ts.Symbol, LocalId>

  constructor(
    readonly lowering: Lowering,
    readonly rules: Rules,
    readonly node: FunctionNode,
    readonly captures: ReadonlyMap<string, CapturedValue>,
    outer?: Frame,
  ) {
    this.#locals = outer === undefined ? new Map<ts.Symbol, LocalId>() : outer.#locals
  }

  get checker(): ts.TypeChecker {
    return this.lowering.environment.checker
  }

  /** A function inside this one: the same captures, and it sees these locals. */
  inner(node: FunctionNode): Frame {
    return new Frame(this.lowering, this.rules, node, this.captures, this)
  }

  /** A function that is put in place of its call: it sees nothing of this one. */
  separate(node: FunctionNode, captures: ReadonlyMap<string, CapturedValue>): Frame {
    return new Frame(this.lowering, this.rules, node, captures)
  }

  expression(node: ts.Expression): Expression {
    return this.rules.expression(this, node)
  }

  statements(nodes: readonly ts.Statement[]): readonly Statement[] {
    return this.rules.statements(this, nodes)
  }

  functionBody(): FunctionBody {
    return this.rules.functionBody(this)
  }

  typeOf(node: ts.Node): ValueType {
    return this.lowering.environment.valueTypeOf(this.checker.getTypeAtLocation(node))
  }

  /** Type and place, as every expression has them. */
  base(node: ts.Node): { readonly type: ValueType; readonly span: Expression['span'] } {
    return { type: this.typeOf(node), span: this.lowering.environment.spanOf(node) }
  }

  declare(name: ts.Identifier, mutable: boolean): Local {
    const local = this.lowering.declare(name.text, mutable)
    const symbol = this.checker.getSymbolAtLocation(name)
    if (symbol === undefined) throw new NotUnderstood(`'${name.text}' is not known to the type checker`, name)
    this.#locals.set(symbol, local.id)
    return local
  }

  meaning(identifier: ts.Identifier): Meaning {
    const symbol = this.#symbol(identifier)
    const { text } = identifier
    if (symbol === undefined) return { kind: 'global', name: text }
    const local = this.#locals.get(symbol)
    if (local !== undefined) return { kind: 'local', local }
    const declaration = symbol.valueDeclaration ?? symbol.declarations?.[0]
    if (declaration === undefined) return { kind: 'global', name: text }
    if (isWithin(declaration, this.node)) throw new NotUnderstood(`'${text}' is used before it is declared`, identifier)
    if (isModuleLevel(declaration)) {
      const target = linkTarget(this.lowering.environment, symbol, text)
      return target === undefined ? { kind: 'global', name: text } : { kind: 'module', target }
    }
    const value = this.captures.get(text)
    if (value === undefined) throw new NotUnderstood(`'${text}' was not captured`, identifier)
    return { kind: 'capture', name: text, value }
  }

  #symbol(identifier: ts.Identifier): ts.Symbol | undefined {
    const { parent } = identifier
    if (ts.isShorthandPropertyAssignment(parent) && parent.name === identifier) {
      return this.checker.getShorthandAssignmentValueSymbol(parent)
    }
    return this.checker.getSymbolAtLocation(identifier)
  }

  /** For a function that is called as it is: its text keeps the names, so the links must have them too. */
  linkEverythingMentioned(): void {
    forEachReference(this.node, (identifier) => {
      const symbol = this.#symbol(identifier)
      const declaration = symbol?.valueDeclaration ?? symbol?.declarations?.[0]
      if (symbol === undefined || declaration === undefined || isWithin(declaration, this.node)) return
      if (!isModuleLevel(declaration)) return
      const target = linkTarget(this.lowering.environment, symbol, identifier.text)
      if (target !== undefined) this.lowering.linkAs(identifier.text, target.module, target.name)
    })
  }
}
