import { ts } from 'ts-morph'
import type { Frame } from './frame.js'

/** Whether the function (or one inside it) assigns to a name: then it is a variable, else a constant. */
export function isAssigned(name: ts.BindingName, frame: Frame): boolean {
  if (!ts.isIdentifier(name)) return false
  const symbol = frame.checker.getSymbolAtLocation(name)
  const visit = (node: ts.Node): boolean => {
    const target = assignedTarget(node)
    if (target !== undefined && frame.checker.getSymbolAtLocation(target) === symbol) return true
    return ts.forEachChild(node, visit) ?? false
  }
  return frame.node.body !== undefined && visit(frame.node.body)
}

function assignedTarget(node: ts.Node): ts.Node | undefined {
  if (ts.isBinaryExpression(node) && node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment) {
    if (node.operatorToken.kind <= ts.SyntaxKind.LastAssignment) return node.left
  }
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    const { operator, operand } = node
    if (operator === ts.SyntaxKind.PlusPlusToken || operator === ts.SyntaxKind.MinusMinusToken) return operand
  }
  return undefined
}
