/** Small constructors of MIR nodes, so that passes read like what they build. */
import type {
  HelperName,
  MirBase,
  MirExpression,
  MirExpressionKind,
  MirLocalId,
  MirStatement,
  MirStatementKind,
} from './mir.js'
import type { Span } from './span.js'
import type { ValueType } from './value-type.js'

const nowhere: MirBase = { type: undefined, span: undefined }

export function expression(kind: MirExpressionKind, base: MirBase = nowhere): MirExpression {
  return { ...kind, type: base.type, span: base.span }
}

export function statement(kind: MirStatementKind, span?: Span): MirStatement {
  return { ...kind, span }
}

export function literal(value: string | number | boolean | bigint | null | undefined): MirExpression {
  return expression({ kind: 'literal', value })
}

export function local(id: MirLocalId, type?: ValueType): MirExpression {
  return expression({ kind: 'local', local: id }, { type, span: undefined })
}

export function member(object: MirExpression, property: string, base: MirBase = nowhere): MirExpression {
  return expression({ kind: 'member', object, property, optional: false }, base)
}

export function helper(name: HelperName, args: readonly MirExpression[], base: MirBase = nowhere): MirExpression {
  return expression({ kind: 'helper', name, args }, base)
}

export function not(operand: MirExpression): MirExpression {
  return expression({ kind: 'unary', operator: '!', operand })
}

/** An object literal of these properties. */
export function object(members: Readonly<Record<string, MirExpression>>, base: MirBase = nowhere): MirExpression {
  const properties = Object.entries(members).map(([name, value]) => ({ kind: 'property', name, value }) as const)
  return expression({ kind: 'object', members: properties }, base)
}

export function when(
  test: MirExpression,
  then: readonly MirStatement[],
  otherwise: readonly MirStatement[] = [],
): MirStatement {
  return statement({ kind: 'if', test, then, otherwise })
}

export function letStatement(id: MirLocalId, init: MirExpression | undefined, span?: Span): MirStatement {
  return statement({ kind: 'let', local: id, init }, span)
}
