/** Where records leave the sub-topology: to sinks, and to internal topics. */
import { placeOf, portOf, type ExchangeRole, type PlaceId } from '../ir/exchange.js'
import type { LogicalNode } from '../ir/logical-plan.js'
import type { MirExpression, MirStatement } from '../ir/mir.js'
import { statement } from '../ir/mir-build.js'
import type { Flow, LoweringContext } from './flow.js'
import { isThere } from './rows.js'

/** Through an internal topic; records without a key are filtered, as Kafka Streams does: no partition is theirs. */
export function lowerExchange(
  context: LoweringContext,
  node: LogicalNode,
  role: ExchangeRole,
  flow: Flow,
  out: MirStatement[],
): void {
  const emit = emitTo(context, placeOf(node.id, role), flow, {})
  // Where somebody has a use for them, any partition is theirs.
  if (carriesKeyless(context, placeOf(node.id, role))) {
    out.push(statement({ kind: 'enter', operator: node.id, count: false }), emit)
    return
  }
  const test = isThere(flow.key)
  const enter = statement({ kind: 'enter', operator: node.id, count: false })
  out.push(statement({ kind: 'if', test, then: [enter, emit], otherwise: [] }, node.span))
}

/** Whether another operator writes the records that it goes on with. */
export function isShared({ topology }: LoweringContext, node: LogicalNode, role: ExchangeRole): boolean {
  return topology.exchanges.some(
    (exchange) => exchange.node === node.id && exchange.role === role && exchange.writer !== undefined,
  )
}

/** Whether an internal topic carries records without a key, since one of its readers keeps them. */
function carriesKeyless({ program, topology }: LoweringContext, writer: PlaceId): boolean {
  return topology.exchanges.some((exchange) => {
    const node = program.plan.nodes[exchange.node]
    const reads = exchange.writer === writer || placeOf(exchange.node, exchange.role) === writer
    return reads && node !== undefined && keepsKeyless(node, exchange.role)
  })
}

/** Whether records without a key come that are nothing to this reader, but to another one. */
export function skipsKeyless(context: LoweringContext, node: LogicalNode, role: ExchangeRole): boolean {
  const place = placeOf(node.id, role)
  const exchange = context.topology.exchanges.find((one) => placeOf(one.node, one.role) === place)
  return !keepsKeyless(node, role) && carriesKeyless(context, exchange?.writer ?? place)
}

/** Whether records without a key go on: through a processor, or alone, from this input of a join. */
function keepsKeyless(node: LogicalNode, role: ExchangeRole): boolean {
  if (node.kind === 'process' || node.kind === 'dedupe') return true
  if (node.kind !== 'stream-table-join' && node.kind !== 'stream-join') return false
  return node.join === 'outer' || (node.join === 'left' && portOf(role) === 0)
}

interface EmitOptions {
  readonly topic?: MirExpression | undefined
  readonly timestamp?: MirExpression | undefined
  readonly headers?: MirExpression | undefined
}

export function emitTo(context: LoweringContext, place: PlaceId, flow: Flow, options: EmitOptions): MirStatement {
  const sink = context.topology.sinks.findIndex((candidate) => candidate.places.includes(place))
  return statement({
    kind: 'emit',
    emit: context.program.nextEmit(),
    sink,
    key: flow.key,
    value: flow.value,
    topic: options.topic,
    timestamp: options.timestamp ?? flow.timestamp,
    headers: options.headers,
  })
}
