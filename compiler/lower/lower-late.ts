/** Records that no window accepts: the kernel tells them, they go on as they are. */
import type { LogicalNodeOf } from '../ir/logical-plan.js'
import type { MirStatement } from '../ir/mir.js'
import { statement } from '../ir/mir-build.js'
import { isLateByKey } from '../ir/late-rows.js'
import { windowOf } from '../ir/window-of.js'
import type { Flow, OperatorContext } from './flow.js'
import { and, ask, isThere, seek, timeOf } from './rows.js'

export function lowerLate(context: OperatorContext<LogicalNodeOf<'late'>>, flow: Flow, out: MirStatement[]): void {
  const { node, program } = context
  const place = { operator: node.id, port: 0 } as const
  const window = windowOf(program.plan.nodes, node)
  const late: MirStatement[] = []
  context.forward(flow, late)
  const isLate = (args: Parameters<typeof ask>[2]): MirStatement =>
    statement(
      { kind: 'if', test: ask(place, 'isLate', args, { kind: 'boolean' }), then: late, otherwise: [] },
      node.span,
    )
  const then =
    window !== undefined && isLateByKey(window) ? [seek(context, place, flow), isLate([])] : [isLate([timeOf(flow)])]
  // Whatever windows do not take is not late for them.
  const test = window?.kind === 'sliding' ? and(isThere(flow.key), isThere(flow.value)) : isThere(flow.key)
  out.push(statement({ kind: 'if', test, then, otherwise: [] }, node.span))
}

/** Windows that close since no input comes. */
export function lowerLateIdle({ node }: OperatorContext<LogicalNodeOf<'late'>>, out: MirStatement[]): void {
  const value = ask({ operator: node.id, port: 0 }, 'closeIdle', [])
  out.push(statement({ kind: 'expression', value }, node.span))
}
