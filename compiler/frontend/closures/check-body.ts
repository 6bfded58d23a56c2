/**
 * What a lambda may not do, found in its own text: changes of its input or of what it captured, `this`, `arguments`,
 * promises, and what gives another result each time (a warning). Functions that it calls are not looked into.
 */
import { ts } from 'ts-morph'
import {
  assignsCapture,
  asynchronous,
  changesCapture,
  changesInput,
  usesArguments,
  usesThis,
} from '../../diagnostics/closures.js'
import type { Diagnostic } from '../../diagnostics/diagnostic.js'
import { changesEachTime } from '../../diagnostics/notes.js'
import type { Span } from '../../ir/span.js'
import { capturedVariables, declarationOf, isWithin, type FunctionNode } from '../free-variables.js'
import { declarationName } from '../lambda-source.js'
import { spanOf } from '../load/source-program.js'

export interface BodyCheck {
  readonly root: string
  readonly checker: ts.TypeChecker
  /** Operator that takes the lambda, for messages. */
  readonly operator: string
}

export function checkBody(fn: FunctionNode, check: BodyCheck): readonly Diagnostic[] {
  const checker = new BodyChecker(fn, check)
  checker.run()
  return checker.diagnostics
}

class BodyChecker {
  readonly diagnostics: Diagnostic[] = []
  readonly #fn: FunctionNode
  readonly #check: BodyCheck
  readonly #captured: ReadonlyMap<ts.Declaration, string>

  constructor(fn: FunctionNode, check: BodyCheck) {
    this.#fn = fn
    this.#check = check
    this.#captured = new Map(capturedVariables(check.checker, fn).map(({ declaration, name }) => [declaration, name]))
  }

  run(): void {
    if (this.#isAsynchronous()) this.diagnostics.push(asynchronous(this.#check.operator, this.#span(this.#head())))
    const { body } = this.#fn
    for (const parameter of this.#fn.parameters) this.#visit(parameter, true)
    if (body !== undefined) this.#visit(body, true)
  }

  #head(): ts.Node {
    return this.#fn.modifiers?.find((each) => each.kind === ts.SyntaxKind.AsyncKeyword) ?? this.#fn
  }

  #isAsynchronous(): boolean {
    if (this.#fn.modifiers?.some((each) => each.kind === ts.SyntaxKind.AsyncKeyword) === true) return true
    const { checker } = this.#check
    const signature = checker.getSignatureFromDeclaration(this.#fn)
    if (signature === undefined) return false
    const type = checker.getReturnTypeOfSignature(signature)
    if ((type.flags & ts.TypeFlags.Any) !== 0) return false
    return (type.isUnion() ? type.types : [type]).some((part) => part.getSymbol()?.name === 'Promise')
  }

  /** `own`: `this` and `arguments` are the lambda's. */
  #visit(node: ts.Node, own: boolean): void {
    if (ts.isTypeNode(node)) return
    if (own && node.kind === ts.SyntaxKind.ThisKeyword) this.diagnostics.push(usesThis(this.#span(node)))
    if (ts.isIdentifier(node)) this.#identifier(node, own)
    else if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) this.#change(node.left)
    else if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) this.#unary(node)
    else if (ts.isDeleteExpression(node)) this.#change(node.expression)
    else if (ts.isCallExpression(node)) this.#call(node)
    else if (ts.isNewExpression(node)) this.#construction(node)
    const inner = own && !(ts.isFunctionLike(node) && !ts.isArrowFunction(node)) && !ts.isClassLike(node)
    ts.forEachChild(node, (child) => this.#visit(child, inner))
  }

  #identifier(node: ts.Identifier, own: boolean): void {
    if (!own || node.text !== 'arguments') return
    const { parent } = node
    if ((ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent)) && parent.name === node) return
    this.diagnostics.push(usesArguments(this.#span(node)))
  }

  #unary(node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression): void {
    if (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken) {
      this.#change(node.operand)
    }
  }

  /** An assignment to a variable, a member, or a pattern of them. */
  #change(target: ts.Expression): void {
    if (ts.isParenthesizedExpression(target) || ts.isAsExpression(target) || ts.isNonNullExpression(target)) {
      this.#change(target.expression)
    } else if (ts.isArrayLiteralExpression(target)) {
      for (const element of target.elements) this.#change(ts.isSpreadElement(element) ? element.expression : element)
    } else if (ts.isObjectLiteralExpression(target)) {
      for (const member of target.properties) {
        if (ts.isPropertyAssignment(member)) this.#change(member.initializer)
        else if (ts.isShorthandPropertyAssignment(member)) this.#change(member.name)
        else if (ts.isSpreadAssignment(member)) this.#change(member.expression)
      }
    } else if (ts.isIdentifier(target)) {
      const declaration = declarationOf(this.#check.checker, target)
      const name = declaration && this.#captured.get(declaration)
      if (declaration === undefined || name === undefined) return
      this.diagnostics.push(assignsCapture(name, this.#span(target), this.#span(declarationName(declaration))))
    } else {
      this.#changeOf(target, target)
    }
  }

  /** A change inside an object: of whom is it? */
  #changeOf(object: ts.Expression, at: ts.Node): void {
    const root = rootOf(object)
    const declaration = root && declarationOf(this.#check.checker, root)
    if (root === undefined || declaration === undefined) return
    const captured = this.#captured.get(declaration)
    if (captured !== undefined) {
      this.diagnostics.push(changesCapture(captured, this.#span(at), this.#span(declarationName(declaration))))
    } else if (this.#fn.parameters.some((parameter) => isWithin(declaration, parameter))) {
      this.diagnostics.push(changesInput(root.text, this.#span(at)))
    }
  }

  #call(node: ts.CallExpression): void {
    const { expression } = node
    if (!ts.isPropertyAccessExpression(expression)) return
    const text = `${expression.expression.getText()}.${expression.name.text}`
    if (changing.has(text) && this.#isGlobal(expression.expression)) {
      this.diagnostics.push(changesEachTime(`${text}()`, this.#span(node)))
    }
    const methods = mutators[this.#libraryName(expression.expression) ?? '']
    if (methods?.has(expression.name.text) === true) this.#changeOf(expression.expression, node)
  }

  #construction(node: ts.NewExpression): void {
    if ((node.arguments?.length ?? 0) > 0 || node.expression.getText() !== 'Date') return
    if (this.#isGlobal(node.expression)) this.diagnostics.push(changesEachTime('new Date()', this.#span(node)))
  }

  #isGlobal(expression: ts.Expression): boolean {
    if (!ts.isIdentifier(expression)) return false
    const declaration = declarationOf(this.#check.checker, expression)
    return declaration === undefined || declaration.getSourceFile().isDeclarationFile
  }

  /** `Array` for arrays of all kinds. */
  #libraryName(expression: ts.Expression): string | undefined {
    const { checker } = this.#check
    const type = checker.getNonNullableType(checker.getTypeAtLocation(expression))
    if (checker.isArrayType(type) || checker.isTupleType(type)) return 'Array'
    const symbol = type.getSymbol()
    const isLibrary = symbol?.declarations?.some((each) => each.getSourceFile().isDeclarationFile)
    return isLibrary === true ? symbol?.name : undefined
  }

  #span(node: ts.Node): Span {
    return spanOf(this.#check.root, node)
  }
}

function isAssignment(operator: ts.SyntaxKind): boolean {
  return operator >= ts.SyntaxKind.FirstAssignment && operator <= ts.SyntaxKind.LastAssignment
}

function rootOf(expression: ts.Expression): ts.Identifier | undefined {
  let at = expression
  while (
    ts.isPropertyAccessExpression(at) ||
    ts.isElementAccessExpression(at) ||
    ts.isNonNullExpression(at) ||
    ts.isParenthesizedExpression(at) ||
    ts.isAsExpression(at)
  ) {
    at = at.expression
  }
  return ts.isIdentifier(at) ? at : undefined
}

const changing = new Set(['Date.now', 'Math.random', 'performance.now', 'crypto.randomUUID', 'crypto.getRandomValues'])

const setters = [
  'setTime',
  'setMilliseconds',
  'setSeconds',
  'setMinutes',
  'setHours',
  'setDate',
  'setMonth',
  'setFullYear',
]
const utcSetters = setters.map((name) => name.replace('set', 'setUTC'))

/** Methods that change their object, by the library's type. */
const mutators: Readonly<Record<string, ReadonlySet<string>>> = {
  Array: new Set(['push', 'pop', 'shift', 'unshift', 'splice', 'sort', 'reverse', 'fill', 'copyWithin']),
  Map: new Set(['set', 'delete', 'clear']),
  Set: new Set(['add', 'delete', 'clear']),
  Date: new Set([...setters, ...utcSetters]),
  Uint8Array: new Set(['set', 'fill', 'sort', 'reverse', 'copyWithin']),
  Buffer: new Set(['set', 'fill', 'sort', 'reverse', 'copyWithin', 'write']),
}
