/** The row that the kernel of an aggregate stands at. */
import type { LogicalNodeOf } from '../ir/logical-plan.js'
import type { MirExpression, MirStatement } from '../ir/mir.js'
import { letStatement, literal, local, statement } from '../ir/mir-build.js'
import type { ValueType } from '../ir/value-type.js'
import type { OperatorContext } from './lower-operator.js'
import { ask, orElse, type RowsPlace } from './rows.js'

export type AggregateContext = OperatorContext<LogicalNodeOf<'aggregate'>>

const number: ValueType = { kind: 'number', brand: undefined }

/** What was there; of an aggregate that begins with this record, what it begins with. */
export function oldValue(context: AggregateContext, out: MirStatement[]): MirExpression {
  const { builder, node } = context
  const { aggregation } = node
  if (aggregation.kind === 'count') return builder.atom(state(context, 'number', [], number), 'before', out)
  const before = builder.local('before', true)
  const assign = (value: MirExpression): MirStatement => statement({ kind: 'assign', local: before, value })
  const absent: MirStatement[] = []
  if (aggregation.kind === 'fold') absent.push(assign(orElse(context.call(aggregation.initial, [], absent), null)))
  out.push(letStatement(before, literal(null)))
  const there = [assign(stored(context))]
  out.push(statement({ kind: 'if', test: state(context, 'exists', []), then: there, otherwise: absent }))
  return builder.atom(local(before, stateType(context)), 'before', out)
}

/** The aggregate of the row, which is there. */
export function stored(context: AggregateContext): MirExpression {
  return state(context, 'value', [], stateType(context))
}

function stateType({ program, node }: AggregateContext): ValueType | undefined {
  return program.plan.edges.get(node.id)?.value
}

export function rowsOf({ node }: AggregateContext): RowsPlace {
  return { operator: node.id, port: 0 }
}

export function state(
  context: AggregateContext,
  method: string,
  args: readonly MirExpression[],
  type?: ValueType,
): MirExpression {
  return ask(rowsOf(context), method, args, type)
}
