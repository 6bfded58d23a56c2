/** Topics that the application makes for itself: what for, and why records must pass through them. */
import { nodeAt, placeOf, portOf, type PlaceId } from '../ir/exchange.js'
import { inputsOf } from '../ir/inputs-of.js'
import type { LogicalNode, NodeId } from '../ir/logical-plan.js'
import type { Span } from '../ir/span.js'
import type { ResolvedPlan } from '../ir/resolved-plan.js'
import type { Topology } from '../ir/topology.js'

/** An internal topic that records go through, and the reason. */
export interface ExchangeReason {
  readonly topic: string
  readonly partitions: number | undefined
  readonly reason: string
}

export function exchangeReasons(plan: ResolvedPlan, { exchanges }: Topology): readonly ExchangeReason[] {
  const labelAt = (place: PlaceId): string => plan.nodes[nodeAt(place)]?.label ?? '?'
  return exchanges.flatMap((exchange): ExchangeReason[] => {
    const { topic, partitions, writer, apartFrom } = exchange
    const node = plan.nodes[exchange.node]
    if (node === undefined || writer !== undefined) return []
    const others = exchanges.filter((other) => other.writer === placeOf(node.id, exchange.role))
    const readers = [...new Set(others.map((other) => labelAt(placeOf(other.node))))].filter(
      (name) => name !== node.label,
    )
    const shared = readers.length === 0 ? '' : `; read by ${readers.join(', ')} as well, of the same stream`
    const apart = apartFrom === undefined ? '' : `; ${apartText(labelAt(apartFrom))}`
    const reason = `${reasonOf(plan, node, portOf(exchange.role))}${shared}${apart}`
    return [{ topic, partitions, reason }]
  })
}

function apartText(other: string): string {
  return `not together with ${other}: what they are read with may have different partitions`
}

export function internalTopicsText(plan: ResolvedPlan, topology: Topology): readonly string[] {
  const exchanges = exchangeReasons(plan, topology).map(({ topic, partitions, reason }) => {
    const count = partitions === undefined ? '' : ` (${partitions} partitions)`
    return `    ${topic}${count}: ${reason}`
  })
  const changelogs = topology.stores.flatMap(({ changelog, name }) =>
    changelog.restoredBy === undefined ? [`    ${changelog.topic}: changelog of store ${name}`] : [],
  )
  const sources = topology.sourceRestores.map(
    ({ inputs, store }) => `    ${inputs.map(({ topic }) => topic).join()}: store ${store} is restored from it`,
  )
  const together = topology.coPartitioned.map(
    ({ operator, topics }) =>
      `    ${topics.join(', ')}: must have the same partitions, ${operator} brings their keys together`,
  )
  return [
    ...(exchanges.length + changelogs.length === 0 ? [] : ['Internal topics:', ...exchanges, ...changelogs]),
    ...(sources.length === 0 ? [] : ['Source topics that serve as changelogs:', ...sources]),
    ...(together.length === 0 ? [] : ['Co-partitioned:', ...together]),
  ]
}

function reasonOf(plan: ResolvedPlan, node: LogicalNode, port: number): string {
  if (node.kind === 'repartition') return 'repartition is written in the pipeline'
  if (node.kind === 'group-by' || node.kind === 'group-table') return `${node.label} groups by another key`
  const input = inputsOf(node)[port]
  const changer = input === undefined ? undefined : changerOf(plan, input)
  const needs = `${node.label} needs records in the partition of their key`
  return changer === undefined ? needs : `${needs}, which ${changer.label}${at(changer.span)} may have changed`
}

/** Who may have changed the key of records that come out of a node. */
function changerOf(plan: ResolvedPlan, id: NodeId): LogicalNode | undefined {
  const node = plan.nodes[id]
  if (node === undefined || node.kind === 'map-record' || node.kind === 'select-key') return node
  for (const input of inputsOf(node)) {
    const found = changerOf(plan, input)
    if (found !== undefined) return found
  }
  return undefined
}

function at(span: Span | undefined): string {
  return span === undefined ? '' : ` (${span.file}:${span.line})`
}
