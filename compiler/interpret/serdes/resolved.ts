/** Serdes with everything that the compiler's front end knows: schemas, demand. What the byte-faithful oracle uses. */
import { none, whole, type Demand, type PlanDemand } from '../../ir/demand.js'
import { placeOf } from '../../ir/exchange.js'
import type { ResolvedPlan, ResolvedSerde } from '../../ir/resolved-plan.js'
import { avroSerde, type SchemaIds } from './avro.js'
import { byReference } from './by-spec.js'
import { elementSerde, type ElementSerde, type SerdesOfNode } from './element-serde.js'
import { plainSerde } from './of-kind.js'
import { undemanded, undemandedAs } from './undemanded.js'

/** Serdes of the nodes of a graph from the plan that was made of it: node ids are the same. */
export function resolvedSerdes(plan: ResolvedPlan, demand: PlanDemand, ids: SchemaIds): SerdesOfNode {
  return (node, role) => {
    const readsOrWrites = node.kind === 'to' || 'topic' in node
    const place = placeOf(node.id, role)
    const topic = plan.topics.get(place)
    if (topic === undefined) throw new Error(`node ${node.id}, a ${node.kind}, has no topic in the plan`)
    // What goes to and fro there is a matter of each form; where it goes is not.
    if (node.kind === 'foreign-key-join') {
      return { key: resolvedSerde(topic.key, whole, undefined), value: byReference.value }
    }
    const frame = readsOrWrites ? ids : undefined
    const wanted =
      node.kind === 'to' ? { key: whole, value: whole } : (demand.inputs.get(place) ?? { key: none, value: none })
    return {
      key: resolvedSerde(topic.key, wanted.key, frame),
      value: resolvedSerde(topic.value, wanted.value, frame),
    }
  }
}

export function resolvedSerde(serde: ResolvedSerde, demand: Demand, ids: SchemaIds | undefined): ElementSerde {
  const { nullable } = serde
  const bytes =
    serde.kind === 'avro' ? avroSerde({ schema: serde.schema, long: serde.long, demand, ids }) : plainSerde(serde)
  const element = elementSerde(bytes, nullable)
  return demand.kind === 'none' ? unread(element, serde) : element
}

/** What nobody reads cannot be wrong. */
function unread(serde: ElementSerde, resolved: ResolvedSerde): ElementSerde {
  return {
    encode: (value) => serde.encode(value),
    decode(wire) {
      if (wire === null) return serde.decode(null)
      try {
        return serde.decode(wire)
      } catch {
        return resolved.kind === 'avro' ? undemandedAs(resolved.schema) : undemanded
      }
    },
  }
}
