/** Assignments, as statements only: one inside an expression makes its function opaque. */
import { ts } from 'ts-morph'
import type { BinaryOperator, Expression, Statement } from '../../ir/lambda.js'
import type { Frame } from './frame.js'
import { NotUnderstood } from './not-understood.js'
import { binaryOperators } from './operators.js'
import { withoutParentheses } from './syntax.js'

export function lowerAssignment(frame: Frame, node: ts.BinaryExpression): Statement {
  const operator = compound(node)
  return assign(frame, node.left, (current) => {
    const value = frame.expression(node.right)
    return operator === undefined ? value : combine(frame, node, operator, current(), value)
  })
}

/** `x++` and the like, whose value nobody wants. */
export function lowerUpdate(
  frame: Frame,
  node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression,
  operator: ts.SyntaxKind,
): Statement {
  const { span } = frame.base(node)
  if (frame.typeOf(node.operand).kind === 'bigint') throw new NotUnderstood('`++` of a bigint', node)
  const one: Expression = { kind: 'literal', value: 1, type: { kind: 'literal', value: 1 }, span }
  const sign = operator === ts.SyntaxKind.PlusPlusToken ? '+' : '-'
  return assign(frame, node.operand, (current) => combine(frame, node, sign, current(), one))
}

function assign(frame: Frame, target: ts.Expression, value: (current: () => Expression) => Expression): Statement {
  const inner = withoutParentheses(target)
  const { span } = frame.base(target)
  const current = () => frame.expression(inner)
  if (ts.isIdentifier(inner)) {
    const meaning = frame.meaning(inner)
    if (meaning.kind !== 'local') throw new NotUnderstood(`an assignment to '${inner.text}'`, inner)
    return { kind: 'assign', local: meaning.local, value: value(current), span }
  }
  if (!ts.isPropertyAccessExpression(inner) && !ts.isElementAccessExpression(inner)) {
    throw new NotUnderstood('an assignment to a pattern', inner)
  }
  // Evaluated twice by `x.n += 1`: harmless for a name only.
  if (!ts.isIdentifier(withoutParentheses(inner.expression))) throw new NotUnderstood('an assignment to a path', inner)
  const object = frame.expression(inner.expression)
  return { kind: 'store', object, property: propertyOf(frame, inner), value: value(current), span }
}

function propertyOf(frame: Frame, node: ts.PropertyAccessExpression | ts.ElementAccessExpression): Expression {
  if (ts.isElementAccessExpression(node)) {
    const index = frame.expression(node.argumentExpression)
    if (index.kind !== 'literal' && index.kind !== 'local') throw new NotUnderstood('a computed place', node)
    return index
  }
  const value = node.name.text
  return { kind: 'literal', value, type: { kind: 'literal', value }, span: frame.base(node.name).span }
}

/** The operator of `+=`; undefined for `=`. */
function compound(node: ts.BinaryExpression): BinaryOperator | undefined {
  const { kind } = node.operatorToken
  if (kind === ts.SyntaxKind.EqualsToken) return undefined
  const text = ts.tokenToString(kind)?.slice(0, -1)
  const operator = binaryOperators.find((each) => each === text)
  if (operator === undefined) throw new NotUnderstood(`the assignment ${node.operatorToken.getText()}`, node)
  return operator
}

function combine(
  frame: Frame,
  node: ts.Node,
  operator: BinaryOperator,
  left: Expression,
  right: Expression,
): Expression {
  return { kind: 'binary', operator, left, right, ...frame.base(node) }
}
