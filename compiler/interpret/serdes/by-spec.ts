/** Serdes of a recorded graph that runs uncompiled: what has no schema at run time is passed by reference. */
import type { TopicSpec } from '../../../dsl/model/graph.js'
import type { SerdeSpec } from '../../../dsl/model/serde-spec.js'
import { ByReference } from '../wire.js'
import { elementSerde, SerdeError, type ElementSerde, type TopicSerdes } from './element-serde.js'
import { untypedJson } from './json-longs.js'
import { serdeOfKind } from './of-kind.js'

export function serdesBySpec(topic: TopicSpec): TopicSerdes {
  return { key: bySpec(topic.key, false), value: bySpec(topic.value, false) }
}

/** For topics between sub-topologies, whose records never leave the process here. */
export const byReference: TopicSerdes = { key: referenceSerde(true), value: referenceSerde(true) }

/** As they are, but for keys that are known to be written otherwise: their bytes decide about partitions. */
export function exchangedBySpec(key: SerdeSpec | undefined): TopicSerdes {
  return { key: bySpec(key, true), value: byReference.value }
}

function bySpec(spec: SerdeSpec | undefined, nullable: boolean): ElementSerde {
  if (spec === undefined || spec.kind === 'avro') return referenceSerde(nullable)
  if (spec.kind === 'nullable') return bySpec(spec.inner, true)
  return spec.kind === 'json' ? untypedJson(nullable) : elementSerde(serdeOfKind(spec.kind), nullable)
}

function referenceSerde(nullable: boolean): ElementSerde {
  return {
    decode(wire) {
      if (wire instanceof ByReference) return wire.value
      if (wire === null && nullable) return null
      throw new SerdeError(
        wire === null
          ? 'the record holds null where its serde allows none: declare it with nullable(…)'
          : 'bytes of an Avro topic can only be read by the compiled pipeline: send values instead',
      )
    },
    encode: (value) => (value === null || value === undefined ? null : new ByReference(value)),
  }
}
