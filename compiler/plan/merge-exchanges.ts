/**
 * Physical plan -> physical plan: exchanges of one stream become one internal topic, that of the first which is deployed,
 * else of the first which is declared. The rule is `shareExchanges`; docs/passes/08-merge-exchanges.md says when not.
 */
import { exchangesOf, placeOf, type PlaceId } from '../ir/exchange.js'
import { inputsOf, isSource } from '../ir/inputs-of.js'
import type { Exchange, PhysicalPlan } from '../ir/physical-plan.js'
import type { ResolvedPlan } from '../ir/resolved-plan.js'
import { shareExchanges } from '../ir/shared-exchanges.js'

/**
 * `resolved`: as it was written, so that topics are the same whatever was optimised. `deployed`: topics, and what their
 * sub-topologies read beside them; without the id.
 */
export function mergeExchanges(
  physical: PhysicalPlan,
  resolved: ResolvedPlan,
  deployed: ReadonlyMap<string, ReadonlySet<string>> = new Map(),
): PhysicalPlan {
  const { nodes, applicationId } = resolved
  const topics = new Map<PlaceId, string>(
    physical.exchanges.map(({ node, role, topic }) => [placeOf(node, role), topic]),
  )
  const withoutId = (topic: string): string => topic.slice(applicationId.length + 1)
  const places = new Map([...topics].map(([place, topic]) => [withoutId(topic), place]))
  const besideDeployed = (place: PlaceId): ReadonlySet<string> | undefined => {
    const beside = deployed.get(withoutId(topics.get(place) ?? ''))
    return beside && new Set([...beside].map((topic) => places.get(topic) ?? topic))
  }
  const exchanging = nodes.map((node) => ({
    id: node.id,
    kind: node.kind,
    inputs: inputsOf(node),
    topic: isSource(node) ? node.topic.name : undefined,
    exchanges: exchangesOf(nodes, node),
  }))
  const { writers, apart } = shareExchanges(exchanging, besideDeployed)
  if (writers.size === 0 && apart.size === 0) return physical
  const exchanges = physical.exchanges.map((exchange): Exchange => {
    const place = placeOf(exchange.node, exchange.role)
    const writer = writers.get(place)
    const topic = writer === undefined ? exchange.topic : (topics.get(writer) ?? exchange.topic)
    return { ...exchange, topic, writer, apartFrom: apart.get(place) }
  })
  return { ...physical, exchanges }
}
