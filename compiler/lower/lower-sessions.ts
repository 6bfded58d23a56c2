/** Sessions: those that a record touches become one, which takes the record. */
import type { LogicalWindow } from '../ir/logical-plan.js'
import type { MirStatement } from '../ir/mir.js'
import { letStatement, literal, local, statement } from '../ir/mir-build.js'
import { needsOldRows } from '../ir/rows.js'
import type { Accumulation } from './accumulation.js'
import { keep, keptTypes, loaded, resultOf, state, type AggregateContext } from './aggregate-state.js'
import { number } from './arithmetic.js'
import type { Flow } from './flow.js'
import { nameOf } from './rows.js'
import { windowedKey } from './windowed-key.js'

export function lowerSessions(
  context: AggregateContext,
  accumulation: Accumulation,
  window: LogicalWindow,
  flow: Flow,
  out: MirStatement[],
): void {
  const { builder, node, program } = context
  const then: MirStatement[] = []
  const types = keptTypes(context)
  const initial = accumulation.initial(then)
  const slots = types.map(() => builder.local(nameOf(node), true))
  const there = builder.local('there', true)
  for (const [i, slot] of slots.entries()) then.push(letStatement(slot, initial?.[i] ?? literal(undefined)))
  then.push(letStatement(there, literal(false)))
  const held = {
    slots: slots.map((slot, i) => local(slot, types[i])),
    there: local(there, { kind: 'boolean' } as const),
    begun: initial !== undefined,
  }
  const body: MirStatement[] = [statement({ kind: 'enter', operator: node.id, count: false })]
  const other = loaded(context, true, body).slots.map((slot) => builder.atom(slot, 'other', body))
  const merged = accumulation.merge(held, other, body).map((slot) => builder.atom(slot, nameOf(node), body))
  for (const [i, slot] of slots.entries()) {
    body.push(statement({ kind: 'assign', local: slot, value: merged[i] ?? literal(undefined) }))
  }
  body.push(statement({ kind: 'assign', local: there, value: literal(true) }))
  const needsOld = needsOldRows(program.plan.nodes, node.id)
  if (window.emit === 'updates') {
    const gone: MirStatement[] = []
    const before = needsOld ? builder.atom(accumulation.result(other, gone), 'before', gone) : undefined
    const timestamp = builder.atom(state(context, 'end', [], number), 'time', gone)
    context.forward({ key: windowedKey(context, flow.key, gone), value: literal(null), before, timestamp }, gone)
    body.push(statement({ kind: 'if', test: state(context, 'isReplaced', []), then: gone, otherwise: [] }))
  }
  then.push(statement({ kind: 'while', test: state(context, 'nextMerged', []), body }))
  then.push(statement({ kind: 'enter', operator: node.id, count: false }))
  const added = accumulation.add(held, flow.value, then)
  const timestamp = keep(context, added, state(context, 'end', [], number), then)
  if (window.emit === 'updates') {
    const value = resultOf(context, accumulation, added, then)
    const key = windowedKey(context, flow.key, then)
    context.forward({ key, value, before: needsOld ? literal(null) : undefined, timestamp }, then)
  }
  out.push(statement({ kind: 'if', test: state(context, 'isOpen', []), then, otherwise: [] }))
}
