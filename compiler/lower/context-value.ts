/** The record context: what the parameter behind the arguments of a lambda stands for. */
import type { ContextProperty, MirBase, MirExpression, MirMember } from '../ir/mir.js'
import { expression } from '../ir/mir-build.js'

export interface ContextValue {
  readonly key: MirExpression
  /** undefined: the event time of the input's record. */
  readonly timestamp: MirExpression | undefined
}

/** The record context as an object, for whoever needs all of it. */
export function contextObject(context: ContextValue): MirExpression {
  const properties = ['timestamp', 'headers', 'topic', 'partition', 'offset'] as const
  return expression({
    kind: 'object',
    members: [
      { kind: 'property', name: 'key', value: context.key },
      ...properties.map((name): MirMember => ({
        kind: 'property',
        name,
        value: contextProperty(context, name, { type: undefined, span: undefined }),
      })),
    ],
  })
}

export function contextProperty(context: ContextValue, property: ContextProperty, base: MirBase): MirExpression {
  if (property === 'timestamp' && context.timestamp !== undefined) return { ...context.timestamp, span: base.span }
  return expression({ kind: 'context', property }, base)
}
