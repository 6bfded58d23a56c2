/** Visits every expression and statement of a lambda's body, parents first. */
import type { Expression, Statement } from '../ir/lambda.js'

export interface LambdaVisitor {
  expression(node: Expression): void
  statement(node: Statement): void
}

export function visitLambda(body: readonly Statement[], visitor: LambdaVisitor): void {
  for (const statement of body) {
    visitor.statement(statement)
    for (const child of expressionsOf(statement)) visitExpression(child, visitor)
    for (const inner of bodiesOf(statement)) visitLambda(inner, visitor)
  }
}

function visitExpression(node: Expression, visitor: LambdaVisitor): void {
  visitor.expression(node)
  for (const child of childrenOf(node)) visitExpression(child, visitor)
  if (node.kind === 'function') visitLambda(node.body, visitor)
}

function expressionsOf(node: Statement): readonly Expression[] {
  switch (node.kind) {
    case 'let':
      return node.init === undefined ? [] : [node.init]
    case 'assign':
    case 'expression':
    case 'throw':
      return [node.value]
    case 'return':
      return node.value === undefined ? [] : [node.value]
    case 'store':
      return [node.object, node.property, node.value]
    case 'if':
    case 'while':
      return [node.test]
    case 'for-of':
      return [node.iterable]
    case 'block':
    case 'break':
    case 'continue':
      return []
  }
}

function bodiesOf(node: Statement): readonly (readonly Statement[])[] {
  switch (node.kind) {
    case 'if':
      return [node.then, node.otherwise]
    case 'block':
    case 'while':
    case 'for-of':
      return [node.body]
    default:
      return []
  }
}

function childrenOf(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case 'literal':
    case 'regexp':
    case 'local':
    case 'capture':
    case 'link':
    case 'global':
    case 'function':
      return []
    case 'member':
      return [node.object]
    case 'index':
      return [node.object, node.index]
    case 'call':
    case 'new':
      return [node.callee, ...node.args.map((argument) => argument.value)]
    case 'unary':
      return [node.operand]
    case 'binary':
    case 'logical':
      return [node.left, node.right]
    case 'conditional':
      return [node.test, node.then, node.otherwise]
    case 'template':
      return node.expressions
    case 'object':
      return node.members.flatMap((item) => (item.kind === 'computed' ? [item.name, item.value] : [item.value]))
    case 'array':
      return node.items.map((item) => item.value)
    case 'opaque':
      return node.text.filter((part) => typeof part !== 'string')
  }
}
