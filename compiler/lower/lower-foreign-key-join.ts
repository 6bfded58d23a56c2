/**
 * Foreign-key joins (KIP-213), in four places: a change of the left table subscribes to the row that it refers to; that
 * row's task remembers it and answers; a change of the right table answers all who subscribed; where an answer comes, it
 * is joined, unless the left row has changed since.
 */
import type { LogicalNodeOf } from '../ir/logical-plan.js'
import type { MirExpression, MirStatement } from '../ir/mir.js'
import {
  expression,
  helper,
  letStatement,
  literal,
  local,
  member,
  not,
  object,
  statement,
  when,
} from '../ir/mir-build.js'
import { isStored, needsOldRows } from '../ir/rows.js'
import type { ValueType } from '../ir/value-type.js'
import { number } from './arithmetic.js'
import type { Flow, OperatorContext } from './flow.js'
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

type Context = OperatorContext<LogicalNodeOf<'foreign-key-join'>>

/** What is to be done with a subscription, as Kafka Streams' SubscriptionWrapper.Instruction has it. */
const Action = { Remove: 0, RemoveAndAnswer: 1, Answer: 2, AnswerIfThere: 3 } as const

/** A change of the left table. */
export function lowerSubscribe(context: Context, flow: Flow, out: MirStatement[]): void {
  const { node } = context
  const rows = placeOfSide(context, context.node, 0)
  out.push(seek(context, rows, flow))
  if (rows.operator === node.id) out.push(set(context, rows, flow.value, flow))
  const state = context.builder.atom(ask(rows, 'state', [], number), 'state', out)
  const before = flow.before ?? literal(null)
  const to = foreignKey(context, flow.value, 'to', out)
  const from = foreignKey(context, before, 'from', out)
  const send = (key: MirExpression, action: number): MirStatement =>
    context.send('subscription-registration', {
      ...flow,
      key,
      value: object({ left: flow.key, state, action: literal(action) }),
      before: undefined,
    })
  const moved = and(isThere(from), not(helper('sameValue', [from, to], { type: { kind: 'boolean' }, span: node.span })))
  if (node.join === 'left') {
    const then = [when(moved, [send(from, Action.Remove)]), send(to, Action.Answer)]
    out.push(when(or(isThere(flow.value), isThere(before)), then))
    return
  }
  const leaves = when(isThere(from), [send(from, Action.RemoveAndAnswer)])
  const stays = when(moved, [send(from, Action.Remove), send(to, Action.Answer)], [send(to, Action.AnswerIfThere)])
  out.push(when(isThere(to), [stays], [leaves]))
}

/** A subscription comes to the task of the right row. */
export function lowerRegistration(context: Context, flow: Flow, out: MirStatement[]): void {
  const { builder, node, program } = context
  const part = (name: string, type?: ValueType): MirExpression =>
    builder.atom(member(flow.value, name, { type, span: undefined }), name, out)
  const action = part('action', number)
  const left = part('left', program.plan.edges.get(node.left)?.key)
  const state = part('state', number)
  const is = (...actions: readonly number[]): MirExpression =>
    actions.map((one) => equal(action, literal(one))).reduce(or)
  const subscriptions = subscriptionsOf(context)
  const rows = placeOfSide(context, context.node, 1)
  const found: MirStatement[] = [
    seek(context, subscriptions, flow),
    when(
      is(Action.Remove, Action.RemoveAndAnswer),
      [does(subscriptions, 'remove', [left])],
      [does(subscriptions, 'add', [left, state])],
    ),
    seek(context, rows, flow),
  ]
  const row = builder.local('row', true)
  const time = builder.local('time', true)
  const type = program.plan.edges.get(node.right)?.value
  found.push(assign(row, rowOrNull(context, rows, type)), assign(time, ask(rows, 'latest', [timeOf(flow)], number)))
  out.push(letStatement(row, literal(null)), letStatement(time, timeOf(flow)))
  out.push(when(isThere(flow.key), found))
  const right = builder.atom(local(row, orNull(type)), 'right', out)
  const timestamp = builder.atom(local(time, number), 'answered', out)
  const answer = (value: MirExpression): MirStatement =>
    context.send('subscription-response', {
      key: left,
      value: object({ state, right: value }),
      before: undefined,
      timestamp,
    })
  const answers = or(is(Action.Answer), and(is(Action.AnswerIfThere), isThere(right)))
  out.push(when(is(Action.RemoveAndAnswer), [answer(literal(null))], [when(answers, [answer(right)])]))
}

/** A change of the right table: all who subscribed are told, in the order of their keys. */
export function lowerRightChange(context: Context, flow: Flow, out: MirStatement[]): void {
  const { builder, node, program } = context
  const rows = placeOfSide(context, context.node, 1)
  if (rows.operator === node.id) out.push(seek(context, rows, flow), set(context, rows, flow.value, flow))
  const subscriptions = subscriptionsOf(context)
  out.push(seek(context, subscriptions, flow), does(subscriptions, 'first', []))
  const body: MirStatement[] = []
  const left = builder.atom(ask(subscriptions, 'leftKey', [], program.plan.edges.get(node.left)?.key), 'left', body)
  const state = builder.atom(ask(subscriptions, 'state', [], number), 'state', body)
  const answer = { ...flow, key: left, value: object({ state, right: flow.value }), before: undefined }
  body.push(context.send('subscription-response', answer))
  out.push(statement({ kind: 'while', test: ask(subscriptions, 'next', []), body }, node.span))
}

/** An answer comes to the task of the left row. */
export function lowerResponse(context: Context, flow: Flow, out: MirStatement[]): void {
  const { builder, node, program } = context
  const { nodes, edges } = program.plan
  const rows = placeOfSide(context, context.node, 0)
  out.push(seek(context, rows, flow))
  const state = member(flow.value, 'state', { type: number, span: undefined })
  const then: MirStatement[] = []
  const left = builder.atom(rowOrNull(context, rows, edges.get(node.left)?.value), 'left', then)
  const rightType = edges.get(node.right)?.value
  const right = builder.atom(member(flow.value, 'right', { type: orNull(rightType), span: undefined }), 'right', then)
  const result = builder.local(nameOf(node), true)
  const joined: MirStatement[] = []
  const partner = builder.atom(node.join === 'left' ? orElse(right, undefined) : right, 'partner', joined)
  joined.push(assign(result, orElse(context.call(node.joiner, [left, partner], joined), null)))
  then.push(letStatement(result, literal(null)))
  then.push(when(node.join === 'left' ? isThere(left) : isThere(right), joined))
  const value = builder.atom(local(result, orNull(edges.get(node.id)?.value)), nameOf(node), then)
  let before: MirExpression | undefined
  if (isStored(nodes, node)) {
    const place = { operator: node.id, port: 2 } as const
    then.push(seek(context, place, flow))
    if (needsOldRows(nodes, node.id)) {
      before = builder.atom(rowOrNull(context, place, edges.get(node.id)?.value), 'before', then)
    }
    then.push(set(context, place, value, flow))
  }
  context.forward({ ...flow, value, before }, then)
  // The left row has changed since it asked: an answer to that is on its way.
  out.push(when(equal(ask(rows, 'state', [], number), state), then))
}

function foreignKey(context: Context, row: MirExpression, name: string, out: MirStatement[]): MirExpression {
  const { builder, node } = context
  const key = builder.local(name, true)
  const then: MirStatement[] = []
  const found = orElse(context.call(node.foreignKey, [row], then), null)
  then.push(assign(key, found))
  out.push(letStatement(key, literal(null)), when(isThere(row), then))
  return builder.atom(local(key, orNull(found.type)), name, out)
}

function subscriptionsOf({ node }: Context): RowsPlace {
  return { operator: node.id, port: 3 }
}

function set(context: Context, place: RowsPlace, value: MirExpression, flow: Flow): MirStatement {
  return statement({ kind: 'expression', value: ask(place, 'set', [value, rowTimeOf(flow)]) }, context.node.span)
}

function does(place: RowsPlace, method: string, args: readonly MirExpression[]): MirStatement {
  return statement({ kind: 'expression', value: ask(place, method, args) })
}

function assign(id: number, value: MirExpression): MirStatement {
  return statement({ kind: 'assign', local: id, value })
}

function equal(left: MirExpression, right: MirExpression): MirExpression {
  return expression({ kind: 'binary', operator: '===', left, right })
}
