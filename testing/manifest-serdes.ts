/** Serdes of topics by a manifest, for the outside of a compiled pipeline: what tests send and read. */
import { elementSerde, type ElementSerde, type TopicSerdes } from '../compiler/interpret/serdes/element-serde.js'
import { serdeOfKind } from '../compiler/interpret/serdes/of-kind.js'
import type { TopicSpec } from '../dsl/model/graph.js'
import type { SerdeSpec } from '../dsl/model/serde-spec.js'
import type { Manifest, ManifestSerde, ManifestTopic, TaskSchemas } from '../runtime/abi/index.js'

/** Null may always be sent and read: what a pipeline does with it is what tests want to see. */
const NULLABLE = true

export function manifestSerdes(manifest: Manifest, schemas: TaskSchemas, topic: TopicSpec): TopicSerdes {
  const declared = topicsOf(manifest).find((candidate) => candidate.topic === topic.name)
  const serde = (spec: SerdeSpec | undefined, half: 'key' | 'value'): ElementSerde =>
    declared === undefined ? outside(spec, topic.name) : ofManifest(declared[half], manifest, schemas)
  return { key: serde(topic.key, 'key'), value: serde(topic.value, 'value') }
}

function topicsOf({ subTopologies, sinks }: Manifest): readonly ManifestTopic[] {
  return [...subTopologies.flatMap(({ inputs }) => inputs), ...sinks]
}

/** A topic that the pipeline does not name: dead letters, or one chosen per record. */
function outside(spec: SerdeSpec | undefined, topic: string): ElementSerde {
  if (spec === undefined) return elementSerde(serdeOfKind('string'), NULLABLE)
  if (spec.kind === 'nullable') return outside(spec.inner, topic)
  if (spec.kind !== 'avro') return elementSerde(serdeOfKind(spec.kind), NULLABLE)
  throw new RangeError(`the pipeline knows no schema for topic ${topic}`)
}

function ofManifest(serde: ManifestSerde, manifest: Manifest, schemas: TaskSchemas): ElementSerde {
  if (serde.kind !== 'avro') return elementSerde(serdeOfKind(serde.kind), NULLABLE)
  throw new RangeError(`no codec for ${serde.subject} of ${manifest.pipeline} yet ${schemas.idOf(serde.reader)}`)
}
