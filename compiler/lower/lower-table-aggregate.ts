/** Aggregates of the rows of a table (Kafka Streams' KTableAggregate, KTableReduce): what leaves a group is subtracted. */
import type { LambdaId } from '../ir/logical-plan.js'
import type { MirExpression, MirStatement } from '../ir/mir.js'
import { expression, letStatement, literal, local, statement } from '../ir/mir-build.js'
import { needsOldRows } from '../ir/rows.js'
import type { ValueType } from '../ir/value-type.js'
import { oldValue, rowsOf, state, stored, type AggregateContext } from './aggregate-state.js'
import type { Flow } from './lower-operator.js'
import { and, isThere, nameOf, orElse, orNull, seek, timeOf } from './rows.js'

const number: ValueType = { kind: 'number', brand: undefined }

export function lowerTableAggregate(context: AggregateContext, flow: Flow, out: MirStatement[]): void {
  const { builder, node, program } = context
  const { aggregation } = node
  const counts = aggregation.kind === 'count'
  const type = program.plan.edges.get(node.id)?.value
  const then: MirStatement[] = [seek(context, rowsOf(context), flow)]
  const before = needsOldRows(program.plan.nodes, node.id) ? oldValue(context, then) : undefined
  const acc = builder.local(nameOf(node), true)
  const assign = (value: MirExpression): MirStatement => statement({ kind: 'assign', local: acc, value })
  const current = local(acc, type)
  then.push(letStatement(acc, literal(undefined)))
  then.push(
    when(state(context, 'exists', []), [assign(counts ? state(context, 'number', [], number) : stored(context))]),
  )
  const old = flow.before ?? literal(null)
  const taken: MirStatement[] = []
  taken.push(assign(subtracted(context, current, old, taken)))
  then.push(when(and(isThere(old), isThere(current)), taken))
  const given: MirStatement[] = []
  if (aggregation.kind === 'reduce') {
    const there: MirStatement[] = []
    const before = builder.atom(current, 'acc', there)
    there.push(assign(orElse(context.call(aggregation.add, [before, flow.value], there), undefined)))
    const start = assign(flow.value)
    given.push(statement({ kind: 'if', test: isThere(current), then: there, otherwise: [start] }, node.span))
  } else {
    const absent: MirStatement[] = []
    absent.push(assign(counts ? literal(0) : context.call(aggregation.initial, [], absent)))
    given.push(statement({ kind: 'if', test: isThere(current), then: [], otherwise: absent }, node.span))
    const start = builder.atom(current, 'acc', given)
    const sum = counts ? plus(start, 1) : orElse(context.call(aggregation.add, [start, flow.value], given), undefined)
    given.push(assign(sum))
  }
  then.push(when(isThere(flow.value), given))
  const value = builder.atom({ ...orElse(current, null), type: orNull(type) }, nameOf(node), then)
  const timestamp = builder.atom(put(context, value, timeOf(flow)), 'time', then)
  context.forward({ key: flow.key, value, before, timestamp }, then)
  out.push(statement({ kind: 'if', test: isThere(flow.key), then, otherwise: [] }, node.span))
}

function put(context: AggregateContext, value: MirExpression, time: MirExpression): MirExpression {
  const row = state(context, 'put', [value, time], number)
  if (context.node.aggregation.kind !== 'count') return row
  const then = state(context, 'putNumber', [value, time], number)
  return expression(
    { kind: 'conditional', test: isThere(value), then, otherwise: row },
    { type: number, span: undefined },
  )
}

function subtracted(
  context: AggregateContext,
  current: MirExpression,
  old: MirExpression,
  out: MirStatement[],
): MirExpression {
  const { aggregation } = context.node
  if (aggregation.kind === 'count') return plus(current, -1)
  const acc = context.builder.atom(current, 'acc', out)
  return orElse(context.call(subtractorOf(aggregation.subtract, context), [acc, old], out), undefined)
}

function subtractorOf(subtract: LambdaId | undefined, { node }: AggregateContext): LambdaId {
  if (subtract === undefined) throw new Error(`the aggregate ${node.label} of a table cannot subtract`)
  return subtract
}

function plus(value: MirExpression, step: number): MirExpression {
  const right = literal(step)
  return expression({ kind: 'binary', operator: '+', left: value, right }, { type: number, span: undefined })
}

function when(test: MirExpression, then: readonly MirStatement[]): MirStatement {
  return statement({ kind: 'if', test, then, otherwise: [] })
}
