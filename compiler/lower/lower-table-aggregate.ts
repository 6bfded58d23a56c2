/** Aggregates of the rows of a table (Kafka Streams' KTableAggregate, KTableReduce): what leaves a group is subtracted. */
import type { MirExpression, MirStatement } from '../ir/mir.js'
import { letStatement, literal, local, statement, when } from '../ir/mir-build.js'
import { needsOldRows } from '../ir/rows.js'
import type { Accumulation } from './accumulation.js'
import { keep, keptTypes, loaded, rowBefore, rowsOf, state, type AggregateContext } from './aggregate-state.js'
import { number } from './arithmetic.js'
import { choose } from './choose.js'
import type { Flow } from './flow.js'
import { and, isThere, nameOf, orNull, seek, timeOf } from './rows.js'

export function lowerTableAggregate(
  context: AggregateContext,
  accumulation: Accumulation,
  flow: Flow,
  out: MirStatement[],
): void {
  const { builder, node, program } = context
  const then: MirStatement[] = [seek(context, rowsOf(context), flow)]
  const needsOld = needsOldRows(program.plan.nodes, node.id)
  const before = needsOld ? rowBefore(context, accumulation, loaded(context, false, then), then) : undefined
  const types = keptTypes(context)
  const slots = types.map(() => builder.local(nameOf(node), true))
  const there = builder.local('there', true)
  const held = {
    slots: slots.map((slot, i) => local(slot, types[i])),
    there: local(there, { kind: 'boolean' } as const),
    begun: false,
  }
  // Those that may be null leave no aggregate behind.
  const mayGo = node.aggregation.kind !== 'count' && node.aggregation.kind !== 'declared'
  const become = (values: readonly MirExpression[], body: MirStatement[]): void => {
    const atoms = values.map((value) => builder.atom(value, 'acc', body))
    for (const [i, slot] of slots.entries()) {
      body.push(statement({ kind: 'assign', local: slot, value: atoms[i] ?? literal(undefined) }))
    }
    const [first = literal(null)] = atoms
    body.push(statement({ kind: 'assign', local: there, value: mayGo ? isThere(first) : literal(true) }))
  }
  const empty = types.map((type) => (type === number ? literal(0) : literal(undefined)))
  for (const [i, slot] of slots.entries()) then.push(letStatement(slot, empty[i]))
  then.push(letStatement(there, literal(false)))
  const found: MirStatement[] = []
  become(loaded(context, true, found).slots, found)
  then.push(when(state(context, 'exists', []), found))
  const old = flow.before ?? literal(null)
  const taken: MirStatement[] = []
  become(accumulation.subtract(held.slots, old, taken), taken)
  then.push(when(and(isThere(old), held.there), taken))
  const given: MirStatement[] = []
  become(accumulation.add(held, flow.value, given), given)
  then.push(when(isThere(flow.value), given))
  const time = builder.local('time', true)
  const kept: MirStatement[] = []
  kept.push(statement({ kind: 'assign', local: time, value: keep(context, held.slots, timeOf(flow), kept) }))
  const gone = state(context, 'put', [literal(null), timeOf(flow)], number)
  const otherwise = [statement({ kind: 'assign', local: time, value: gone })]
  then.push(letStatement(time, undefined))
  then.push(statement({ kind: 'if', test: held.there, then: kept, otherwise }, node.span))
  const choice = {
    name: nameOf(node),
    type: orNull(program.plan.edges.get(node.id)?.value),
    test: held.there,
    then: (inner: MirStatement[]) => accumulation.result(held.slots, inner),
    otherwise: () => literal(null),
  }
  const value = builder.atom(choose(builder, choice, then), nameOf(node), then)
  context.forward({ key: flow.key, value, before, timestamp: builder.atom(local(time, number), 'time', then) }, then)
  out.push(statement({ kind: 'if', test: isThere(flow.key), then, otherwise: [] }, node.span))
}
