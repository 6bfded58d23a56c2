/** Generic traversal of MIR: the one place that knows the children of every node. */
import type { MirArgument, MirExpression, MirMember, MirStatement } from './mir.js'

export type ExpressionMapper = (value: MirExpression) => MirExpression
export type StatementMapper = (body: readonly MirStatement[]) => readonly MirStatement[]

/** The node with its direct children replaced, in order of evaluation. `body` handles bodies of nested functions. */
export function mapChildren(node: MirExpression, map: ExpressionMapper, body: StatementMapper): MirExpression {
  switch (node.kind) {
    case 'literal':
    case 'regexp':
    case 'local':
    case 'input':
    case 'field':
    case 'context':
    case 'constant':
    case 'link':
    case 'global':
      return node
    case 'member':
      return { ...node, object: map(node.object) }
    case 'index':
      return { ...node, object: map(node.object), index: map(node.index) }
    case 'call':
    case 'new':
      return { ...node, callee: map(node.callee), args: mapArguments(node.args, map) }
    case 'helper':
    case 'state':
    case 'apply':
      return { ...node, args: node.args.map(map) }
    case 'unary':
      return { ...node, operand: map(node.operand) }
    case 'binary':
    case 'logical':
      return { ...node, left: map(node.left), right: map(node.right) }
    case 'conditional':
      return { ...node, test: map(node.test), then: map(node.then), otherwise: map(node.otherwise) }
    case 'template':
      return { ...node, expressions: node.expressions.map(map) }
    case 'object':
      return { ...node, members: node.members.map((item) => mapMember(item, map)) }
    case 'array':
      return { ...node, items: mapArguments(node.items, map) }
    case 'function':
      return { ...node, body: body(node.body) }
    case 'opaque':
      return { ...node, text: node.text.map((part) => (typeof part === 'string' ? part : map(part))) }
  }
}

function mapArguments(args: readonly MirArgument[], map: ExpressionMapper): MirArgument[] {
  return args.map((argument) => ({ ...argument, value: map(argument.value) }))
}

function mapMember(item: MirMember, map: ExpressionMapper): MirMember {
  if (item.kind === 'computed') return { ...item, name: map(item.name), value: map(item.value) }
  return { ...item, value: map(item.value) }
}

/** The statement with its direct expressions and bodies replaced. */
export function mapStatement(node: MirStatement, map: ExpressionMapper, body: StatementMapper): MirStatement {
  switch (node.kind) {
    case 'let':
      return node.init === undefined ? node : { ...node, init: map(node.init) }
    case 'assign':
    case 'expression':
    case 'throw':
      return { ...node, value: map(node.value) }
    case 'store':
      return { ...node, object: map(node.object), property: map(node.property), value: map(node.value) }
    case 'if':
      return { ...node, test: map(node.test), then: body(node.then), otherwise: body(node.otherwise) }
    case 'block':
      return { ...node, body: body(node.body) }
    case 'for-of':
      return { ...node, iterable: map(node.iterable), body: body(node.body) }
    case 'while':
      return { ...node, test: map(node.test), body: body(node.body) }
    case 'return':
      return node.value === undefined ? node : { ...node, value: map(node.value) }
    case 'emit':
      return {
        ...node,
        topic: node.topic && map(node.topic),
        timestamp: node.timestamp && map(node.timestamp),
        headers: node.headers && map(node.headers),
        key: map(node.key),
        value: map(node.value),
      }
    case 'seek':
      return { ...node, key: map(node.key), timestamp: map(node.timestamp) }
    case 'invoke':
      return { ...node, args: node.args.map(map) }
    case 'print':
      return { ...node, key: map(node.key), value: map(node.value) }
    case 'break':
    case 'continue':
    case 'enter':
      return node
  }
}

export interface Visitor {
  expression?(node: MirExpression): void
  statement?(node: MirStatement): void
}

/** Visits every node below, parents first. */
export function visitBody(body: readonly MirStatement[], visitor: Visitor): void {
  const inBody: StatementMapper = (statements) => {
    for (const node of statements) {
      visitor.statement?.(node)
      mapStatement(node, inExpression, inBody)
    }
    return statements
  }
  const inExpression: ExpressionMapper = (node) => {
    visitor.expression?.(node)
    mapChildren(node, inExpression, inBody)
    return node
  }
  inBody(body)
}

export function visitExpression(root: MirExpression, visitor: Visitor): void {
  visitBody([{ kind: 'expression', value: root, span: undefined }], visitor)
}
