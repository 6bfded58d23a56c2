/** Sliding windows: each window of a record gets it, but for the one that begins after it, which is a copy. */
import type { LogicalWindow } from '../ir/logical-plan.js'
import type { MirExpression, MirLocalId, MirStatement } from '../ir/mir.js'
import { letStatement, literal, local, not, statement } from '../ir/mir-build.js'
import { needsOldRows } from '../ir/rows.js'
import type { Accumulation } from './accumulation.js'
import { loaded, resultOf, state, type AggregateContext } from './aggregate-state.js'
import { number } from './arithmetic.js'
import type { Flow } from './flow.js'
import { nameOf, timeOf } from './rows.js'
import { updated } from './update-row.js'
import { windowedKey } from './windowed-key.js'

export function lowerSlidingWindows(
  context: AggregateContext,
  accumulation: Accumulation,
  window: LogicalWindow,
  flow: Flow,
  out: MirStatement[],
): void {
  const { builder, node, program } = context
  const body: MirStatement[] = [statement({ kind: 'enter', operator: node.id, count: false })]
  const copied: MirStatement[] = []
  const added: MirStatement[] = []
  const row = updated(context, accumulation, flow.value, timeOf(flow), added)
  const isCopied = state(context, 'isCopied', [])
  if (window.emit === 'updates') {
    const [value, before, time] = [nameOf(node), 'before', 'time'].map((name) => builder.local(name, true)) as [
      MirLocalId,
      MirLocalId,
      MirLocalId,
    ]
    const assign = (target: MirLocalId, result: MirExpression): MirStatement =>
      statement({ kind: 'assign', local: target, value: result })
    const needsOld = needsOldRows(program.plan.nodes, node.id)
    body.push(letStatement(value, undefined), letStatement(time, undefined))
    if (needsOld) body.push(letStatement(before, undefined))
    added.push(assign(value, row.value), assign(time, row.timestamp ?? timeOf(flow)))
    if (needsOld) added.push(assign(before, row.before ?? literal(null)))
    copied.push(assign(value, resultOf(context, accumulation, loaded(context, true, copied).slots, copied)))
    copied.push(assign(time, state(context, 'timestamp', [], number)))
    if (needsOld) copied.push(assign(before, literal(null)))
    body.push(statement({ kind: 'if', test: isCopied, then: copied, otherwise: added }))
    const result = builder.atom(local(value, program.plan.edges.get(node.id)?.value), nameOf(node), body)
    const timestamp = builder.atom(local(time, number), 'time', body)
    const old = needsOld ? builder.atom(local(before), 'before', body) : undefined
    context.forward({ key: windowedKey(context, flow.key, body), value: result, before: old, timestamp }, body)
  } else {
    body.push(statement({ kind: 'if', test: not(isCopied), then: added, otherwise: [] }))
  }
  out.push(statement({ kind: 'while', test: state(context, 'nextWindow', []), body }))
}
