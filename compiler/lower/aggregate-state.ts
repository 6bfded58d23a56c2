/** The row that the kernel of an aggregate stands at. */
import { accumulatorOf } from '../ir/accumulator.js'
import type { LogicalNodeOf } from '../ir/logical-plan.js'
import type { MirExpression, MirStatement } from '../ir/mir.js'
import { expression, literal, member, statement } from '../ir/mir-build.js'
import type { ValueType } from '../ir/value-type.js'
import type { Accumulation } from './accumulation.js'
import { number } from './arithmetic.js'
import { choose } from './choose.js'
import type { Held } from './held.js'
import type { LoweringContext, OperatorContext } from './flow.js'
import { ask, nameOf, type RowsPlace } from './rows.js'

export type AggregateContext = OperatorContext<LogicalNodeOf<'aggregate'>>

/** What the row holds; `there`: it is known to be there. */
export function loaded(context: AggregateContext, there: boolean, out: MirStatement[]): Held {
  const place = rowsOf(context)
  const exists = there ? literal(true) : ask(place, 'exists', [], { kind: 'boolean' })
  if (context.node.aggregation.kind !== 'declared') {
    return { slots: slotsOf(context, context.node, place, exists, out), there: exists, begun: false }
  }
  const known = context.builder.atom(exists, 'there', out)
  return { slots: slotsOf(context, context.node, place, known, out), there: known, begun: false }
}

function slotsOf(
  { builder, program }: LoweringContext,
  node: LogicalNodeOf<'aggregate'>,
  place: RowsPlace,
  there: MirExpression,
  out: MirStatement[],
): readonly MirExpression[] {
  const { parts, value } = accumulatorOf(program.plan, node)
  if (node.aggregation.kind === 'count') return [ask(place, 'number', [], number)]
  if (node.aggregation.kind !== 'declared') return [ask(place, 'value', [], value)]
  const stored = (inner: MirStatement[]): MirExpression => {
    const then = (): MirExpression => ask(place, 'value', [], value)
    const choice = { name: 'row', type: value, test: there, then, otherwise: () => literal(undefined) }
    return builder.atom(choose(builder, choice, inner), 'row', inner)
  }
  const row = value === undefined ? literal(undefined) : stored(out)
  return parts
    .flat()
    .map((slot) =>
      slot.kind === 'column'
        ? builder.atom(ask(place, 'column', [literal(slot.column)], number), 'acc', out)
        : member(row, slot.kind === 'field' ? slot.name : '', { type: slot.type, span: undefined }),
    )
}

/** Types of what the aggregate keeps. */
export function keptTypes({ node, program }: AggregateContext): readonly ValueType[] {
  const { parts } = accumulatorOf(program.plan, node)
  return parts.flat().map((slot) => (slot.kind === 'column' ? number : slot.type))
}

/** The row gets this; gives the time of the result: the latest of the row's records. */
export function keep(
  context: AggregateContext,
  slots: readonly MirExpression[],
  timestamp: MirExpression,
  out: MirStatement[],
): MirExpression {
  const { builder, node, program } = context
  const place = rowsOf(context)
  const [first = literal(undefined)] = slots
  if (node.aggregation.kind === 'count')
    return builder.atom(ask(place, 'putNumber', [first, timestamp], number), 'time', out)
  if (node.aggregation.kind !== 'declared')
    return builder.atom(ask(place, 'put', [first, timestamp], number), 'time', out)
  const time = builder.atom(ask(place, 'touch', [timestamp], number), 'time', out)
  const set = (method: string, ...args: readonly MirExpression[]): void => {
    out.push(statement({ kind: 'expression', value: ask(place, method, args) }))
  }
  const { parts, value: type } = accumulatorOf(program.plan, node)
  const members = parts.flat().flatMap((slot, i) => {
    const value = slots[i] ?? literal(undefined)
    if (slot.kind === 'field') return [{ kind: 'property', name: slot.name, value } as const]
    if (slot.kind === 'column') set('setColumn', literal(slot.column), value)
    return []
  })
  if (members.length > 0) set('setValue', expression({ kind: 'object', members }, { type, span: undefined }))
  return time
}

/** What was there; of an aggregate that begins with this record, what it begins with. */
export function oldValue(
  context: AggregateContext,
  accumulation: Accumulation,
  held: Held,
  out: MirStatement[],
): MirExpression {
  return before(context, accumulation, held, out, (inner) => {
    const slots = accumulation.initial(inner)
    return slots === undefined ? literal(null) : accumulation.result(slots, inner)
  })
}

/** What was there; null where nothing was. Kafka Streams' aggregates of tables say no more. */
export function rowBefore(
  context: AggregateContext,
  accumulation: Accumulation,
  held: Held,
  out: MirStatement[],
): MirExpression {
  return before(context, accumulation, held, out, () => literal(null))
}

function before(
  context: AggregateContext,
  accumulation: Accumulation,
  held: Held,
  out: MirStatement[],
  otherwise: (inner: MirStatement[]) => MirExpression,
): MirExpression {
  const { builder } = context
  const choice = {
    name: 'before',
    type: stateType(context),
    test: held.there,
    then: (inner: MirStatement[]) => accumulation.result(held.slots, inner),
    otherwise,
  }
  return builder.atom(choose(builder, choice, out), 'before', out)
}

/** The result goes by the name of the operator. */
export function resultOf(
  context: AggregateContext,
  accumulation: Accumulation,
  slots: readonly MirExpression[],
  out: MirStatement[],
): MirExpression {
  return context.builder.atom(accumulation.result(slots, out), nameOf(context.node), out)
}

function stateType({ program, node }: AggregateContext): ValueType | undefined {
  return program.plan.edges.get(node.id)?.value
}

export function rowsOf({ node }: AggregateContext): RowsPlace {
  return { operator: node.id, port: 0 }
}

export function state(
  context: AggregateContext,
  method: string,
  args: readonly MirExpression[],
  type?: ValueType,
): MirExpression {
  return ask(rowsOf(context), method, args, type)
}
