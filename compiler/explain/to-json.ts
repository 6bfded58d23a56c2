/** Levels as plain JSON: maps become objects, places become `file:line:column`, schemas Avro's own JSON. */
import { nodeAt } from '../ir/exchange.js'
import { printSchema } from '../../avro/print-schema.js'
import type { JsonValue } from '../../avro/schema.js'
import type { EdgeType, ResolvedSerde } from '../ir/resolved-plan.js'
import { codeReport } from './code-report.js'
import type { ExplainedPipeline, ExplainLevel } from './explained-pipeline.js'
import { exchangeReasons } from './internal-topics-text.js'
import { lambdaReports, placeText } from './lambda-report.js'
import { mirText } from './mir-text.js'
import { topologyText } from './topology-text.js'
import { namedTypes, recordDemandText, typeText } from './type-text.js'

export function levelJson(pipeline: ExplainedPipeline, level: ExplainLevel): unknown {
  const { resolved, optimized, demand, topology, mir, simplified } = pipeline.levels
  switch (level) {
    case 'logical':
      return plain(resolved.nodes)
    case 'resolved':
      return resolvedJson(pipeline)
    case 'optimized':
      return plain({ applied: optimized.applied, refused: optimized.refused, dropped: [...optimized.dropped] })
    case 'demand':
      return {
        inputs: Object.fromEntries([...demand.inputs].map(([id, read]) => [id, recordDemandText(read)])),
        edges: Object.fromEntries([...demand.edges].map(([id, read]) => [id, recordDemandText(read)])),
      }
    case 'topology':
      return {
        subTopologies: plain(
          topology.subTopologies.map(({ id, operators, outputs, inputs }) => ({
            id,
            inputs: inputs.map(({ topic, places }) => ({ topic, nodes: places.map(nodeAt) })),
            operators,
            outputs,
          })),
        ),
        sinks: topology.sinks.map(({ topic, places }) => ({ topic, nodes: places.map(nodeAt) })),
        internalTopics: plain(topology.internalTopics),
        exchanges: plain(exchangeReasons(resolved, topology)),
        coPartitioned: plain(topology.coPartitioned),
        description: topologyText(topology),
      }
    case 'lambdas':
      return plain(lambdaReports(pipeline))
    case 'mir':
      return mirText(mir).split('\n')
    case 'simplified':
      return mirText(simplified).split('\n')
    case 'code':
      return plain(codeReport(pipeline) ?? null)
  }
}

function resolvedJson({ levels }: ExplainedPipeline): unknown {
  const { edges, topics, recordTypes } = levels.resolved
  const roots = [...edges.values()].flatMap((edge) => [edge.key, edge.value])
  const edgeJson = ({ key, value }: EdgeType): unknown => ({
    key: typeText(key, recordTypes),
    value: typeText(value, recordTypes),
  })
  return {
    edges: Object.fromEntries([...edges].map(([id, edge]) => [id, edgeJson(edge)])),
    topics: Object.fromEntries(
      [...topics].map(([id, topic]) => [id, { key: serdeJson(topic.key), value: serdeJson(topic.value) }]),
    ),
    recordTypes: Object.fromEntries(
      namedTypes(roots, recordTypes).map((type) => [
        type.name,
        Object.fromEntries(
          type.fields.map((field) => [field.name + (field.optional ? '?' : ''), typeText(field.type, recordTypes)]),
        ),
      ]),
    ),
  }
}

function serdeJson(serde: ResolvedSerde): JsonValue {
  if (serde.kind !== 'avro') return { kind: serde.kind, nullable: serde.nullable }
  return {
    kind: 'avro',
    nullable: serde.nullable,
    subject: serde.subject,
    long: serde.long,
    schema: printSchema(serde.schema),
    writers: serde.writers.map(({ version, fingerprint }) => ({ version, fingerprint })),
  }
}

/** Without `undefined`, maps and bigints; places as text. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(plain)
  if (value instanceof Map) return [...value].map(([key, inner]) => [plain(key), plain(inner)])
  if (isSpan(value)) return placeText(value)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
}

function isSpan(value: object): value is Parameters<typeof placeText>[0] & object {
  return 'file' in value && 'line' in value && 'column' in value && 'start' in value
}
