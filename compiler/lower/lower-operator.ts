/** Lowers one operator and, depth first in declaration order, everything behind it within the sub-topology. */
import type { Lambda } from '../ir/lambda.js'
import type { LambdaId, LogicalNode, LogicalNodeOf, NodeId } from '../ir/logical-plan.js'
import type { MirExpression, MirExpressionOf, MirStatement } from '../ir/mir.js'
import { expression, helper, literal, local, member, not, statement } from '../ir/mir-build.js'
import type { Topology } from '../ir/topology.js'
import { isExchange } from '../ir/exchanges.js'
import { lowerAggregate } from './aggregate.js'
import type { Flow, LoweringContext } from './flow.js'
import { inlineLambda } from './inline-lambda.js'

/** What stands behind a merge is written out for each of its inputs if it is no more than so many operators. */
const duplicatedOperators = 3

/** An array literal of `flatMap` with at most so many items is written out item by item. */
const unrolledItems = 4

export function lowerConsumers(context: LoweringContext, node: NodeId, flow: Flow, out: MirStatement[]): void {
  for (const consumer of context.topology.operators.get(node)?.consumers ?? []) {
    const operator = context.topology.operators.get(consumer)
    if (operator !== undefined) lowerOperator(context, operator.node, flow, out)
  }
}

function lowerOperator(context: LoweringContext, node: LogicalNode, flow: Flow, out: MirStatement[]): void {
  out.push(statement({ kind: 'enter', operator: node.id, count: true }, node.span))
  const forward = (next: Flow, target: MirStatement[]): void => lowerConsumers(context, node.id, next, target)
  switch (node.kind) {
    case 'source':
      throw new Error('a source consumes nothing')
    case 'merge':
      lowerMerge(context, node, flow, out)
      return
    case 'branch':
      forward(flow, out)
      return
    case 'filter': {
      const then: MirStatement[] = []
      forward(flow, then)
      const holds = call(context, node.predicate, flow, out)
      const test = node.negated ? not(holds) : holds
      out.push(statement({ kind: 'if', test, then, otherwise: [] }, node.span))
      return
    }
    case 'map': {
      const value = call(context, node.mapper, flow, out)
      forward({ ...flow, value: context.builder.atom(value, nameOf(node), out) }, out)
      return
    }
    case 'map-record':
      forward(lowerMapRecord(context, node, flow, out), out)
      return
    case 'flat-map':
      lowerFlatMap(context, node, flow, out)
      return
    case 'select-key': {
      const key = call(context, node.selector, flow, out)
      forward({ ...flow, key: context.builder.atom(key, 'key', out) }, out)
      return
    }
    case 'peek':
      out.push(statement({ kind: 'expression', value: call(context, node.action, flow, out) }))
      forward(flow, out)
      return
    case 'for-each':
      out.push(statement({ kind: 'expression', value: call(context, node.action, flow, out) }))
      return
    case 'print':
      out.push(
        statement({ kind: 'print', label: node.printLabel ?? node.label, key: flow.key, value: flow.value }, node.span),
      )
      forward(flow, out)
      return
    case 'split':
      lowerSplit(context, node, flow, node.branches, out)
      return
    case 'repartition':
      lowerExchange(context, node, flow, out)
      return
    case 'group-by-key':
      if (isExchange(context.program.plan, node)) lowerExchange(context, node, flow, out)
      else forward(flow, out)
      return
    case 'group-by': {
      const key = call(context, node.selector, flow, out)
      lowerExchange(context, node, { ...flow, key: context.builder.atom(key, 'key', out) }, out)
      return
    }
    case 'window':
    case 'to-stream':
      forward(flow, out)
      return
    case 'aggregate':
      lowerAggregate(context, node, flow, forward, out)
      return
    case 'to':
      lowerSink(context, node, flow, out)
  }
}

/** Records without a key are dropped: no partition is theirs. */
function lowerExchange(context: LoweringContext, node: LogicalNode, flow: Flow, out: MirStatement[]): void {
  const emit = emitTo(context, node.id, flow, {})
  const test = expression({ kind: 'binary', operator: '!=', left: flow.key, right: literal(null) })
  const enter = statement({ kind: 'enter', operator: node.id, count: false })
  out.push(statement({ kind: 'if', test, then: [enter, emit], otherwise: [] }, node.span))
}

function lowerMerge(context: LoweringContext, node: LogicalNodeOf<'merge'>, flow: Flow, out: MirStatement[]): void {
  // A subroutine takes key and value only.
  const isInputTime = flow.timestamp.kind === 'context'
  if (!isInputTime || node.inputs.length < 2 || operatorsBehind(context.topology, node.id) <= duplicatedOperators) {
    lowerConsumers(context, node.id, flow, out)
    return
  }
  const subroutine = context.subroutines.get(node.id, () => {
    const parameters = [context.builder.local('key'), context.builder.local('value')] as const
    const [key, value] = parameters
    const body: MirStatement[] = []
    const inner = { ...flow, key: local(key, flow.key.type), value: local(value, flow.value.type) }
    lowerConsumers(context, node.id, inner, body)
    return { name: nameOf(node), parameters, body }
  })
  out.push(statement({ kind: 'invoke', subroutine, args: [flow.key, flow.value] }, node.span))
}

/** How many operators a record goes through behind a node, each as often as it is reached. */
function operatorsBehind(topology: Topology, node: NodeId): number {
  const consumers = topology.operators.get(node)?.consumers ?? []
  return consumers.reduce((sum, consumer) => sum + 1 + operatorsBehind(topology, consumer), 0)
}

/** The result of an operator's lambda; whatever might be a promise is checked when it is there (rule 4). */
function call(context: LoweringContext, id: LambdaId, flow: Flow, out: MirStatement[]): MirExpression {
  const lambda = context.program.lambda(id)
  const result = inlineLambda(context.program, context.builder, lambda, flow.value, flow, out)
  return mayBePromise(lambda, result)
    ? helper('settled', [result], { type: lambda.returns, span: result.span })
    : result
}

function mayBePromise(lambda: Lambda, result: MirExpression): boolean {
  if (result.kind === 'object') return result.members.some((item) => item.kind !== 'property' || item.name === 'then')
  if (lambda.opaque !== undefined) return true
  const { returns } = lambda
  const types = returns.kind === 'union' ? returns.types : [returns]
  return types.some((type) => type.kind === 'opaque') && result.kind !== 'array'
}

function lowerMapRecord(
  context: LoweringContext,
  node: LogicalNodeOf<'map-record'>,
  flow: Flow,
  out: MirStatement[],
): Flow {
  const result = call(context, node.mapper, flow, out)
  const checked = hasKeyAndValue(result)
    ? result
    : helper('keyAndValue', [result], { type: result.type, span: result.span })
  const record = context.builder.atom(checked, nameOf(node), out)
  return {
    ...flow,
    key: context.builder.atom(member(record, 'key'), 'key', out),
    value: context.builder.atom(member(record, 'value'), 'value', out),
  }
}

function hasKeyAndValue(result: MirExpression): boolean {
  if (result.kind !== 'object') return false
  const names = result.members.map((item) => (item.kind === 'property' ? item.name : undefined))
  return names.includes('key') && names.includes('value')
}

function lowerFlatMap(
  context: LoweringContext,
  node: LogicalNodeOf<'flat-map'>,
  flow: Flow,
  out: MirStatement[],
): void {
  const { builder } = context
  const result = call(context, node.mapper, flow, out)
  const name = nameOf(node)
  const items = shortArray(result)
  if (items !== undefined) {
    const atoms = items.map((item) => builder.atom(item, name, out))
    for (const value of atoms) lowerConsumers(context, node.id, { ...flow, value }, out)
    return
  }
  const isArray = result.type?.kind === 'array' && result.kind !== 'helper'
  const iterable = isArray ? result : helper('iterable', [result], { type: result.type, span: result.span })
  const item = builder.local(name)
  const body: MirStatement[] = []
  lowerConsumers(context, node.id, { ...flow, value: local(item) }, body)
  // What is iterated lazily may throw on the way to its next item: that is an error of this operator again.
  if (!isArray) body.push(statement({ kind: 'enter', operator: node.id, count: false }))
  out.push(statement({ kind: 'for-of', local: item, iterable, body }, node.span))
}

function shortArray(value: MirExpression): MirExpression[] | undefined {
  if (value.kind !== 'array' || value.items.length > unrolledItems) return undefined
  const items = (value satisfies MirExpressionOf<'array'>).items
  return items.every((item) => item.kind === 'value') ? items.map((item) => item.value) : undefined
}

/** First branch whose predicate holds takes the record, also when nobody reads that branch. */
function lowerSplit(
  context: LoweringContext,
  node: LogicalNodeOf<'split'>,
  flow: Flow,
  branches: LogicalNodeOf<'split'>['branches'],
  out: MirStatement[],
): void {
  const [branch, ...others] = branches
  if (branch === undefined) return
  const then: MirStatement[] = []
  for (const id of context.topology.operators.get(node.id)?.consumers ?? []) {
    const consumer = context.topology.operators.get(id)?.node
    if (consumer?.kind === 'branch' && consumer.branch === branch.name) lowerOperator(context, consumer, flow, then)
  }
  if (branch.predicate === undefined) {
    out.push(...then)
    return
  }
  out.push(statement({ kind: 'enter', operator: node.id, count: false }))
  const test = call(context, branch.predicate, flow, out)
  const otherwise: MirStatement[] = []
  lowerSplit(context, node, flow, others, otherwise)
  out.push(statement({ kind: 'if', test, then, otherwise }, node.span))
}

function lowerSink(context: LoweringContext, node: LogicalNodeOf<'to'>, flow: Flow, out: MirStatement[]): void {
  const { builder } = context
  const one = (id: LambdaId | undefined, name: string): MirExpression | undefined =>
    id === undefined ? undefined : builder.atom(call(context, id, flow, out), name, out)
  const topic = node.target.kind === 'chosen' ? one(node.target.choose, 'topic') : undefined
  const timestamp = one(node.timestamp, 'timestamp')
  const headers = one(node.headers, 'headers')
  out.push(
    emitTo(context, node.id, flow, {
      topic: topic && helper('topicName', [topic]),
      timestamp: timestamp && helper('sinkTimestamp', [timestamp]),
      headers,
    }),
  )
}

interface EmitOptions {
  readonly topic?: MirExpression | undefined
  readonly timestamp?: MirExpression | undefined
  readonly headers?: MirExpression | undefined
}

function emitTo(context: LoweringContext, node: NodeId, flow: Flow, options: EmitOptions): MirStatement {
  const sink = context.topology.sinks.findIndex((candidate) => candidate.nodes.includes(node))
  return statement({
    kind: 'emit',
    emit: context.program.nextEmit(),
    sink,
    key: flow.key,
    value: flow.value,
    topic: options.topic,
    timestamp: options.timestamp ?? (flow.timestamp.kind === 'context' ? undefined : flow.timestamp),
    headers: options.headers,
  })
}

/** What the result of an operator is called in generated code. */
function nameOf(node: LogicalNode): string {
  return node.name ?? node.label
}
