/**
 * Aggregates: the algorithm is the kernel's (runtime/operators), which is asked step by step, so that the author's
 * functions and everything behind the table stay in their places. No function is called per row.
 */
import type { MirExpression, MirStatement } from '../ir/mir.js'
import { expression, letStatement, literal, local, statement } from '../ir/mir-build.js'
import { needsOldRows } from '../ir/rows.js'
import type { ValueType } from '../ir/value-type.js'
import { windowOf } from '../ir/window-of.js'
import { lowerTableAggregate } from './lower-table-aggregate.js'
import { oldValue, rowsOf, state, stored, type AggregateContext } from './aggregate-state.js'
import type { Flow } from './lower-operator.js'
import { and, isThere, nameOf, orElse, seek, timeOf } from './rows.js'

const number: ValueType = { kind: 'number', brand: undefined }

export function lowerAggregate(context: AggregateContext, flow: Flow, out: MirStatement[]): void {
  const { node, program } = context
  const { nodes } = program.plan
  if (nodes[node.input]?.kind === 'group-table') {
    lowerTableAggregate(context, flow, out)
    return
  }
  const window = windowOf(nodes, node)
  const then: MirStatement[] = [seek(context, rowsOf(context), flow)]
  const timestamp = timeOf(flow)
  if (window === undefined) {
    const updated = update(context, flow.value, timestamp, then)
    context.forward({ key: flow.key, ...updated }, then)
  } else {
    const body: MirStatement[] = []
    const updated = update(context, flow.value, timestamp, body)
    if (window.emit === 'updates') context.forward({ key: windowed(context, flow.key, body), ...updated }, body)
    then.push(statement({ kind: 'while', test: state(context, 'nextWindow', []), body }))
    if (window.emit === 'final') then.push(closed(context, flow.key.type))
  }
  // Windows take null values as well (KIP-962).
  const test = window === undefined ? and(isThere(flow.key), isThere(flow.value)) : isThere(flow.key)
  out.push(statement({ kind: 'if', test, then, otherwise: [] }, node.span))
}

/** The row that the kernel stands at gets the value; what is there afterwards. */
function update(
  context: AggregateContext,
  value: MirExpression,
  timestamp: MirExpression,
  out: MirStatement[],
): Omit<Flow, 'key'> {
  const { node, program, builder } = context
  const before = needsOldRows(program.plan.nodes, node.id) ? oldValue(context, out) : undefined
  const acc = added(context, value, out)
  const put = state(context, node.aggregation.kind === 'count' ? 'putNumber' : 'put', [acc, timestamp])
  const time = builder.atom({ ...put, type: number }, 'time', out)
  return { value: acc, before, timestamp: time }
}

function added(context: AggregateContext, value: MirExpression, out: MirStatement[]): MirExpression {
  const { builder, node } = context
  const { aggregation } = node
  const name = nameOf(node)
  if (aggregation.kind === 'count') {
    const count = state(context, 'number', [], number)
    const sum = expression(
      { kind: 'binary', operator: '+', left: count, right: literal(1) },
      { type: number, span: node.span },
    )
    return builder.atom(sum, name, out)
  }
  const there: MirStatement[] = []
  const absent: MirStatement[] = []
  const acc = builder.local(name, true)
  const assign = (result: MirExpression): MirStatement => statement({ kind: 'assign', local: acc, value: result })
  out.push(letStatement(acc, undefined))
  if (aggregation.kind === 'reduce') {
    const before = builder.atom(stored(context), 'acc', there)
    there.push(assign(context.call(aggregation.add, [before, value], there)))
    absent.push(assign(value))
  } else {
    there.push(assign(stored(context)))
    absent.push(assign(context.call(aggregation.initial, [], absent)))
  }
  out.push(statement({ kind: 'if', test: state(context, 'exists', []), then: there, otherwise: absent }))
  const result =
    aggregation.kind === 'reduce'
      ? local(acc)
      : context.call(aggregation.add, [builder.atom(local(acc), 'acc', out), value], out)
  return builder.atom(orElse(result, null), name, out)
}

function windowed(context: AggregateContext, key: MirExpression, out: MirStatement[]): MirExpression {
  const members = [
    ['key', key],
    ['start', state(context, 'start', [], number)],
    ['end', state(context, 'end', [], number)],
  ] as const
  const properties = members.map(
    ([name, value]) => ({ kind: 'property', name, value: context.builder.atom(value, name, out) }) as const,
  )
  return context.builder.atom(expression({ kind: 'object', members: properties }), 'windowed', out)
}

/** Results of windows that are closed by now. */
function closed(context: AggregateContext, keyType: ValueType | undefined): MirStatement {
  const { builder, node } = context
  const body: MirStatement[] = [statement({ kind: 'enter', operator: node.id, count: false })]
  const counted = node.aggregation.kind === 'count'
  const key = builder.atom(state(context, 'key', [], keyType), 'key', body)
  const value = counted ? state(context, 'number', [], number) : stored(context)
  const timestamp = builder.atom(state(context, 'timestamp', [], number), 'time', body)
  const flow: Flow = {
    key: windowed(context, key, body),
    value: builder.atom(value, nameOf(node), body),
    // It goes out once: there was no result before.
    before: literal(null),
    timestamp,
  }
  context.forward(flow, body)
  return statement({ kind: 'while', test: state(context, 'nextClosed', []), body })
}
