/** Rows with a time to live: before a record is looked at, keys that were not changed for too long are deleted. */
import { LIFETIME_PORT } from '../ir/lifetime.js'
import type { LogicalNode } from '../ir/logical-plan.js'
import type { MirExpression, MirStatement } from '../ir/mir.js'
import { literal, statement } from '../ir/mir-build.js'
import { number } from './arithmetic.js'
import type { Flow, OperatorContext } from './flow.js'
import { ask, seek, timeOf, type RowsPlace } from './rows.js'

/** Deletes the row of a key; gives what was there before, or nothing where nobody looks at it. */
export type ForgetRow = (row: Flow, out: MirStatement[]) => MirExpression | undefined

export function lowerExpired<N extends LogicalNode>(
  context: OperatorContext<N>,
  flow: Flow,
  forget: ForgetRow,
  out: MirStatement[],
): void {
  const { builder, node } = context
  const place = placeOf(node)
  out.push(statement({ kind: 'expression', value: ask(place, 'advance', [timeOf(flow)]) }, node.span))
  const body: MirStatement[] = [statement({ kind: 'enter', operator: node.id, count: false })]
  const key = builder.atom(ask(place, 'key', [], flow.key.type), 'key', body)
  const timestamp = builder.atom(ask(place, 'expiredAt', [], number), 'time', body)
  const row: Flow = { key, value: literal(null), before: undefined, timestamp }
  context.forward({ ...row, before: forget(row, body) }, body)
  out.push(statement({ kind: 'while', test: ask(place, 'nextExpired', []), body }, node.span))
  out.push(statement({ kind: 'enter', operator: node.id, count: false }))
}

/** The key of a record lives on. */
export function lowerTouched<N extends LogicalNode>(
  context: OperatorContext<N>,
  flow: Flow,
  out: MirStatement[],
): void {
  const place = placeOf(context.node)
  out.push(seek(context, place, flow))
  out.push(statement({ kind: 'expression', value: ask(place, 'touch', [timeOf(flow)]) }))
}

function placeOf(node: LogicalNode): RowsPlace {
  return { operator: node.id, port: LIFETIME_PORT }
}
