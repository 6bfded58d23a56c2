/** Calls. Functions of the author's modules whose text is visible are put in place of the call, where that is sound. */
import { ts } from 'ts-morph'
import type { Expression } from '../../ir/lambda.js'
import type { FunctionNode } from './environment.js'
import { lowerArguments } from './arguments.js'
import type { Frame, Meaning } from './frame.js'
import { NotUnderstood } from './not-understood.js'
import { opaqueExpression } from './opaque-expression.js'

/** Nodes of a function up to which it is put in place; larger ones are called. */
const maxInlinedNodes = 250

export function lowerCall(frame: Frame, node: ts.CallExpression): Expression {
  const callee = node.expression
  if (callee.kind === ts.SyntaxKind.ImportKeyword || callee.kind === ts.SyntaxKind.SuperKeyword) {
    throw new NotUnderstood('`import()` or `super()`', node)
  }
  if (ts.isIdentifier(callee)) {
    const meaning = frame.meaning(callee)
    if (meaning.kind === 'module' && meaning.target.erased) return erased(frame, node)
    const inlined = inline(frame, node, meaning)
    if (inlined !== undefined) return inlined
  }
  const optional = ts.isOptionalChain(node) && node.questionDotToken !== undefined
  const lowered = frame.expression(callee)
  return { kind: 'call', callee: lowered, args: lowerArguments(frame, node.arguments), optional, ...frame.base(node) }
}

/** `int(x)` and its like: the value as it is, with the type that it is said to have. */
function erased(frame: Frame, node: ts.CallExpression): Expression {
  const [argument] = node.arguments
  if (argument === undefined) return opaqueExpression(frame, node, 'a call without its argument')
  return { ...frame.expression(argument), type: frame.typeOf(node) }
}

function inline(frame: Frame, node: ts.CallExpression, meaning: Meaning): Expression | undefined {
  if (node.arguments.some(ts.isSpreadElement)) return undefined
  const target = visibleFunction(frame, meaning)
  if (target === undefined || !frame.lowering.canPutInPlace(target.node)) return undefined
  if (nodeCount(target.node) > maxInlinedNodes) return undefined
  const giveUp = frame.lowering.snapshot()
  try {
    const inner = frame.separate(target.node, target.captures)
    const { parameters, body } = frame.lowering.putInPlace(target.node, () => inner.functionBody())
    const callee: Expression = { kind: 'function', parameters, body, ...frame.base(node.expression) }
    return { kind: 'call', callee, args: lowerArguments(frame, node.arguments), optional: false, ...frame.base(node) }
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error
    giveUp()
    return undefined
  }
}

interface VisibleFunction {
  readonly node: FunctionNode
  readonly captures: Frame['captures']
}

function visibleFunction(frame: Frame, meaning: Meaning): VisibleFunction | undefined {
  if (meaning.kind === 'capture') {
    if (meaning.value.kind !== 'lambda') return undefined
    const node = frame.lowering.environment.functionAt(meaning.value.site)
    return node === undefined ? undefined : { node, captures: meaning.value.captures }
  }
  if (meaning.kind !== 'module' || meaning.target.declaration === undefined) return undefined
  const node = functionOf(meaning.target.declaration)
  return node === undefined ? undefined : { node, captures: new Map() }
}

/** `function f() {}` or `const f = () => …`. */
function functionOf(declaration: ts.Declaration): FunctionNode | undefined {
  if (ts.isFunctionDeclaration(declaration)) return declaration.body === undefined ? undefined : declaration
  if (!ts.isVariableDeclaration(declaration) || declaration.initializer === undefined) return undefined
  const isConst = (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0
  const { initializer } = declaration
  return isConst && (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer)) ? initializer : undefined
}

function nodeCount(node: ts.Node): number {
  let count = 1
  ts.forEachChild(node, (child) => {
    count += nodeCount(child)
  })
  return count
}

export function lowerNew(frame: Frame, node: ts.NewExpression): Expression {
  const callee = frame.expression(node.expression)
  return { kind: 'new', callee, args: lowerArguments(frame, node.arguments ?? []), ...frame.base(node) }
}
