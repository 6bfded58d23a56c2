/** Rows of tables, as statements and expressions: the kernel of an operator goes to a key, and is asked about it. */
import type { LogicalNode, NodeId } from '../ir/logical-plan.js'
import type { MirExpression, MirStatement } from '../ir/mir.js'
import { expression, literal, statement } from '../ir/mir-build.js'
import type { RowsPort } from '../ir/resolved-plan.js'
import { rowsOfSide, type JoinNode } from '../ir/rows.js'
import type { ValueType } from '../ir/value-type.js'
import { number } from './arithmetic.js'
import type { Flow, LoweringContext } from './flow.js'

/** Whose kernel it is, and which of its sides. */
export interface RowsPlace {
  readonly operator: NodeId
  readonly port: RowsPort
}

/** Where the rows of one side of a join are kept. */
export function placeOfSide({ program }: LoweringContext, node: JoinNode, port: 0 | 1): RowsPlace {
  const { nodes } = program.plan
  const operator = rowsOfSide(nodes, node, port)
  if (operator === node.id) return { operator, port }
  return { operator, port: nodes[operator]?.kind === 'foreign-key-join' ? 2 : 0 }
}

/** What the result of an operator is called in generated code. */
export function nameOf(node: LogicalNode): string {
  return node.name ?? node.label
}

export function timeOf(flow: Flow): MirExpression {
  return flow.timestamp ?? expression({ kind: 'context', property: 'timestamp' }, { type: number, span: undefined })
}

/** The time with which the row of a table is kept beside a table that joins it. */
export function rowTimeOf(flow: Flow): MirExpression {
  return flow.rowTime ?? timeOf(flow)
}

export function seek(context: LoweringContext, place: RowsPlace, flow: Flow, input = 0): MirStatement {
  const { key } = flow
  return statement({ kind: 'seek', seek: context.program.nextEmit(), ...place, input, key, timestamp: timeOf(flow) })
}

export function ask(
  { operator, port }: RowsPlace,
  method: string,
  args: readonly MirExpression[],
  type?: ValueType,
): MirExpression {
  return expression({ kind: 'state', operator, port, method, args }, { type, span: undefined })
}

/** The row's value, or null where there is none. */
export function rowOrNull(context: LoweringContext, place: RowsPlace, type: ValueType | undefined): MirExpression {
  const node = context.program.plan.nodes[place.operator]
  const counted = node?.kind === 'aggregate' && node.aggregation.kind === 'count'
  return expression(
    {
      kind: 'conditional',
      test: ask(place, 'exists', []),
      then: ask(place, counted ? 'number' : 'value', [], type),
      otherwise: literal(null),
    },
    { type: orNull(type), span: undefined },
  )
}

export function orNull(type: ValueType | undefined): ValueType | undefined {
  if (type === undefined) return undefined
  const members = type.kind === 'union' ? type.types : [type]
  if (members.some(({ kind }) => kind === 'null')) return type
  return { kind: 'union', types: [...members, { kind: 'null' }] }
}

export function isThere(value: MirExpression): MirExpression {
  return expression({ kind: 'binary', operator: '!=', left: value, right: literal(null) })
}

export function and(left: MirExpression, right: MirExpression): MirExpression {
  return expression({ kind: 'logical', operator: '&&', left, right })
}

export function or(left: MirExpression, right: MirExpression): MirExpression {
  return expression({ kind: 'logical', operator: '||', left, right })
}

/** The value, with `nothing` in place of null and undefined. */
export function orElse(value: MirExpression, nothing: null | undefined): MirExpression {
  return expression(
    { kind: 'logical', operator: '??', left: value, right: literal(nothing) },
    { type: value.type, span: value.span },
  )
}
