/**
 * Joins of two streams. The kernel has the rows of both sides and knows who waits; the joiner stands where a pair is
 * found, and where a record goes on alone.
 */
import type { LogicalNodeOf } from '../ir/logical-plan.js'
import type { MirExpression, MirStatement } from '../ir/mir.js'
import { expression, literal, statement, when } from '../ir/mir-build.js'
import { keepsAlone } from '../ir/rows.js'
import type { ValueType } from '../ir/value-type.js'
import { number } from './arithmetic.js'
import type { Flow, OperatorContext } from './flow.js'
import { ask, isThere, nameOf, seek, timeOf, type RowsPlace } from './rows.js'

type Context = OperatorContext<LogicalNodeOf<'stream-join'>>

export function lowerStreamJoin(context: Context, flow: Flow, port: 0 | 1, out: MirStatement[]): void {
  const { builder, node } = context
  const alone = keepsAlone(node, port)
  out.push(does(context, 'advance', [timeOf(flow)]))
  const keyed: MirStatement[] = [
    seek(context, placeOf(context), flow),
    does(context, 'keep', [literal(port), flow.value]),
  ]
  keyed.push(due(context, flow))
  const pairs: MirStatement[] = []
  const type = valueType(context, port === 0 ? 1 : 0)
  const partner = builder.atom(state(context, 'partner', [], type), 'partner', pairs)
  const timestamp = builder.atom(state(context, 'latest', [], number), 'time', pairs)
  join(context, { ...flow, timestamp }, port === 0 ? [flow.value, partner] : [partner, flow.value], pairs)
  keyed.push(statement({ kind: 'while', test: state(context, 'nextPartner', []), body: pairs }))
  const single = (): MirStatement[] => {
    const body: MirStatement[] = []
    const nobody = literal(undefined)
    join(context, flow, port === 0 ? [flow.value, nobody] : [nobody, flow.value], body)
    return body
  }
  if (alone) keyed.push(when(state(context, 'goesAlone', []), single()))
  const hasKey = statement({ kind: 'if', test: isThere(flow.key), then: keyed, otherwise: alone ? single() : [] })
  out.push(statement({ kind: 'if', test: isThere(flow.value), then: [hasKey], otherwise: [] }, node.span))
}

/** Records, of any key, that no partner can come for any more; what is kept too long goes as well. */
function due(context: Context, flow: Flow): MirStatement {
  const { builder, node } = context
  const body: MirStatement[] = []
  if (node.join !== 'inner') {
    const key = builder.atom(state(context, 'dueKey', [], flow.key.type), 'key', body)
    const timestamp = builder.atom(state(context, 'dueTimestamp', [], number), 'time', body)
    const side = builder.atom(state(context, 'dueSide', [], number), 'side', body)
    const alone = (port: 0 | 1): MirStatement[] => {
      const then: MirStatement[] = []
      const value = builder.atom(state(context, 'takeDue', [], valueType(context, port)), 'waited', then)
      const nobody = literal(undefined)
      join(context, { ...flow, key, timestamp }, port === 0 ? [value, nobody] : [nobody, value], then)
      return then
    }
    const isLeft = expression({ kind: 'binary', operator: '===', left: side, right: literal(0) })
    if (node.join === 'left') body.push(...alone(0))
    else body.push(statement({ kind: 'if', test: isLeft, then: alone(0), otherwise: alone(1) }))
    body.unshift(statement({ kind: 'enter', operator: node.id, count: false }))
  }
  return statement({ kind: 'while', test: state(context, 'nextDue', []), body })
}

/** The joiner sees the key and the time of the result. */
function join(context: Context, flow: Flow, sides: readonly MirExpression[], out: MirStatement[]): void {
  const { builder, node } = context
  const result = context.callWith(node.joiner, sides, flow, out)
  context.forward({ ...flow, value: builder.atom(result, nameOf(node), out), before: undefined }, out)
}

function valueType({ program, node }: Context, port: 0 | 1): ValueType | undefined {
  return program.plan.edges.get(port === 0 ? node.left : node.right)?.value
}

function placeOf({ node }: Context): RowsPlace {
  return { operator: node.id, port: 0 }
}

function state(context: Context, method: string, args: readonly MirExpression[], type?: ValueType): MirExpression {
  return ask(placeOf(context), method, args, type)
}

function does(context: Context, method: string, args: readonly MirExpression[]): MirStatement {
  return statement({ kind: 'expression', value: state(context, method, args) }, context.node.span)
}
