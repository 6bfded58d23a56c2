/** Lowers one operator and, depth first in declaration order, everything behind it within the sub-topology. */
import type { LambdaId, LogicalNode, LogicalNodeOf, NodeId } from '../ir/logical-plan.js'
import type { MirExpression, MirExpressionOf, MirStatement } from '../ir/mir.js'
import { expression, helper, local, member, not, statement } from '../ir/mir-build.js'
import type { Topology } from '../ir/topology.js'
import { inputsOf } from '../ir/inputs-of.js'
import { exchangeOf, exchangesOf, placeOf, portOf, type ExchangeRole } from '../ir/exchange.js'
import { call, callWith } from './call.js'
import { emitTo, isShared, lowerExchange, skipsKeyless } from './emit.js'
import type { Flow, LoweringContext, OperatorContext } from './flow.js'
import { keyAndValue } from './key-and-value.js'
import { lowerAggregate } from './lower-aggregate.js'
import { lowerRegistration, lowerResponse, lowerRightChange, lowerSubscribe } from './lower-foreign-key-join.js'
import { lowerGlobalTableJoin, lowerStreamTableJoin, lowerTableJoin } from './lower-join.js'
import { lowerLate } from './lower-late.js'
import { lowerDedupe } from './lower-dedupe.js'
import { lowerProcess, lowerProcessOutput } from './lower-process.js'
import { lowerStreamJoin } from './lower-stream-join.js'
import { lowerSuppress } from './lower-suppress.js'
import { lowerGroupTable, lowerNewestRows, lowerTableFilter, lowerTableMap } from './lower-table.js'
import { isThere, nameOf, orNull } from './rows.js'

export function operatorContext<N extends LogicalNode>(
  context: LoweringContext,
  node: N,
  flow: Flow,
): OperatorContext<N> {
  return {
    ...context,
    node,
    call: (id, args, out) => callWith(context, id, args, flow, out),
    callWith: (id, args, other, out) => callWith(context, id, args, other, out),
    forward: (next, out) => lowerConsumers(context, node.id, next, out),
    send: (role, next) => emitTo(context, placeOf(node.id, role), next, {}),
  }
}

/** What stands behind a merge is written out for each of its inputs if it is no more than so many operators. */
const duplicatedOperators = 3

/** An array literal of `flatMap` with at most so many items is written out item by item. */
const unrolledItems = 4

export function lowerConsumers(context: LoweringContext, node: NodeId, flow: Flow, out: MirStatement[]): void {
  for (const consumer of context.topology.operators.get(node)?.consumers ?? []) {
    const operator = context.topology.operators.get(consumer)
    if (operator === undefined) continue
    for (const [port, input] of inputsOf(operator.node).entries()) {
      if (input !== node) continue
      if (operator.node.kind === 'cogroup') lowerCogroup(context, operator.node, port, flow, out)
      else lowerOperator(context, operator.node, port === 0 ? 0 : 1, flow, out)
    }
  }
}

/** Its aggregates are told which of its streams the record is of. */
function lowerCogroup(
  context: LoweringContext,
  node: LogicalNodeOf<'cogroup' | 'window'>,
  input: number,
  flow: Flow,
  out: MirStatement[],
): void {
  out.push(statement({ kind: 'enter', operator: node.id, count: true }, node.span))
  for (const id of context.topology.operators.get(node.id)?.consumers ?? []) {
    const consumer = context.topology.operators.get(id)?.node
    if (consumer?.kind === 'window') lowerCogroup(context, consumer, input, flow, out)
    if (consumer?.kind !== 'aggregate') continue
    out.push(statement({ kind: 'enter', operator: id, count: true }, consumer.span))
    lowerAggregate(operatorContext(context, consumer, flow), flow, input, out)
  }
}

/** What an operator that works on records of its own internal topic does with one. */
export function lowerBehindExchange(
  context: LoweringContext,
  node: LogicalNode,
  role: ExchangeRole,
  flow: Flow,
  out: MirStatement[],
): void {
  if (!skipsKeyless(context, node, role)) {
    lowerReceived(context, node, role, flow, out)
    return
  }
  const then: MirStatement[] = []
  lowerReceived(context, node, role, flow, then)
  const test = isThere(flow.key)
  out.push(statement({ kind: 'if', test, then, otherwise: [] }, node.span))
}

function lowerReceived(
  context: LoweringContext,
  node: LogicalNode,
  role: ExchangeRole,
  flow: Flow,
  out: MirStatement[],
): void {
  switch (node.kind) {
    case 'to-table':
      lowerNewestRows(operatorContext(context, node, flow), flow, out)
      return
    case 'stream-join':
      lowerStreamJoin(operatorContext(context, node, flow), flow, portOf(role), out)
      return
    case 'foreign-key-join':
      if (role === 'subscription-registration') lowerRegistration(operatorContext(context, node, flow), flow, out)
      else lowerResponse(operatorContext(context, node, flow), flow, out)
      return
    case 'stream-table-join':
      lowerStreamTableJoin(operatorContext(context, node, flow), flow, 0, out)
      return
    case 'process':
      lowerProcess(operatorContext(context, node, flow), flow, out)
      return
    case 'dedupe':
      lowerDedupe(operatorContext(context, node, flow), flow, out)
      return
    case 'group-table': {
      const [now, before] = ['now', 'before'].map((name) =>
        member(flow.value, name, { type: orNull(context.program.plan.edges.get(node.id)?.value), span: undefined }),
      )
      lowerConsumers(context, node.id, { ...flow, value: now ?? flow.value, before }, out)
      return
    }
    default:
      lowerConsumers(context, node.id, flow, out)
  }
}

function lowerOperator(
  context: LoweringContext,
  node: LogicalNode,
  port: 0 | 1,
  flow: Flow,
  out: MirStatement[],
): void {
  const role = exchangeOf(context.program.plan.nodes, node, port)
  if (role !== undefined && isShared(context, node, role)) return
  out.push(statement({ kind: 'enter', operator: node.id, count: true }, node.span))
  const forward = (next: Flow, target: MirStatement[]): void => lowerConsumers(context, node.id, next, target)
  switch (node.kind) {
    case 'cogroup':
      lowerCogroup(context, node, port, flow, out)
      return
    case 'source':
    case 'table-source':
    case 'global-table':
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
      lowerExchange(context, node, 'repartition', flow, out)
      return
    case 'group-by': {
      const key = call(context, node.selector, flow, out)
      lowerExchange(context, node, 'repartition', { ...flow, key: context.builder.atom(key, 'key', out) }, out)
      return
    }
    case 'group-by-key':
      if (role !== undefined) lowerExchange(context, node, role, flow, out)
      else forward(flow, out)
      return
    case 'window':
      forward(flow, out)
      return
    case 'to-stream':
      forward({ ...flow, before: undefined, isNewest: undefined, rowTime: undefined }, out)
      return
    case 'to-table':
      if (role !== undefined) lowerExchange(context, node, role, flow, out)
      else lowerNewestRows(operatorContext(context, node, flow), flow, out)
      return
    case 'table-filter':
      lowerTableFilter(operatorContext(context, node, flow), flow, out)
      return
    case 'table-map':
      lowerTableMap(operatorContext(context, node, flow), flow, out)
      return
    case 'late':
      lowerLate(operatorContext(context, node, flow), flow, out)
      return
    case 'suppress':
      lowerSuppress(operatorContext(context, node, flow), flow, out)
      return
    case 'group-table':
      onlyNewest(flow, out, (inner) => lowerGroupTable(operatorContext(context, node, flow), flow, inner))
      return
    case 'stream-join':
      if (role !== undefined) lowerExchange(context, node, role, flow, out)
      else lowerStreamJoin(operatorContext(context, node, flow), flow, port, out)
      return
    case 'stream-table-join':
      if (role !== undefined) lowerExchange(context, node, role, flow, out)
      else lowerStreamTableJoin(operatorContext(context, node, flow), flow, port, out)
      return
    case 'process':
      if (role !== undefined) lowerExchange(context, node, role, flow, out)
      else lowerProcess(operatorContext(context, node, flow), flow, out)
      return
    case 'process-output':
      lowerProcessOutput(operatorContext(context, node, flow), flow, out)
      return
    case 'dedupe':
      if (role !== undefined) lowerExchange(context, node, role, flow, out)
      else lowerDedupe(operatorContext(context, node, flow), flow, out)
      return
    case 'foreign-key-join':
      onlyNewest(flow, out, (inner) => {
        if (port === 0) lowerSubscribe(operatorContext(context, node, flow), flow, inner)
        else lowerRightChange(operatorContext(context, node, flow), flow, inner)
      })
      return
    case 'global-table-join':
      lowerGlobalTableJoin(operatorContext(context, node, flow), flow, out)
      return
    case 'table-join':
      onlyNewest(flow, out, (inner) => lowerTableJoin(operatorContext(context, node, flow), flow, port, inner))
      return
    case 'aggregate':
      lowerAggregate(operatorContext(context, node, flow), flow, 0, out)
      return
    case 'to':
      lowerSink(context, node, flow, out)
  }
}

/** Joins and groups of a versioned table are of the rows as they are now: versions that come late are nothing to them. */
function onlyNewest({ isNewest }: Flow, out: MirStatement[], lowered: (inner: MirStatement[]) => void): void {
  if (isNewest === undefined) {
    lowered(out)
    return
  }
  const then: MirStatement[] = []
  lowered(then)
  out.push(statement({ kind: 'if', test: isNewest, then, otherwise: [] }))
}

function lowerMerge(context: LoweringContext, node: LogicalNodeOf<'merge'>, flow: Flow, out: MirStatement[]): void {
  if (node.inputs.length < 2 || operatorsBehind(context.topology, node.id) <= duplicatedOperators) {
    lowerConsumers(context, node.id, flow, out)
    return
  }
  const retimed = hasOwnTime(context.program.plan.nodes, node)
  const subroutine = context.subroutines.get(node.id, () => {
    const key = context.builder.local('key')
    const value = context.builder.local('value')
    const time = retimed ? context.builder.local('time') : undefined
    const body: MirStatement[] = []
    const inner = {
      key: local(key, flow.key.type),
      value: local(value, flow.value.type),
      before: undefined,
      timestamp: time === undefined ? undefined : local(time),
    }
    lowerConsumers(context, node.id, inner, body)
    return { name: nameOf(node), parameters: time === undefined ? [key, value] : [key, value, time], body }
  })
  const timestamp = flow.timestamp ?? expression({ kind: 'context', property: 'timestamp' })
  const args = retimed ? [flow.key, flow.value, timestamp] : [flow.key, flow.value]
  out.push(statement({ kind: 'invoke', subroutine, args }, node.span))
}

/** Whether records may have another time than the record of the input that they come of. */
function hasOwnTime(nodes: readonly LogicalNode[], node: LogicalNode): boolean {
  if (
    node.kind === 'aggregate' ||
    node.kind === 'table-join' ||
    node.kind === 'stream-join' ||
    node.kind === 'process' ||
    node.kind === 'suppress'
  )
    return true
  if (exchangesOf(nodes, node).length > 0) return false
  return inputsOf(node).some((id) => {
    const input = nodes[id]
    return input !== undefined && hasOwnTime(nodes, input)
  })
}

/** How many operators a record goes through behind a node, each as often as it is reached. */
function operatorsBehind(topology: Topology, node: NodeId): number {
  const consumers = topology.operators.get(node)?.consumers ?? []
  return consumers.reduce((sum, consumer) => sum + 1 + operatorsBehind(topology, consumer), 0)
}

function lowerMapRecord(
  context: LoweringContext,
  node: LogicalNodeOf<'map-record'>,
  flow: Flow,
  out: MirStatement[],
): Flow {
  const result = call(context, node.mapper, flow, out)
  const record = context.builder.atom(keyAndValue(result), nameOf(node), out)
  return {
    key: context.builder.atom(member(record, 'key'), 'key', out),
    value: context.builder.atom(member(record, 'value'), 'value', out),
    before: undefined,
    timestamp: flow.timestamp,
  }
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
    if (consumer?.kind === 'branch' && consumer.branch === branch.name) lowerOperator(context, consumer, 0, flow, then)
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
    emitTo(context, placeOf(node.id), flow, {
      topic: topic && helper('topicName', [topic]),
      timestamp: timestamp && helper('sinkTimestamp', [timestamp]),
      headers,
    }),
  )
}
