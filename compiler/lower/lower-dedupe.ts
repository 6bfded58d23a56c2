/** The first of equal records goes on: the kernel knows which ones did. */
import type { LogicalNodeOf } from '../ir/logical-plan.js'
import type { MirStatement } from '../ir/mir.js'
import { expression, literal, statement, when } from '../ir/mir-build.js'
import type { Flow, OperatorContext } from './flow.js'
import { ask, isThere, seek, timeOf } from './rows.js'

export function lowerDedupe(context: OperatorContext<LogicalNodeOf<'dedupe'>>, flow: Flow, out: MirStatement[]): void {
  const { builder, node } = context
  const place = { operator: node.id, port: 0 } as const
  // Without a key there is nothing to be equal to.
  const isNew = builder.local('isNew', true)
  const then: MirStatement[] = []
  const by =
    node.by === undefined ? literal(undefined) : builder.atom(context.call(node.by, [flow.value], then), 'by', then)
  then.push(seek(context, place, flow))
  const first = ask(place, 'isNew', [by, timeOf(flow), literal(node.by !== undefined)])
  then.push(statement({ kind: 'assign', local: isNew, value: first }, node.span))
  out.push(statement({ kind: 'let', local: isNew, init: literal(true) }))
  out.push(when(isThere(flow.key), then))
  const inner: MirStatement[] = []
  context.forward(flow, inner)
  out.push(when(expression({ kind: 'local', local: isNew }), inner))
}
