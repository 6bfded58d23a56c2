/** Serdes of topics by a manifest, for the outside of a compiled pipeline: what tests send and read. */
import { parseSchemaOrThrow } from '../avro/parse-schema.js'
import { whole } from '../compiler/ir/demand.js'
import { avroSerde, type SchemaIds } from '../compiler/interpret/serdes/avro.js'
import { elementSerde, type ElementSerde, type TopicSerdes } from '../compiler/interpret/serdes/element-serde.js'
import { plainSerde, serdeOfKind } from '../compiler/interpret/serdes/of-kind.js'
import type { TopicSpec } from '../dsl/model/graph.js'
import type { SerdeSpec } from '../dsl/model/serde-spec.js'
import type { Manifest, ManifestSerde, ManifestTopic } from '../runtime/abi/index.js'
import { memoryId } from './memory-schemas.js'

/** Null may always be sent and read: what a pipeline does with it is what tests want to see. */
const NULLABLE = true

export function manifestSerdes(manifest: Manifest, topic: TopicSpec): TopicSerdes {
  const declared = topicsOf(manifest).find((candidate) => candidate.topic === topic.name)
  const serde = (spec: SerdeSpec | undefined, half: 'key' | 'value'): ElementSerde =>
    declared === undefined ? outside(spec, topic.name) : ofManifest(declared[half], manifest)
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

function ofManifest(serde: ManifestSerde, manifest: Manifest): ElementSerde {
  if (serde.kind !== 'avro') return elementSerde(plainSerde(serde), NULLABLE)
  const schemas = manifest.schemas.map(({ slot, fingerprint, schema }) => ({
    id: memoryId(slot),
    fingerprint,
    schema: parseSchemaOrThrow(schema),
  }))
  const reader = schemas.find(({ id }) => id === memoryId(serde.reader))
  if (reader === undefined) throw new RangeError(`${serde.subject} has no schema`)
  const ids: SchemaIds = {
    schemaOf: (id) => schemas.find((one) => one.id === id)?.schema,
    idOf: (fingerprint) => schemas.find((one) => one.fingerprint === fingerprint)?.id ?? -1,
  }
  const options = { schema: reader.schema, long: serde.long ?? 'number', demand: whole, ids } as const
  return elementSerde(avroSerde(options), NULLABLE)
}
