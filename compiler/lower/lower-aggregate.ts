/**
 * Aggregates: the algorithm is the kernel's (runtime/operators), which is asked step by step, so that the author's
 * functions and everything behind the table stay in their places. No function is called per row.
 */
import type { LogicalWindow } from '../ir/logical-plan.js'
import type { MirExpression, MirStatement } from '../ir/mir.js'
import { literal, statement } from '../ir/mir-build.js'
import { needsOldRows } from '../ir/rows.js'
import type { ValueType } from '../ir/value-type.js'
import { windowOf } from '../ir/window-of.js'
import { accumulationOf, type Accumulation } from './accumulation.js'
import { loaded, resultOf, rowsOf, state, type AggregateContext } from './aggregate-state.js'
import { number } from './arithmetic.js'
import type { Flow } from './flow.js'
import { choose } from './choose.js'
import { lowerExpired, lowerTouched } from './lower-lifetime.js'
import { lowerSessions } from './lower-sessions.js'
import { lowerSlidingWindows } from './lower-sliding-windows.js'
import { lowerTableAggregate } from './lower-table-aggregate.js'
import { and, isThere, seek, timeOf } from './rows.js'
import { updated } from './update-row.js'
import { windowedKey } from './windowed-key.js'

/** `input`: of a cogroup, which of its streams the record is of. */
export function lowerAggregate(context: AggregateContext, flow: Flow, input: number, out: MirStatement[]): void {
  const { node, program } = context
  const { nodes } = program.plan
  const accumulation = accumulationOf(context, input)
  if (nodes[node.input]?.kind === 'group-table') {
    lowerTableAggregate(context, accumulation, flow, out)
    return
  }
  const window = windowOf(nodes, node)
  const then: MirStatement[] = []
  if (node.ttl !== undefined) {
    lowerExpired(context, flow, (row, inner) => forgotten(context, accumulation, row, inner), then)
    lowerTouched(context, flow, then)
  }
  then.push(seek(context, rowsOf(context), flow, input))
  if (window === undefined) {
    context.forward({ key: flow.key, ...updated(context, accumulation, flow.value, timeOf(flow), then) }, then)
  } else {
    lowerWindows(context, accumulation, window, flow, then)
    if (window.emit === 'final') then.push(closed(context, accumulation, flow.key.type))
  }
  // Windows take null values as well (KIP-962), but for sliding ones.
  const takesNull = window !== undefined && window.kind !== 'sliding'
  const test = takesNull ? isThere(flow.key) : and(isThere(flow.key), isThere(flow.value))
  out.push(statement({ kind: 'if', test, then, otherwise: [] }, node.span))
}

/** Deletes the row of a key; gives the result that it had. */
function forgotten(
  context: AggregateContext,
  accumulation: Accumulation,
  row: Flow,
  out: MirStatement[],
): MirExpression | undefined {
  const { nodes } = context.program.plan
  out.push(seek(context, rowsOf(context), row))
  const choice = {
    name: 'before',
    type: undefined,
    test: state(context, 'exists', [], { kind: 'boolean' }),
    then: (inner: MirStatement[]) => accumulation.result(loaded(context, true, inner).slots, inner),
    otherwise: () => literal(null),
  } as const
  const before = needsOldRows(nodes, context.node.id) ? choose(context.builder, choice, out) : undefined
  const kept = before && context.builder.atom(before, 'before', out)
  out.push(statement({ kind: 'expression', value: state(context, 'put', [literal(null), timeOf(row)]) }))
  return kept
}

/** Windows that close since no input comes. */
export function lowerIdle(context: AggregateContext, out: MirStatement[]): void {
  const { node, program } = context
  const { nodes, edges } = program.plan
  const accumulation = accumulationOf(context, 0)
  const isFinal = windowOf(nodes, node)?.emit === 'final'
  const then = isFinal ? [closed(context, accumulation, edges.get(node.input)?.key)] : []
  out.push(statement({ kind: 'enter', operator: node.id, count: false }))
  out.push(statement({ kind: 'if', test: state(context, 'closeIdle', []), then, otherwise: [] }))
}

function lowerWindows(
  context: AggregateContext,
  accumulation: Accumulation,
  window: LogicalWindow,
  flow: Flow,
  out: MirStatement[],
): void {
  switch (window.kind) {
    case 'session':
      lowerSessions(context, accumulation, window, flow, out)
      return
    case 'sliding':
      lowerSlidingWindows(context, accumulation, window, flow, out)
      return
    case 'time': {
      const body: MirStatement[] = []
      const row = updated(context, accumulation, flow.value, timeOf(flow), body)
      if (window.emit === 'updates') context.forward({ key: windowedKey(context, flow.key, body), ...row }, body)
      out.push(statement({ kind: 'while', test: state(context, 'nextWindow', []), body }))
    }
  }
}

/** Results of windows that are closed by now. */
function closed(context: AggregateContext, accumulation: Accumulation, keyType: ValueType | undefined): MirStatement {
  const { builder, node } = context
  const body: MirStatement[] = [statement({ kind: 'enter', operator: node.id, count: false })]
  const key = builder.atom(state(context, 'key', [], keyType), 'key', body)
  const value = resultOf(context, accumulation, loaded(context, true, body).slots, body)
  const timestamp = builder.atom(state(context, 'timestamp', [], number), 'time', body)
  // It goes out once: there was no result before.
  context.forward({ key: windowedKey(context, key, body), value, before: literal(null), timestamp }, body)
  return statement({ kind: 'while', test: state(context, 'nextClosed', []), body })
}
