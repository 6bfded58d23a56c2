/**
 * Aggregates: the algorithm is the kernel's (runtime/operators), which is asked step by step, so that the author's
 * functions and everything behind the table stay in their places. No function is called per row.
 */
import type { LambdaId, LogicalAggregation, LogicalNodeOf } from '../ir/logical-plan.js'
import type { MirExpression, MirStatement } from '../ir/mir.js'
import { expression, letStatement, literal, local, statement } from '../ir/mir-build.js'
import type { ValueType } from '../ir/value-type.js'
import { windowOf } from '../ir/window-of.js'
import type { Flow, LoweringContext } from './lower-operator.js'

export interface AggregateContext extends LoweringContext {
  readonly node: LogicalNodeOf<'aggregate'>
  call(lambda: LambdaId, args: readonly MirExpression[], out: MirStatement[]): MirExpression
  forward(flow: Flow, out: MirStatement[]): void
}

const number: ValueType = { kind: 'number', brand: undefined }

export function lowerAggregate(context: AggregateContext, flow: Flow, out: MirStatement[]): void {
  const window = windowOf(context.program.plan.nodes, context.node)
  const then: MirStatement[] = []
  const timestamp =
    flow.timestamp ?? expression({ kind: 'context', property: 'timestamp' }, { type: number, span: undefined })
  then.push(seek(context, flow.key, timestamp))
  if (window === undefined) {
    const updated = update(context, flow.value, timestamp, then)
    context.forward({ key: flow.key, ...updated }, then)
  } else {
    const body: MirStatement[] = []
    const { value, timestamp: time } = update(context, flow.value, timestamp, body)
    if (window.emit === 'updates')
      context.forward({ key: windowed(context, flow.key, body), value, timestamp: time }, body)
    then.push(statement({ kind: 'while', test: state(context, 'nextWindow', []), body }))
    if (window.emit === 'final') then.push(closed(context, flow.key.type))
  }
  const present = (value: MirExpression): MirExpression =>
    expression({ kind: 'binary', operator: '!=', left: value, right: literal(null) })
  // Windows take null values as well (KIP-962).
  const test: MirExpression =
    window === undefined
      ? expression({ kind: 'logical', operator: '&&', left: present(flow.key), right: present(flow.value) })
      : present(flow.key)
  out.push(statement({ kind: 'if', test, then, otherwise: [] }, context.node.span))
}

function seek(context: AggregateContext, key: MirExpression, timestamp: MirExpression): MirStatement {
  return statement({ kind: 'seek', seek: context.program.nextEmit(), operator: context.node.id, key, timestamp })
}

/** The row that the kernel stands at gets the value; what is there afterwards. */
function update(
  context: AggregateContext,
  value: MirExpression,
  timestamp: MirExpression,
  out: MirStatement[],
): Pick<Flow, 'value' | 'timestamp'> {
  const { aggregation } = context.node
  const acc = added(context, aggregation, value, out)
  const put = state(context, aggregation.kind === 'count' ? 'putNumber' : 'put', [acc, timestamp])
  const time = context.builder.atom({ ...put, type: number }, 'time', out)
  return { value: acc, timestamp: time }
}

function added(
  context: AggregateContext,
  aggregation: LogicalAggregation,
  value: MirExpression,
  out: MirStatement[],
): MirExpression {
  const { builder, node } = context
  const name = node.name ?? node.label
  const before = (): MirExpression => ({ ...state(context, 'value', []), type: stateType(context) })
  if (aggregation.kind === 'count') {
    const count: MirExpression = { ...state(context, 'number', []), type: number }
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
    const stored = builder.atom(before(), 'acc', there)
    there.push(assign(context.call(aggregation.add, [stored, value], there)))
    absent.push(assign(value))
  } else {
    there.push(assign(before()))
    absent.push(assign(context.call(aggregation.initial, [], absent)))
  }
  out.push(statement({ kind: 'if', test: state(context, 'exists', []), then: there, otherwise: absent }))
  const result =
    aggregation.kind === 'reduce'
      ? local(acc)
      : context.call(aggregation.add, [builder.atom(local(acc), 'acc', out), value], out)
  const nothing = expression(
    { kind: 'logical', operator: '??', left: result, right: literal(null) },
    { type: result.type, span: node.span },
  )
  return builder.atom(nothing, name, out)
}

function windowed(context: AggregateContext, key: MirExpression, out: MirStatement[]): MirExpression {
  const members = [
    ['key', key],
    ['start', { ...state(context, 'start', []), type: number }],
    ['end', { ...state(context, 'end', []), type: number }],
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
  const key = builder.atom({ ...state(context, 'key', []), type: keyType }, 'key', body)
  const value = { ...state(context, counted ? 'number' : 'value', []), type: counted ? number : stateType(context) }
  const timestamp = builder.atom({ ...state(context, 'timestamp', []), type: number }, 'time', body)
  const flow = {
    key: windowed(context, key, body),
    value: builder.atom(value, node.name ?? node.label, body),
    timestamp,
  }
  context.forward(flow, body)
  return statement({ kind: 'while', test: state(context, 'nextClosed', []), body })
}

function stateType({ program, node }: AggregateContext): ValueType | undefined {
  return program.plan.edges.get(node.id)?.value
}

function state({ node }: AggregateContext, method: string, args: readonly MirExpression[]): MirExpression {
  return expression({ kind: 'state', operator: node.id, method, args })
}
