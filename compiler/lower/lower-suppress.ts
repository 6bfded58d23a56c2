/** Changes that are held back: the kernel has them, what leaves goes on in its place. */
import type { LogicalNodeOf } from '../ir/logical-plan.js'
import type { MirExpression, MirStatement } from '../ir/mir.js'
import { literal, member, object, statement, when } from '../ir/mir-build.js'
import { needsOldRows, windowedAggregateOf } from '../ir/rows.js'
import type { ValueType } from '../ir/value-type.js'
import { number } from './arithmetic.js'
import type { Flow, OperatorContext } from './flow.js'
import { ask, isThere, nameOf, orNull, rowOrNull, seek, timeOf } from './rows.js'

export function lowerSuppress(
  context: OperatorContext<LogicalNodeOf<'suppress'>>,
  flow: Flow,
  out: MirStatement[],
): void {
  const { builder, node, program } = context
  const { nodes, edges } = program.plan
  const place = { operator: node.id, port: 0 } as const
  const aggregate = windowedAggregateOf(nodes, node.input)
  const groups = aggregate && edges.get(aggregate.input)?.key
  const part = (name: string, type: ValueType | undefined): MirExpression =>
    builder.atom(member(flow.key, name, { type, span: undefined }), name, out)
  const [key, start, end] =
    aggregate === undefined
      ? [flow.key, literal(0), literal(0)]
      : [part('key', groups), part('start', number), part('end', number)]
  out.push(seek(context, place, { ...flow, key }))
  const hold = ask(place, 'hold', [flow.value, timeOf(flow), start, end])
  out.push(statement({ kind: 'expression', value: hold }, node.span))
  // By the wall clock they leave when time has passed, not with a record.
  if (node.clock === 'wall') return
  const body = leaving(context, flow.key.type)
  out.push(statement({ kind: 'while', test: ask(place, 'nextDue', []), body }, node.span))
}

/** What is due by the wall clock. */
export function lowerDueChanges(context: OperatorContext<LogicalNodeOf<'suppress'>>, out: MirStatement[]): void {
  const { node, program } = context
  out.push(statement({ kind: 'enter', operator: node.id, count: false }))
  const body = leaving(context, program.plan.edges.get(node.input)?.key)
  out.push(when(ask({ operator: node.id, port: 0 }, 'fire', []), body))
}

/** A change that leaves. */
function leaving(context: OperatorContext<LogicalNodeOf<'suppress'>>, keyType: ValueType | undefined): MirStatement[] {
  const { builder, node, program } = context
  const { nodes, edges } = program.plan
  const place = { operator: node.id, port: 0 } as const
  const aggregate = windowedAggregateOf(nodes, node.input)
  const groups = aggregate && edges.get(aggregate.input)?.key
  const body: MirStatement[] = [statement({ kind: 'enter', operator: node.id, count: false })]
  const own = builder.atom(ask(place, 'key', [], aggregate === undefined ? keyType : groups), 'key', body)
  const held =
    aggregate === undefined
      ? own
      : builder.atom(
          object({
            key: own,
            start: builder.atom(ask(place, 'start', [], number), 'start', body),
            end: builder.atom(ask(place, 'end', [], number), 'end', body),
          }),
          'windowed',
          body,
        )
  const timestamp = builder.atom(ask(place, 'timestamp', [], number), 'time', body)
  const type = edges.get(node.id)?.value
  const value = builder.atom(ask(place, 'take', [], orNull(type)), nameOf(node), body)
  const then: MirStatement[] = []
  const next: Flow = { key: held, value, before: undefined, timestamp }
  context.forward({ ...next, before: old(context, next, then) }, then)
  // Results of windows are final: what was deleted before its window closed was never there.
  if (node.until === 'window-closes') body.push(statement({ kind: 'if', test: isThere(value), then, otherwise: [] }))
  else body.push(...then)
  return body
}

/** What went out before, where somebody looks at it. */
function old(
  context: OperatorContext<LogicalNodeOf<'suppress'>>,
  flow: Flow,
  out: MirStatement[],
): MirExpression | undefined {
  const { builder, node, program } = context
  if (!needsOldRows(program.plan.nodes, node.id)) return undefined
  const place = { operator: node.id, port: 2 } as const
  out.push(seek(context, place, flow))
  const before = builder.atom(rowOrNull(context, place, program.plan.edges.get(node.id)?.value), 'before', out)
  out.push(statement({ kind: 'expression', value: ask(place, 'set', [flow.value, timeOf(flow)]) }, node.span))
  return before
}
