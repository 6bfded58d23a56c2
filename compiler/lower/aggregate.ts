/**
 * Aggregates as straight-line code on rows of a store: the row of the key (and window), its columns, what becomes of
 * them, and then whatever reads the table, with the row's own timestamp.
 */
import { groupOf } from '../ir/exchanges.js'
import type { LogicalNodeOf, TimeWindows } from '../ir/logical-plan.js'
import type { MirExpression, MirStatement } from '../ir/mir.js'
import { expression, literal, local, member, statement } from '../ir/mir-build.js'
import type { ValueType } from '../ir/value-type.js'
import type { Flow, LoweringContext } from './flow.js'

/** Lowers what reads the table. */
type Forward = (next: Flow, out: MirStatement[]) => void

const numberType: ValueType = { kind: 'number', brand: undefined }

export function lowerAggregate(
  context: LoweringContext,
  node: LogicalNodeOf<'aggregate'>,
  flow: Flow,
  forward: Forward,
  out: MirStatement[],
): void {
  const { window } = groupOf(context.program.plan, node.input)
  const body: MirStatement[] = []
  if (window?.kind === 'window') lowerWindows(context, node, window.window, flow, forward, body)
  else lowerRow(context, node, flow, undefined, forward, body)
  // Records without a key belong to no group; without windows, null values are no records of one (KIP-962).
  const absent = window === undefined ? [flow.key, flow.value] : [flow.key]
  const test = absent.filter(mayBeNull).map(isThere)
  if (test.length === 0) out.push(...body)
  else out.push(statement({ kind: 'if', test: test.reduce(both), then: body, otherwise: [] }, node.span))
}

/** The windows of [start, start + size) that are open and hold the record, in ascending order. */
function lowerWindows(
  context: LoweringContext,
  node: LogicalNodeOf<'aggregate'>,
  { size, advance, grace }: TimeWindows,
  flow: Flow,
  forward: Forward,
  out: MirStatement[],
): void {
  const { builder } = context
  const time = streamTime(context, node, flow, out)
  const start = builder.local('start', advance < size)
  const there = local(start, numberType)
  const isOpen = binary('>', plus(there, size), minus(time, grace))
  const inWindow: MirStatement[] = []
  lowerRow(context, node, flow, { start: there, end: plus(there, size) }, forward, inWindow)
  const whenOpen = statement({ kind: 'if', test: isOpen, then: inWindow, otherwise: [] }, node.span)
  const first = times(floor(binary('/', plus(flow.timestamp, advance - size), literalOf(advance))), advance)
  const expire = statement({
    kind: 'expire',
    store: storeOf(context, node, 'rows'),
    before: minus(time, size + grace - 1),
  })
  if (advance >= size) {
    out.push(statement({ kind: 'let', local: start, init: first }), whenOpen, expire)
    return
  }
  // No window begins before the epoch.
  out.push(statement({ kind: 'let', local: start, init: math('max', literalOf(0), first) }))
  const next = statement({ kind: 'assign', local: start, value: plus(there, advance) })
  const test = binary('<=', there, flow.timestamp)
  out.push(statement({ kind: 'while', test, body: [whenOpen, next] }, node.span), expire)
}

/** The greatest timestamp that the operator has seen, this record included. */
function streamTime(
  context: LoweringContext,
  node: LogicalNodeOf<'aggregate'>,
  flow: Flow,
  out: MirStatement[],
): MirExpression {
  const { builder } = context
  const store = storeOf(context, node, 'times')
  const slot = builder.local('times', true)
  const key = expression(
    { kind: 'literal', value: node.label },
    { type: { kind: 'string', brand: undefined }, span: undefined },
  )
  const emit = context.program.nextEmit()
  out.push(statement({ kind: 'upsert', emit, store, key, windowStart: undefined, timestamp: flow.timestamp, slot }))
  const row = local(slot, numberType)
  const time = builder.local('time')
  out.push(statement({ kind: 'let', local: time, init: math('max', rowOf(store, row, 0), flow.timestamp) }))
  const isNew = binary('>', local(time, numberType), rowOf(store, row, 0))
  const set = statement({ kind: 'set-row', store, slot: row, column: 0, value: local(time, numberType) })
  out.push(statement({ kind: 'if', test: isNew, then: [set], otherwise: [] }))
  return local(time, numberType)
}

function lowerRow(
  context: LoweringContext,
  node: LogicalNodeOf<'aggregate'>,
  flow: Flow,
  window: { readonly start: MirExpression; readonly end: MirExpression } | undefined,
  forward: Forward,
  out: MirStatement[],
): void {
  const { builder } = context
  const store = storeOf(context, node, 'rows')
  const slot = builder.local('row', true)
  const emit = context.program.nextEmit()
  const { key, timestamp } = flow
  out.push(statement({ kind: 'upsert', emit, store, key, windowStart: window?.start, timestamp, slot }, node.span))
  const row = local(slot, numberType)
  const count = builder.atom(plus(rowOf(store, row, 0), 1), node.name ?? node.label, out)
  out.push(statement({ kind: 'set-row', store, slot: row, column: 0, value: count }))
  const newest = builder.atom(math('max', rowOf(store, row, 'timestamp'), timestamp), 'timestamp', out)
  out.push(statement({ kind: 'set-row', store, slot: row, column: 'timestamp', value: newest }))
  const type = context.program.plan.edges.get(node.id)?.key
  const windowed = window && builder.atom(windowedKey(key, window.start, window.end, type), 'key', out)
  forward({ key: windowed ?? key, value: count, timestamp: newest }, out)
}

function windowedKey(
  key: MirExpression,
  start: MirExpression,
  end: MirExpression,
  type: ValueType | undefined,
): MirExpression {
  const members = Object.entries({ key, start, end }).map(
    ([name, value]) => ({ kind: 'property', name, value }) as const,
  )
  return expression({ kind: 'object', members }, { type, span: undefined })
}

function storeOf(context: LoweringContext, node: LogicalNodeOf<'aggregate'>, role: 'rows' | 'times'): number {
  return context.topology.stores.findIndex((store) => store.node === node.id && store.role === role)
}

function mayBeNull({ type }: MirExpression): boolean {
  if (type === undefined) return true
  const options = type.kind === 'union' ? type.types : [type]
  return options.some(({ kind }) => kind === 'null' || kind === 'undefined' || kind === 'opaque')
}

const base = { type: numberType, span: undefined }
const literalOf = (value: number): MirExpression => ({ ...literal(value), type: numberType })
const isThere = (value: MirExpression): MirExpression => binary('!=', value, literal(null))
const both = (left: MirExpression, right: MirExpression): MirExpression =>
  expression({ kind: 'logical', operator: '&&', left, right })

function binary(
  operator: '+' | '-' | '*' | '/' | '>' | '<=' | '!=',
  left: MirExpression,
  right: MirExpression,
): MirExpression {
  return expression({ kind: 'binary', operator, left, right }, operator === '!=' ? undefined : base)
}
const plus = (left: MirExpression, right: number): MirExpression =>
  right < 0 ? minus(left, -right) : right === 0 ? left : binary('+', left, literalOf(right))
const minus = (left: MirExpression, right: number): MirExpression =>
  right === 0 ? left : binary('-', left, literalOf(right))
const times = (left: MirExpression, right: number): MirExpression => binary('*', left, literalOf(right))

function rowOf(store: number, slot: MirExpression, column: 'timestamp' | number): MirExpression {
  return expression({ kind: 'row', store, slot, column }, base)
}

function math(name: 'max' | 'floor', ...args: readonly MirExpression[]): MirExpression {
  const callee = member(expression({ kind: 'global', name: 'Math' }), name)
  return expression(
    { kind: 'call', callee, args: args.map((value) => ({ kind: 'value', value })), optional: false },
    base,
  )
}
const floor = (value: MirExpression): MirExpression => math('floor', value)
