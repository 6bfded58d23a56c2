/**
 * Operators of the author's own. The kernel has the stores and timers, calls the author's functions as they are, and
 * gives what they gave, one record at a time; what stands behind is fused as everywhere.
 */
import type { LogicalNodeOf } from '../ir/logical-plan.js'
import type { MirExpression, MirStatement } from '../ir/mir.js'
import { expression, literal, statement, when } from '../ir/mir-build.js'
import type { ValueType } from '../ir/value-type.js'
import { number } from './arithmetic.js'
import type { Flow, OperatorContext } from './flow.js'
import { contextObject } from './context-value.js'
import { ask, isThere, nameOf, seek, timeOf, type RowsPlace } from './rows.js'

type Context = OperatorContext<LogicalNodeOf<'process'>>

export function lowerProcess(context: Context, flow: Flow, out: MirStatement[]): void {
  const { node } = context
  const keyless = statement({ kind: 'expression', value: state(context, 'withoutKey', []) })
  const keyed = seek(context, placeOf(context), flow)
  out.push(statement({ kind: 'if', test: isThere(flow.key), then: [keyed], otherwise: [keyless] }))
  const record = contextObject({ key: flow.key, timestamp: flow.timestamp })
  const args = [functionOf(context, node.process), flow.value, record, flow.key, timeOf(flow)]
  out.push(statement({ kind: 'expression', value: state(context, 'process', args) }, node.span))
  lowerEmitted(context, out)
}

/** What is due now that time has passed: a timer, or a punctuation. */
export function lowerTimers(context: Context, out: MirStatement[]): void {
  const { node } = context
  const functions = [node.onTimer, node.punctuate?.run].map((id) =>
    id === undefined ? literal(undefined) : functionOf(context, id),
  )
  const fired: MirStatement[] = []
  lowerEmitted(context, fired)
  out.push(statement({ kind: 'enter', operator: node.id, count: false }))
  out.push(when(state(context, 'fire', functions), fired))
}

/** Whether a processor does anything when time has passed. */
export function isTimed(node: LogicalNodeOf<'process'>): boolean {
  return node.timers.length > 0 || node.punctuate !== undefined
}

function lowerEmitted(context: Context, out: MirStatement[]): void {
  const { builder, node, program } = context
  const { edges } = program.plan
  const body: MirStatement[] = []
  const key = builder.atom(state(context, 'key', [], edges.get(node.id)?.key), 'key', body)
  const value = builder.atom(state(context, 'value', []), nameOf(node), body)
  const timestamp = builder.atom(state(context, 'timestamp', [], number), 'time', body)
  context.forward({ key, value, before: undefined, timestamp }, body)
  // What is made on the way to the next record may throw: that is an error of this operator again.
  body.push(statement({ kind: 'enter', operator: node.id, count: false }))
  out.push(statement({ kind: 'while', test: state(context, 'next', []), body }, node.span))
}

/** The records that go to a named output. */
export function lowerProcessOutput(
  context: OperatorContext<LogicalNodeOf<'process-output'>>,
  flow: Flow,
  out: MirStatement[],
): void {
  const then: MirStatement[] = []
  context.forward(flow, then)
  const { input, output } = context.node
  out.push(when(ask({ operator: input, port: 0 }, 'goesTo', [literal(output)]), then))
}

/** An author's function as a value: it is called by the kernel. */
function functionOf({ program }: Context, id: number): MirExpression {
  return expression({ kind: 'constant', constant: program.functionConstant(program.lambda(id)) })
}

function placeOf({ node }: Context): RowsPlace {
  return { operator: node.id, port: 0 }
}

function state(context: Context, method: string, args: readonly MirExpression[], type?: ValueType): MirExpression {
  return ask(placeOf(context), method, args, type)
}
