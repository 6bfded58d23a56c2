/** Statements. A kind that is not listed makes its function opaque. */
import { ts } from 'ts-morph'
import type { Expression, Statement } from '../../ir/lambda.js'
import { lowerAssignment, lowerUpdate } from './assignments.js'
import type { Frame } from './frame.js'
import { lowerFunction } from './functions.js'
import { isAssigned } from './is-assigned.js'
import { NotUnderstood } from './not-understood.js'
import { bindPattern } from './patterns.js'
import { isAssignment, withoutParentheses } from './syntax.js'
import { lowerSwitch } from './switch.js'

export function lowerStatements(frame: Frame, nodes: readonly ts.Statement[]): Statement[] {
  const out: Statement[] = []
  // Functions are there from the start of their block.
  for (const node of nodes) if (ts.isFunctionDeclaration(node)) lowerFunctionDeclaration(frame, node, out)
  for (const node of nodes) lowerStatement(frame, node, out)
  return out
}

function lowerStatement(frame: Frame, node: ts.Statement, out: Statement[]): void {
  const { span } = frame.base(node)
  if (ts.isVariableStatement(node)) lowerDeclarations(frame, node.declarationList, out)
  else if (ts.isExpressionStatement(node)) out.push(lowerEffect(frame, node.expression))
  else if (ts.isReturnStatement(node)) {
    const value = node.expression === undefined ? undefined : frame.expression(node.expression)
    out.push({ kind: 'return', value, span })
  } else if (ts.isIfStatement(node)) {
    const test = frame.expression(node.expression)
    const then = nested(frame, node.thenStatement)
    const otherwise = node.elseStatement === undefined ? [] : nested(frame, node.elseStatement)
    out.push({ kind: 'if', test, then, otherwise, span })
  } else if (ts.isBlock(node)) out.push({ kind: 'block', body: lowerStatements(frame, node.statements), span })
  else if (ts.isForOfStatement(node)) out.push(lowerForOf(frame, node))
  else if (ts.isWhileStatement(node)) {
    const test = frame.expression(node.expression)
    out.push({ kind: 'while', test, body: nested(frame, node.statement), span })
  } else if (ts.isForStatement(node)) out.push(lowerFor(frame, node))
  else if (ts.isBreakOrContinueStatement(node)) {
    if (node.label !== undefined) throw new NotUnderstood('a label', node)
    out.push({ kind: ts.isBreakStatement(node) ? 'break' : 'continue', span })
  } else if (ts.isThrowStatement(node)) {
    out.push({ kind: 'throw', value: frame.expression(node.expression), span })
  } else if (ts.isSwitchStatement(node)) lowerSwitch(frame, node, out)
  else if (!leavesNothing(node)) throw new NotUnderstood(`a statement of kind ${ts.SyntaxKind[node.kind]}`, node)
}

/** Types, and what was hoisted. */
function leavesNothing(node: ts.Statement): boolean {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isEmptyStatement(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isInterfaceDeclaration(node)
  )
}

function nested(frame: Frame, node: ts.Statement): readonly Statement[] {
  return lowerStatements(frame, ts.isBlock(node) ? node.statements : [node])
}

function lowerDeclarations(frame: Frame, list: ts.VariableDeclarationList, out: Statement[]): void {
  const isVar = (list.flags & ts.NodeFlags.BlockScoped) === 0
  // A var is one variable for the whole function, wherever and however often it is declared.
  if (isVar && list.parent.parent !== frame.node.body) throw new NotUnderstood('a `var` inside a block', list)
  for (const declaration of list.declarations) {
    const { name, initializer } = declaration
    if (isVar && ts.isIdentifier(name) && declaredTwice(frame, name)) throw new NotUnderstood('a repeated `var`', list)
    const mutable = isAssigned(name, frame)
    if (initializer !== undefined) {
      bindPattern(frame, name, frame.expression(initializer), mutable, out)
    } else if (ts.isIdentifier(name)) {
      const local = frame.declare(name, true)
      out.push({ kind: 'let', local: local.id, init: undefined, span: frame.base(declaration).span })
    } else throw new NotUnderstood('a pattern without value', declaration)
  }
}

function declaredTwice(frame: Frame, name: ts.Identifier): boolean {
  return (frame.checker.getSymbolAtLocation(name)?.declarations?.length ?? 0) > 1
}

function lowerFunctionDeclaration(frame: Frame, node: ts.FunctionDeclaration, out: Statement[]): void {
  if (node.name === undefined) return
  const init = lowerFunction(frame, node)
  const local = frame.declare(node.name, false)
  out.push({ kind: 'let', local: local.id, init, span: init.span })
}

/** An expression whose value nobody wants. */
function lowerEffect(frame: Frame, node: ts.Expression): Statement {
  const inner = withoutParentheses(node)
  if (ts.isBinaryExpression(inner) && isAssignment(inner.operatorToken.kind)) return lowerAssignment(frame, inner)
  if (ts.isPrefixUnaryExpression(inner) || ts.isPostfixUnaryExpression(inner)) {
    const { operator } = inner
    if (operator === ts.SyntaxKind.PlusPlusToken || operator === ts.SyntaxKind.MinusMinusToken) {
      return lowerUpdate(frame, inner, operator)
    }
  }
  const value: Expression = frame.expression(node)
  return { kind: 'expression', value, span: value.span }
}

function lowerForOf(frame: Frame, node: ts.ForOfStatement): Statement {
  if (node.awaitModifier !== undefined) throw new NotUnderstood('`for await`', node)
  const { initializer } = node
  const declaration = ts.isVariableDeclarationList(initializer) ? initializer.declarations[0] : undefined
  if (declaration === undefined) throw new NotUnderstood('a loop over a variable that is declared outside', node)
  const iterable = frame.expression(node.expression)
  const { span } = frame.base(node)
  const mutable = isAssigned(declaration.name, frame)
  if (ts.isIdentifier(declaration.name) && !mutable) {
    const local = frame.declare(declaration.name, false)
    return { kind: 'for-of', local: local.id, iterable, body: nested(frame, node.statement), span }
  }
  const item = frame.lowering.declare('item', false)
  const body: Statement[] = []
  const base = frame.base(declaration)
  // Of a pattern the checker knows only what it picks.
  const type = iterable.type.kind === 'array' ? iterable.type.items : base.type
  const value: Expression = { kind: 'local', local: item.id, ...base, type }
  bindPattern(frame, declaration.name, value, mutable, body)
  body.push(...nested(frame, node.statement))
  return { kind: 'for-of', local: item.id, iterable, body, span }
}

/** `for (let i = 0; i < n; i++)`: a while loop, where nothing tells the difference. */
function lowerFor(frame: Frame, node: ts.ForStatement): Statement {
  refuseWhatTellsLoopsApart(node.statement)
  const { span } = frame.base(node)
  const body: Statement[] = []
  const { initializer, condition, incrementor } = node
  if (initializer !== undefined) {
    if (!ts.isVariableDeclarationList(initializer)) body.push(lowerEffect(frame, initializer))
    else if ((initializer.flags & ts.NodeFlags.BlockScoped) === 0) throw new NotUnderstood('a `var` in a loop', node)
    else lowerDeclarations(frame, initializer, body)
  }
  const always: Expression = { kind: 'literal', value: true, type: { kind: 'boolean' }, span }
  const test = condition === undefined ? always : frame.expression(condition)
  const inner = [...nested(frame, node.statement)]
  if (incrementor !== undefined) inner.push(lowerEffect(frame, incrementor))
  body.push({ kind: 'while', test, body: inner, span })
  return { kind: 'block', body, span }
}

/** `continue` would jump over the increment, and a function inside would see one variable instead of one a round. */
function refuseWhatTellsLoopsApart(body: ts.Statement): void {
  const visit = (node: ts.Node): void => {
    if (ts.isContinueStatement(node)) throw new NotUnderstood('`continue` in a `for` loop', node)
    if (ts.isFunctionLike(node)) throw new NotUnderstood('a function inside a `for` loop', node)
    ts.forEachChild(node, visit)
  }
  visit(body)
}
