/** Joins with tables: the row of the other side is looked up where it is kept, and the joiner stands in its place. */
import type { LogicalNodeOf } from '../ir/logical-plan.js'
import type { MirExpression, MirStatement } from '../ir/mir.js'
import { expression, letStatement, literal, local, not, statement } from '../ir/mir-build.js'
import { historyOfRows, keepsAlone, needsOldRows, showsTimes, type JoinNode } from '../ir/rows.js'
import { number } from './arithmetic.js'
import type { Flow, LoweringContext, OperatorContext } from './flow.js'
import {
  and,
  ask,
  isThere,
  nameOf,
  or,
  orElse,
  orNull,
  placeOfSide,
  rowOrNull,
  type RowsPlace,
  rowTimeOf,
  seek,
  timeOf,
} from './rows.js'

/** The row of the key as it is now, whatever its timestamp; changes of the table give nothing. */
export function lowerStreamTableJoin(
  context: OperatorContext<LogicalNodeOf<'stream-table-join'>>,
  flow: Flow,
  port: 0 | 1,
  out: MirStatement[],
): void {
  const { node } = context
  if (port === 1) {
    keepRow(context, node, 1, flow, out)
    return
  }
  const place = placeOfSide(context, node, 1)
  if (node.grace === undefined) lookUp(context, place, flow, flow.key, out)
  else lowerWaiting(context, place, flow, out)
}

/** Records wait for versions of the table that come late, and are joined as of their own time; later ones at once. */
function lowerWaiting(
  context: OperatorContext<LogicalNodeOf<'stream-table-join'>>,
  place: RowsPlace,
  flow: Flow,
  out: MirStatement[],
): void {
  const { builder, node, program } = context
  const buffer = { operator: node.id, port: 0 } as const
  const does = (method: string, args: readonly MirExpression[]): MirStatement =>
    statement({ kind: 'expression', value: ask(buffer, method, args) }, node.span)
  const atOnce: MirStatement[] = []
  lookUp(context, place, flow, flow.key, atOnce)
  const late = ask(buffer, 'add', [flow.value, timeOf(flow)], { kind: 'boolean' })
  const advance = does('advance', [timeOf(flow)])
  const keyed = [
    advance,
    seek(context, buffer, flow),
    statement({ kind: 'if', test: not(late), then: atOnce, otherwise: [] }),
  ]
  const keyless = node.join === 'left' ? [does('refuseKeyless', [])] : []
  const hasKey = statement({ kind: 'if', test: isThere(flow.key), then: keyed, otherwise: keyless })
  out.push(statement({ kind: 'if', test: isThere(flow.value), then: [hasKey], otherwise: [] }, node.span))
  const body: MirStatement[] = [statement({ kind: 'enter', operator: node.id, count: false })]
  const edge = program.plan.edges.get(node.left)
  const number = { kind: 'number', brand: undefined } as const
  const due: Flow = {
    key: builder.atom(ask(buffer, 'dueKey', [], edge?.key), 'key', body),
    timestamp: builder.atom(ask(buffer, 'dueTimestamp', [], number), 'time', body),
    value: builder.atom(ask(buffer, 'takeDue', [], edge?.value), 'waited', body),
    before: undefined,
  }
  lookUp(context, place, due, due.key, body)
  out.push(statement({ kind: 'while', test: ask(buffer, 'nextDue', []), body }, node.span))
}

/** The row of the key that the author's function gives; the key of the record does not matter. */
export function lowerGlobalTableJoin(
  context: OperatorContext<LogicalNodeOf<'global-table-join'>>,
  flow: Flow,
  out: MirStatement[],
): void {
  const key = context.builder.atom(context.call(context.node.key, [flow.value], out), 'key', out)
  lookUp(context, { operator: context.node.right, port: 0 }, flow, key, out)
}

/** A left join keeps records without a row, and those without a key. */
function lookUp(
  context: OperatorContext<LogicalNodeOf<'stream-table-join' | 'global-table-join'>>,
  place: RowsPlace,
  flow: Flow,
  key: MirExpression,
  out: MirStatement[],
): void {
  const { builder, node } = context
  const row = builder.local('row', true)
  const type = context.program.plan.edges.get(node.right)?.value
  const then: MirStatement[] = []
  const found: MirStatement[] = [
    seek(context, place, { ...flow, key }),
    ...asOf(context, place, flow),
    statement({ kind: 'assign', local: row, value: orElse(rowOrNull(context, place, type), undefined) }),
  ]
  then.push(letStatement(row, literal(undefined)))
  then.push(statement({ kind: 'if', test: isThere(key), then: found, otherwise: [] }))
  const joined: MirStatement[] = []
  const partner = builder.atom(local(row, type), 'row', joined)
  const value = context.callWith(node.joiner, [flow.value, partner], flow, joined)
  context.forward({ ...flow, value: builder.atom(value, nameOf(node), joined), before: undefined }, joined)
  if (node.join === 'left') then.push(...joined)
  else then.push(statement({ kind: 'if', test: isThere(local(row)), then: joined, otherwise: [] }))
  out.push(statement({ kind: 'if', test: isThere(flow.value), then, otherwise: [] }, node.span))
}

/**
 * Each change of one side meets the row of the other. While that row is there every deletion goes on, also a repeated
 * one; without it, changes of a side that the result does not keep alone go nowhere.
 */
export function lowerTableJoin(
  context: OperatorContext<LogicalNodeOf<'table-join'>>,
  flow: Flow,
  port: 0 | 1,
  out: MirStatement[],
): void {
  const { builder, program, node } = context
  const { nodes, edges } = program.plan
  keepRow(context, node, port, flow, out)
  const place = placeOfSide(context, node, port === 0 ? 1 : 0)
  out.push(seek(context, place, flow))
  const type = edges.get(port === 0 ? node.right : node.left)?.value
  const partner = builder.atom(rowOrNull(context, place, type), 'row', out)
  const timestamp = builder.atom(
    ask(place, 'latest', [timeOf(flow)], { kind: 'number', brand: undefined }),
    'time',
    out,
  )
  const then: MirStatement[] = []
  const result = (own: MirExpression, name: string): MirExpression =>
    joinedRows(context, port === 0 ? [own, partner] : [partner, own], name, then)
  const value = result(flow.value, nameOf(node))
  const before = needsOldRows(nodes, node.id) ? result(flow.before ?? literal(null), 'before') : undefined
  const rowTime = rowTimeOfResult(context, place, flow, then)
  context.forward({ key: flow.key, value, before, timestamp, rowTime }, then)
  const changes = or(isThere(flow.value), isThere(flow.before ?? literal(null)))
  const test = keepsAlone(node, port) ? or(isThere(partner), changes) : isThere(partner)
  out.push(statement({ kind: 'if', test, then, otherwise: [] }, node.span))
}

/**
 * Without a store, the row has the time of those that it comes of: the one that was deleted is none of them. Where both
 * have to be there, its time is that of the record.
 */
function rowTimeOfResult(
  { builder, program, node }: OperatorContext<LogicalNodeOf<'table-join'>>,
  partner: RowsPlace,
  flow: Flow,
  out: MirStatement[],
): MirExpression | undefined {
  if (node.name !== undefined || node.join === 'inner' || !showsTimes(program.plan.nodes, node.id)) return undefined
  const own = expression(
    { kind: 'conditional', test: isThere(flow.value), then: rowTimeOf(flow), otherwise: literal(0) },
    { type: number, span: undefined },
  )
  return builder.atom(ask(partner, 'latest', [own], number), 'rowTime', out)
}

function joinedRows(
  context: OperatorContext<LogicalNodeOf<'table-join'>>,
  [left, right]: readonly [MirExpression, MirExpression],
  name: string,
  out: MirStatement[],
): MirExpression {
  const { builder, node } = context
  const result = builder.local(name, true)
  const then: MirStatement[] = []
  const args = [
    node.join === 'outer' ? orElse(left, undefined) : left,
    node.join === 'inner' ? right : orElse(right, undefined),
  ].map((argument, side) => builder.atom(argument, side === 0 ? 'left' : 'right', then))
  const joined = orElse(context.call(node.joiner, args, then), null)
  then.push(statement({ kind: 'assign', local: result, value: joined }))
  out.push(letStatement(result, literal(null)))
  out.push(statement({ kind: 'if', test: present(node.join, left, right), then, otherwise: [] }, node.span))
  return builder.atom(local(result, orNull(joined.type)), name, out)
}

function present(join: LogicalNodeOf<'table-join'>['join'], left: MirExpression, right: MirExpression): MirExpression {
  switch (join) {
    case 'inner':
      return and(isThere(left), isThere(right))
    case 'left':
      return isThere(left)
    case 'outer':
      return or(isThere(left), isThere(right))
  }
}

/** Of a versioned table, the row that held at the time of the record. */
function asOf({ program }: LoweringContext, place: RowsPlace, flow: Flow): readonly MirStatement[] {
  const { nodes } = program.plan
  const owner = nodes[place.operator]
  if (owner === undefined || historyOfRows(nodes, owner, place.port) === undefined) return []
  return [statement({ kind: 'expression', value: ask(place, 'asOf', [timeOf(flow)]) })]
}

/** The new row of a side that the join keeps itself. */
function keepRow(context: LoweringContext, node: JoinNode, port: 0 | 1, flow: Flow, out: MirStatement[]): void {
  const place = placeOfSide(context, node, port)
  if (place.operator !== node.id) return
  out.push(seek(context, place, flow))
  if (historyOfRows(context.program.plan.nodes, node, port) === undefined) {
    out.push(statement({ kind: 'expression', value: ask(place, 'set', [flow.value, rowTimeOf(flow)]) }, node.span))
    return
  }
  const put = statement({ kind: 'expression', value: ask(place, 'put', [flow.value, timeOf(flow)]) }, node.span)
  out.push(statement({ kind: 'if', test: ask(place, 'accepts', [timeOf(flow)]), then: [put], otherwise: [] }))
}
