/** An expression as text, with the variables of the lambda in it still known as such. */
import { ts } from 'ts-morph'
import type { Expression, OpaquePart } from '../../ir/lambda.js'
import { forEachReference, isWithin } from '../free-variables.js'
import type { Frame } from './frame.js'
import { NotUnderstood } from './not-understood.js'
import { reference } from './reference.js'
import { hasOwnThis } from './syntax.js'

export function opaqueExpression(frame: Frame, node: ts.Expression, reason: string): Expression {
  refuseWhatReachesOut(node)
  const file = node.getSourceFile()
  const parts: OpaquePart[] = []
  let at = node.getStart(file)
  forEachReference(node, (identifier) => {
    if (isDeclaredInside(frame, identifier, node)) return
    const value = reference(frame, identifier)
    // A global keeps its name.
    if (value.kind === 'global' || (value.kind === 'literal' && identifier.text === 'undefined')) return
    refuseAssigned(identifier)
    const shorthand = ts.isShorthandPropertyAssignment(identifier.parent) ? `${identifier.text}: ` : ''
    parts.push(file.text.slice(at, identifier.getStart(file)) + shorthand, value)
    at = identifier.getEnd()
  })
  parts.push(file.text.slice(at, node.getEnd()))
  return { kind: 'opaque', text: parts, reason, ...frame.base(node) }
}

function isDeclaredInside(frame: Frame, identifier: ts.Identifier, node: ts.Node): boolean {
  const symbol = ts.isShorthandPropertyAssignment(identifier.parent)
    ? frame.checker.getShorthandAssignmentValueSymbol(identifier.parent)
    : frame.checker.getSymbolAtLocation(identifier)
  return symbol?.declarations?.some((declaration) => isWithin(declaration, node)) ?? false
}

/** Text that means something else where it is put. */
function refuseWhatReachesOut(node: ts.Node): void {
  const visit = (inner: ts.Node): void => {
    if (ts.isAwaitExpression(inner) || ts.isYieldExpression(inner)) throw new NotUnderstood('`await` or `yield`', inner)
    if (inner.kind === ts.SyntaxKind.ThisKeyword || inner.kind === ts.SyntaxKind.SuperKeyword) {
      throw new NotUnderstood('`this` or `super`', inner)
    }
    if (ts.isMetaProperty(inner)) throw new NotUnderstood('`import.meta`', inner)
    if (!hasOwnThis(inner)) ts.forEachChild(inner, visit)
  }
  visit(node)
}

/** A variable that text assigns to cannot be replaced by its value. */
function refuseAssigned(identifier: ts.Identifier): void {
  const { parent } = identifier
  const assigned =
    (ts.isBinaryExpression(parent) &&
      parent.left === identifier &&
      parent.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
      parent.operatorToken.kind <= ts.SyntaxKind.LastAssignment) ||
    ((ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent)) &&
      (parent.operator === ts.SyntaxKind.PlusPlusToken || parent.operator === ts.SyntaxKind.MinusMinusToken))
  if (assigned) throw new NotUnderstood('an assignment inside an expression', identifier)
}
