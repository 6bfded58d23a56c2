/** What an aggregate has kept so far. */
import type { LambdaId } from '../ir/logical-plan.js'
import type { MirExpression, MirStatement } from '../ir/mir.js'
import { literal } from '../ir/mir-build.js'
import type { AggregateContext } from './aggregate-state.js'
import { choose } from './choose.js'

export interface Held {
  readonly slots: readonly MirExpression[]
  /** Whether there is anything; slots that are columns are 0 where there is nothing. */
  readonly there: MirExpression
  /** Where there is nothing yet, the slots hold what the aggregate begins with. */
  readonly begun: boolean
}

/** Of an aggregate that keeps one thing. */
export function only([slot]: readonly MirExpression[]): MirExpression {
  return slot ?? literal(undefined)
}

/** What is there, or what the aggregate begins with. */
export function begun(
  context: AggregateContext,
  { slots, there, begun: hasBegun }: Held,
  initial: LambdaId,
  out: MirStatement[],
): MirExpression {
  const slot = only(slots)
  const choice = {
    name: 'acc',
    type: slot.type,
    test: hasBegun ? literal(true) : there,
    then: () => slot,
    otherwise: (inner: MirStatement[]) => context.call(initial, [], inner),
  }
  return context.builder.atom(choose(context.builder, choice, out), 'acc', out)
}
