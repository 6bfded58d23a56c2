/**
 * Expressions. What no rule understands becomes opaque text in which the lambda's variables are still known, so that the
 * rest of the lambda stays understood.
 */
import { ts } from 'ts-morph'
import type { Expression, ObjectMember } from '../../ir/lambda.js'
import { lowerArguments } from './arguments.js'
import { lowerCall, lowerNew } from './calls.js'
import type { Frame } from './frame.js'
import { lowerFunction } from './functions.js'
import { NotUnderstood } from './not-understood.js'
import { opaqueExpression } from './opaque-expression.js'
import { binaryOperator, logicalOperator, unaryOperator } from './operators.js'
import { orUndefined } from './or-undefined.js'
import { reference } from './reference.js'

export function lowerExpression(frame: Frame, node: ts.Expression): Expression {
  const plain = withoutTypes(node)
  return literal(frame, plain) ?? access(frame, plain) ?? operation(frame, plain) ?? construction(frame, plain)
}

/** Parentheses, assertions and `!` say nothing at run time. */
function withoutTypes(node: ts.Expression): ts.Expression {
  if (
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isTypeAssertionExpression(node)
  ) {
    return withoutTypes(node.expression)
  }
  return node
}

function literal(frame: Frame, node: ts.Expression): Expression | undefined {
  const make = (value: string | number | boolean | bigint | null): Expression => ({
    kind: 'literal',
    value,
    ...frame.base(node),
  })
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return make(node.text)
  if (ts.isNumericLiteral(node)) return make(Number(node.text))
  if (ts.isBigIntLiteral(node)) return make(BigInt(node.text.slice(0, -1)))
  if (node.kind === ts.SyntaxKind.TrueKeyword) return make(true)
  if (node.kind === ts.SyntaxKind.FalseKeyword) return make(false)
  if (node.kind === ts.SyntaxKind.NullKeyword) return make(null)
  if (ts.isRegularExpressionLiteral(node)) {
    const end = node.text.lastIndexOf('/')
    return { kind: 'regexp', source: node.text.slice(1, end), flags: node.text.slice(end + 1), ...frame.base(node) }
  }
  return undefined
}

function access(frame: Frame, node: ts.Expression): Expression | undefined {
  if (ts.isIdentifier(node)) return reference(frame, node)
  if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return undefined
  const constant = frame.checker.getConstantValue(node)
  if (constant !== undefined) return { kind: 'literal', value: constant, ...frame.base(node) }
  const imported = namespaceMember(frame, node)
  if (imported !== undefined) return imported
  if (node.expression.kind === ts.SyntaxKind.SuperKeyword) throw new NotUnderstood('`super`', node)
  const object = lowerExpression(frame, node.expression)
  // Behind `a?.b` the rest of the chain is not evaluated either.
  const optional = ts.isOptionalChain(node)
  if (ts.isPropertyAccessExpression(node)) {
    if (ts.isPrivateIdentifier(node.name)) throw new NotUnderstood('a private field', node)
    return { kind: 'member', object, property: node.name.text, optional, ...readBase(frame, node, object) }
  }
  const { argumentExpression } = node
  if (ts.isStringLiteralLike(argumentExpression)) {
    return { kind: 'member', object, property: argumentExpression.text, optional, ...readBase(frame, node, object) }
  }
  const index = lowerExpression(frame, argumentExpression)
  return { kind: 'index', object, index, optional, ...readBase(frame, node, object) }
}

/** What is read of an array or a map by its index may not be there, whatever the checker's options say. */
function readBase(frame: Frame, node: ts.Expression, object: Expression): ReturnType<Frame['base']> {
  const base = frame.base(node)
  const mayMiss = ts.isElementAccessExpression(node) ? object.type.kind !== 'record' : object.type.kind === 'map'
  return mayMiss ? { ...base, type: orUndefined(base.type) } : base
}

/** `lib.f` of `import * as lib`: linked alone, so that the rest of the module is not kept. */
function namespaceMember(
  frame: Frame,
  node: ts.PropertyAccessExpression | ts.ElementAccessExpression,
): Expression | undefined {
  if (!ts.isPropertyAccessExpression(node) || !ts.isIdentifier(node.expression)) return undefined
  const meaning = frame.meaning(node.expression)
  if (meaning.kind !== 'module' || meaning.target.name !== '*') return undefined
  const name = frame.lowering.link(node.name.text, meaning.target.module, node.name.text)
  return { kind: 'link', name, ...frame.base(node) }
}

function operation(frame: Frame, node: ts.Expression): Expression | undefined {
  const base = () => frame.base(node)
  if (ts.isBinaryExpression(node)) return binary(frame, node)
  if (ts.isConditionalExpression(node)) {
    const test = lowerExpression(frame, node.condition)
    const then = lowerExpression(frame, node.whenTrue)
    return { kind: 'conditional', test, then, otherwise: lowerExpression(frame, node.whenFalse), ...base() }
  }
  if (ts.isPrefixUnaryExpression(node)) {
    const operator = unaryOperator(node)
    if (operator === undefined) throw new NotUnderstood('an assignment inside an expression', node)
    const operand = lowerExpression(frame, node.operand)
    if (operator === '-' && operand.kind === 'literal' && typeof operand.value === 'number') {
      return { kind: 'literal', value: -operand.value, ...base() }
    }
    return { kind: 'unary', operator, operand, ...base() }
  }
  if (ts.isPostfixUnaryExpression(node)) throw new NotUnderstood('an assignment inside an expression', node)
  if (ts.isTypeOfExpression(node)) {
    return { kind: 'unary', operator: 'typeof', operand: lowerExpression(frame, node.expression), ...base() }
  }
  if (ts.isVoidExpression(node)) {
    return { kind: 'unary', operator: 'void', operand: lowerExpression(frame, node.expression), ...base() }
  }
  if (ts.isCallExpression(node)) return lowerCall(frame, node)
  if (ts.isNewExpression(node)) return lowerNew(frame, node)
  return undefined
}

function binary(frame: Frame, node: ts.BinaryExpression): Expression {
  const logical = logicalOperator(node)
  const operator = binaryOperator(node)
  if (logical === undefined && operator === undefined) {
    if (node.operatorToken.kind === ts.SyntaxKind.CommaToken) return opaqueExpression(frame, node, 'a comma expression')
    throw new NotUnderstood('an assignment inside an expression', node)
  }
  const left = lowerExpression(frame, node.left)
  const right = lowerExpression(frame, node.right)
  const base = frame.base(node)
  if (logical !== undefined) return { kind: 'logical', operator: logical, left, right, ...base }
  if (operator === undefined) throw new Error('an operator is neither logical nor binary')
  return { kind: 'binary', operator, left, right, ...base }
}

function construction(frame: Frame, node: ts.Expression): Expression {
  if (ts.isTemplateExpression(node)) {
    const strings = [node.head.text, ...node.templateSpans.map((span) => span.literal.text)]
    const expressions = node.templateSpans.map((span) => lowerExpression(frame, span.expression))
    return { kind: 'template', strings, expressions, ...frame.base(node) }
  }
  if (ts.isObjectLiteralExpression(node)) return object(frame, node)
  if (ts.isArrayLiteralExpression(node) && !node.elements.some(ts.isOmittedExpression)) {
    return { kind: 'array', items: lowerArguments(frame, node.elements), ...frame.base(node) }
  }
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return lowerFunction(frame, node)
  return opaqueExpression(frame, node, `an expression of kind ${ts.SyntaxKind[node.kind]}`)
}

function object(frame: Frame, node: ts.ObjectLiteralExpression): Expression {
  const members: ObjectMember[] = []
  for (const property of node.properties) {
    const member = objectMember(frame, property)
    if (member === undefined) return opaqueExpression(frame, node, 'a method or `__proto__` in an object literal')
    members.push(member)
  }
  return { kind: 'object', members, ...frame.base(node) }
}

function objectMember(frame: Frame, property: ts.ObjectLiteralElementLike): ObjectMember | undefined {
  if (ts.isSpreadAssignment(property)) return { kind: 'spread', value: lowerExpression(frame, property.expression) }
  if (ts.isShorthandPropertyAssignment(property)) {
    return { kind: 'property', name: property.name.text, value: reference(frame, property.name) }
  }
  if (!ts.isPropertyAssignment(property)) return undefined
  const { name, initializer } = property
  if (ts.isComputedPropertyName(name)) {
    const key = lowerExpression(frame, name.expression)
    return { kind: 'computed', name: key, value: lowerExpression(frame, initializer) }
  }
  if (ts.isPrivateIdentifier(name) || ts.isBigIntLiteral(name) || name.text === '__proto__') return undefined
  return { kind: 'property', name: name.text, value: lowerExpression(frame, initializer) }
}
