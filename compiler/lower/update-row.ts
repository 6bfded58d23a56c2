import type { MirExpression, MirStatement } from '../ir/mir.js'
import { needsOldRows } from '../ir/rows.js'
import type { Accumulation } from './accumulation.js'
import { keep, loaded, oldValue, resultOf, type AggregateContext } from './aggregate-state.js'
import type { Flow } from './flow.js'

/** The row that the kernel stands at gets the value; what is there afterwards. */
export function updated(
  context: AggregateContext,
  accumulation: Accumulation,
  value: MirExpression,
  timestamp: MirExpression,
  out: MirStatement[],
): Omit<Flow, 'key'> {
  const { node, program } = context
  const needsOld = needsOldRows(program.plan.nodes, node.id)
  const before = needsOld ? oldValue(context, accumulation, loaded(context, false, out), out) : undefined
  const slots = accumulation.add(loaded(context, false, out), value, out)
  const time = keep(context, slots, timestamp, out)
  return { value: resultOf(context, accumulation, slots, out), before, timestamp: time }
}
