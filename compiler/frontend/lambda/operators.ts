/** Operators that our tree has, by their text. */
import { ts } from 'ts-morph'
import type { BinaryOperator, UnaryOperator } from '../../ir/lambda.js'

export const binaryOperators: readonly BinaryOperator[] = [
  '+',
  '-',
  '*',
  '/',
  '%',
  '**',
  '===',
  '!==',
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '&',
  '|',
  '^',
  '<<',
  '>>',
  '>>>',
  'in',
  'instanceof',
]

const logicalOperators = ['&&', '||', '??'] as const
const unaryOperators: readonly UnaryOperator[] = ['-', '+', '!', '~']

export function binaryOperator(node: ts.BinaryExpression): BinaryOperator | undefined {
  const text = ts.tokenToString(node.operatorToken.kind)
  return binaryOperators.find((operator) => operator === text)
}

export function logicalOperator(node: ts.BinaryExpression): (typeof logicalOperators)[number] | undefined {
  const text = ts.tokenToString(node.operatorToken.kind)
  return logicalOperators.find((operator) => operator === text)
}

export function unaryOperator(node: ts.PrefixUnaryExpression): UnaryOperator | undefined {
  const text = ts.tokenToString(node.operator)
  return unaryOperators.find((operator) => operator === text)
}
