import type { MirExpression, MirStatement } from '../ir/mir.js'
import { expression } from '../ir/mir-build.js'
import { state, type AggregateContext } from './aggregate-state.js'
import { number } from './arithmetic.js'

/** The key in the window where the kernel stands. */
export function windowedKey(context: AggregateContext, key: MirExpression, out: MirStatement[]): MirExpression {
  const members = [
    ['key', key],
    ['start', state(context, 'start', [], number)],
    ['end', state(context, 'end', [], number)],
  ] as const
  const properties = members.map(
    ([name, value]) => ({ kind: 'property', name, value: context.builder.atom(value, name, out) }) as const,
  )
  return context.builder.atom(expression({ kind: 'object', members: properties }), 'windowed', out)
}
