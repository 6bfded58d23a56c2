/** How aggregates begin, grow and merge, over what they keep (ir/accumulator.ts). */
import type { LambdaId } from '../ir/logical-plan.js'
import type { MirExpression, MirStatement } from '../ir/mir.js'
import { literal } from '../ir/mir-build.js'
import { cogroupOf } from '../ir/window-of.js'
import type { AggregateContext } from './aggregate-state.js'
import { plus } from './arithmetic.js'
import { choose } from './choose.js'
import { declaredAccumulation } from './declared-accumulation.js'
import { begun, only, type Held } from './held.js'
import { nameOf, orElse } from './rows.js'

export interface Accumulation {
  /** undefined: its first value is the aggregate. */
  initial(out: MirStatement[]): readonly MirExpression[] | undefined
  add(held: Held, value: MirExpression, out: MirStatement[]): readonly MirExpression[]
  /** Takes a value out again, of an aggregate that is there. */
  subtract(slots: readonly MirExpression[], value: MirExpression, out: MirStatement[]): readonly MirExpression[]
  /** With what another session has kept. */
  merge(held: Held, other: readonly MirExpression[], out: MirStatement[]): readonly MirExpression[]
  /** What goes out. */
  result(slots: readonly MirExpression[], out: MirStatement[]): MirExpression
}

/** `input`: of a cogroup, which of its streams the values are of. */
export function accumulationOf(context: AggregateContext, input: number): Accumulation {
  const { aggregation } = context.node
  switch (aggregation.kind) {
    case 'count':
      return counting(context)
    case 'reduce':
      return reducing(context, aggregation)
    case 'fold':
      return folding(context, aggregation)
    case 'cogroup': {
      const { initial, adds } = cogroupOf(context.program.plan.nodes, context.node) ?? { initial: undefined, adds: [] }
      const add = adds[input]
      if (initial === undefined || add === undefined) throw new Error(`${context.node.label} is of no cogroup`)
      return folding(context, { initial, add, merge: aggregation.merge, subtract: undefined })
    }
    case 'declared':
      return declaredAccumulation(context, aggregation.fields)
  }
}

function counting({ builder, node }: AggregateContext): Accumulation {
  return {
    initial: () => [literal(0)],
    add: ({ slots }, _, out) => [builder.atom(plus(only(slots), literal(1)), nameOf(node), out)],
    subtract: (slots) => [plus(only(slots), literal(-1))],
    merge: ({ slots }, other) => [plus(only(slots), only(other))],
    result: only,
  }
}

function reducing(context: AggregateContext, { add, subtract }: Omit<Fold, 'initial' | 'merge'>): Accumulation {
  const { builder, node } = context
  const reduced = ({ slots, there }: Held, value: MirExpression, out: MirStatement[]): readonly MirExpression[] => {
    const choice = {
      name: nameOf(node),
      type: only(slots).type,
      test: there,
      then: (inner: MirStatement[]) => context.call(add, [builder.atom(only(slots), 'acc', inner), value], inner),
      otherwise: () => value,
    }
    return [orElse(choose(builder, choice, out), null)].map((acc) => builder.atom(acc, nameOf(node), out))
  }
  return {
    initial: () => undefined,
    add: reduced,
    subtract: (slots, value, out) => [subtracted(context, subtract, slots, value, out)],
    merge: (held, other, out) => reduced(held, only(other), out),
    result: only,
  }
}

interface Fold {
  readonly initial: LambdaId
  readonly add: LambdaId
  readonly merge: LambdaId | undefined
  readonly subtract: LambdaId | undefined
}

function folding(context: AggregateContext, { initial, add, merge, subtract }: Fold): Accumulation {
  return {
    initial: (out) => [context.call(initial, [], out)],
    add(held, value, out) {
      const acc = orElse(context.call(add, [begun(context, held, initial, out), value], out), null)
      return [context.builder.atom(acc, nameOf(context.node), out)]
    },
    subtract: (slots, value, out) => [subtracted(context, subtract, slots, value, out)],
    merge(held, other, out) {
      if (merge === undefined) throw new Error(`the aggregate ${context.node.label} cannot merge`)
      return [context.call(merge, [begun(context, held, initial, out), only(other)], out)]
    },
    result: only,
  }
}

function subtracted(
  context: AggregateContext,
  subtract: LambdaId | undefined,
  slots: readonly MirExpression[],
  value: MirExpression,
  out: MirStatement[],
): MirExpression {
  if (subtract === undefined) throw new Error(`the aggregate ${context.node.label} cannot subtract`)
  const acc = context.builder.atom(only(slots), 'acc', out)
  return orElse(context.call(subtract, [acc, value], out), null)
}
