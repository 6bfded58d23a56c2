/** Declared aggregators, several in one pass: each field has its own slots. */
import { accumulatorOf } from '../ir/accumulator.js'
import type { LambdaId, LogicalAggregator, LogicalField } from '../ir/logical-plan.js'
import type { MirExpression, MirStatement } from '../ir/mir.js'
import { expression, helper, literal, member, not } from '../ir/mir-build.js'
import type { Accumulation } from './accumulation.js'
import type { AggregateContext } from './aggregate-state.js'
import { number, numeric, plus } from './arithmetic.js'
import { choose } from './choose.js'
import { begun, only, type Held } from './held.js'
import { and } from './rows.js'

type Part = Accumulation

export function declaredAccumulation(context: AggregateContext, fields: readonly LogicalField[]): Accumulation {
  const { builder, node, program } = context
  const { parts: kept } = accumulatorOf(program.plan, node)
  const parts = fields.map(({ name, aggregator }, index) => {
    const first = kept.slice(0, index).flat().length
    return { name, part: partOf(context, aggregator), first, last: first + (kept[index]?.length ?? 0) }
  })
  const each = (
    slots: readonly MirExpression[],
    change: (part: Part, own: readonly MirExpression[]) => readonly MirExpression[],
    out: MirStatement[],
  ): readonly MirExpression[] =>
    parts.flatMap(({ name, part, first, last }) =>
      change(part, slots.slice(first, last)).map((slot) => builder.atom(slot, name, out)),
    )
  return {
    initial: (out) => each([], (part) => part.initial(out) ?? [], out),
    add: (held, value, out) => each(held.slots, (part, slots) => part.add({ ...held, slots }, value, out), out),
    subtract: (slots, value, out) => each(slots, (part, own) => part.subtract(own, value, out), out),
    merge: (held, other, out) =>
      parts.flatMap(({ name, part, first, last }) => {
        const own = { ...held, slots: held.slots.slice(first, last) }
        return part.merge(own, other.slice(first, last), out).map((slot) => builder.atom(slot, name, out))
      }),
    result: (slots, out) => {
      const members = parts.map(({ name, part, first, last }) => {
        const value = builder.atom(part.result(slots.slice(first, last), out), name, out)
        return { kind: 'property', name, value } as const
      })
      return expression({ kind: 'object', members }, { type: program.plan.edges.get(node.id)?.value, span: node.span })
    },
  }
}

const none = literal(undefined)

function partOf(context: AggregateContext, aggregator: LogicalAggregator): Part {
  const of = (id: LambdaId, value: MirExpression, out: MirStatement[]): MirExpression =>
    context.builder.atom(context.call(id, [value], out), 'of', out)
  switch (aggregator.kind) {
    case 'count':
      return {
        initial: () => [literal(0)],
        add: ({ slots }) => [plus(only(slots), literal(1))],
        subtract: (slots) => [plus(only(slots), literal(-1))],
        merge: ({ slots }, other) => [plus(only(slots), only(other))],
        result: only,
      }
    case 'sum':
      return {
        initial: () => [literal(0)],
        add: ({ slots }, value, out) => [exactSum(only(slots), of(aggregator.of, value, out))],
        subtract: (slots, value, out) => [exactSum(only(slots), negative(of(aggregator.of, value, out)))],
        merge: ({ slots }, other) => [exactSum(only(slots), only(other))],
        result: only,
      }
    case 'avg':
      return {
        initial: () => [literal(0), literal(0)],
        add: ({ slots: [sum = none, n = none] }, value, out) => [
          plus(sum, of(aggregator.of, value, out)),
          plus(n, literal(1)),
        ],
        subtract: ([sum = none, n = none], value, out) => [
          numeric('-', sum, of(aggregator.of, value, out)),
          plus(n, literal(-1)),
        ],
        merge: ({ slots: [sum = none, n = none] }, [otherSum = none, others = none]) => [
          plus(sum, otherSum),
          plus(n, others),
        ],
        result: ([sum = none, n = none]) => numeric('/', sum, n),
      }
    case 'min':
    case 'max': {
      const operator = aggregator.kind === 'min' ? '<' : '>'
      const better = ({ slots, there }: Held, value: MirExpression): readonly MirExpression[] => {
        const wins = expression({ kind: 'binary', operator, left: value, right: only(slots) })
        const stays = and(there, not(wins))
        return [
          there.kind === 'literal' && there.value === true
            ? conditional(wins, value, only(slots))
            : conditional(stays, only(slots), value),
        ]
      }
      return {
        initial: () => [none],
        subtract: cannotSubtract,
        add: (held, value, out) => better(held, of(aggregator.of, value, out)),
        merge: (held, other) => better(held, only(other)),
        result: only,
      }
    }
    case 'first':
      return {
        initial: () => [none],
        subtract: cannotSubtract,
        add: ({ slots, there }, value, out) => {
          const otherwise = (inner: MirStatement[]): MirExpression => context.call(aggregator.of, [value], inner)
          const choice = { name: 'first', type: only(slots).type, test: there, then: () => only(slots), otherwise }
          return [choose(context.builder, choice, out)]
        },
        merge: ({ slots, there }, other) => [conditional(there, only(slots), only(other))],
        result: only,
      }
    case 'last':
      return {
        initial: () => [none],
        subtract: cannotSubtract,
        add: (_, value, out) => [of(aggregator.of, value, out)],
        merge: (_, other) => other,
        result: only,
      }
    case 'countDistinct':
      return {
        initial: () => [none],
        subtract: cannotSubtract,
        add: (held, value, out) => [helper('distinctWith', [list(held), of(aggregator.of, value, out)], typeOf(held))],
        merge: (held, other) => [helper('distinctOf', [list(held), only(other)], typeOf(held))],
        result: (slots) => member(only(slots), 'length', { type: number, span: undefined }),
      }
    case 'collect': {
      const limit = literal(aggregator.limit)
      return {
        initial: () => [none],
        subtract: cannotSubtract,
        add: (held, value, out) => [
          helper('collected', [list(held), of(aggregator.of, value, out), limit], typeOf(held)),
        ],
        merge: (held, other) => [helper('joined', [list(held), only(other), limit], typeOf(held))],
        result: only,
      }
    }
    case 'topK':
      return topPart(context, aggregator)
    case 'custom':
      return customPart(context, aggregator)
  }
}

/** Its slots are the items, and what they are ordered by. */
function topPart(context: AggregateContext, aggregator: LogicalAggregator & { kind: 'topK' }): Part {
  const { builder } = context
  const limit = literal(aggregator.limit)
  const both = (ranked: MirExpression, { slots }: Held, out: MirStatement[]): readonly MirExpression[] => {
    const top = builder.atom(ranked, 'top', out)
    return ['items', 'ranks'].map((name, i) => member(top, name, { type: slots[i]?.type, span: undefined }))
  }
  const ranked = ({ slots, there }: Held): readonly MirExpression[] =>
    slots.map((slot) => conditional(there, slot, literal(undefined)))
  return {
    initial: () => [none, none],
    subtract: cannotSubtract,
    add: (held, value, out) => {
      const item = builder.atom(context.call(aggregator.of, [value], out), 'item', out)
      const rank = builder.atom(context.call(aggregator.by, [value], out), 'rank', out)
      return both(helper('topWith', [...ranked(held), item, rank, limit]), held, out)
    },
    merge: (held, other, out) => both(helper('topOf', [...ranked(held), ...other, limit]), held, out),
    result: only,
  }
}

function customPart(context: AggregateContext, aggregator: LogicalAggregator & { kind: 'custom' }): Part {
  const { initial, add, merge, subtract, result } = aggregator
  return {
    initial: (out) => [context.call(initial, [], out)],
    subtract: (slots, value, out) =>
      subtract === undefined ? cannotSubtract() : [context.call(subtract, [only(slots), value], out)],
    add: (held, value, out) => [context.call(add, [begun(context, held, initial, out), value], out)],
    merge(held, other, out) {
      if (merge === undefined) throw new Error(`an aggregator of ${context.node.label} cannot merge`)
      return [context.call(merge, [begun(context, held, initial, out), only(other)], out)]
    },
    result: (slots, out) => (result === undefined ? only(slots) : context.call(result, slots, out)),
  }
}

/** undefined where there is none yet. */
function list({ slots, there }: Held): MirExpression {
  return conditional(there, only(slots), literal(undefined))
}

function typeOf({ slots }: Held): { readonly type: MirExpression['type']; readonly span: undefined } {
  return { type: only(slots).type, span: undefined }
}

function exactSum(left: MirExpression, right: MirExpression): MirExpression {
  return helper('exactSum', [left, right], { type: number, span: undefined })
}

function conditional(test: MirExpression, then: MirExpression, otherwise: MirExpression): MirExpression {
  if (test.kind === 'literal') return test.value === true ? then : otherwise
  return expression({ kind: 'conditional', test, then, otherwise }, { type: then.type, span: undefined })
}

function negative(operand: MirExpression): MirExpression {
  return expression({ kind: 'unary', operator: '-', operand }, { type: number, span: undefined })
}

/** The types of the DSL leave no such aggregator to grouped tables. */
function cannotSubtract(): never {
  throw new Error('an aggregator of a grouped table cannot subtract')
}
