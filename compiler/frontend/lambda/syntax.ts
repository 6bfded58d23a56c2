/** Small questions about syntax. */
import { ts } from 'ts-morph'

export function withoutParentheses(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) ? withoutParentheses(node.expression) : node
}

export function isAssignment(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment
}

/** Functions and classes in which `this` and `arguments` are others than outside. */
export function hasOwnThis(node: ts.Node): boolean {
  return ts.isClassLike(node) || (ts.isFunctionLike(node) && !ts.isArrowFunction(node))
}
