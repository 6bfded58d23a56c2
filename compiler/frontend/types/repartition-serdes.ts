/**
 * Serdes of repartition topics, and of groups that need none: state is keyed by the same bytes. A stream that still carries what its source read keeps the source's serde; else the
 * types say what is written: strings, bytes and numbers as Kafka's own serdes do, the rest as Avro derived from the type.
 */
import type { Diagnostic } from '../../diagnostics/diagnostic.js'
import type { LogicalNodeOf, LogicalPlan, NodeId } from '../../ir/logical-plan.js'
import type { EdgeType, ResolvedSerde, ResolvedTopic } from '../../ir/resolved-plan.js'
import type { RecordTypes, ValueType } from '../../ir/value-type.js'
import { derivedSerde } from './derived-serde.js'
import { pascalCase } from './pascal-case.js'
import { isNullable, withoutNull } from './without-null.js'

type Role = 'key' | 'value'

/** Operators behind which keys are where they belong. */
export type Grouping = LogicalNodeOf<'repartition' | 'group-by' | 'group-by-key'>

export interface KnownTypes {
  readonly plan: LogicalPlan
  readonly edges: ReadonlyMap<NodeId, EdgeType>
  /** Of the sources, and of repartitions before. */
  readonly topics: ReadonlyMap<NodeId, ResolvedTopic>
  readonly records: RecordTypes
}

export function repartitionSerdes(
  node: Grouping,
  known: KnownTypes,
  diagnostics: Diagnostic[],
): ResolvedTopic | undefined {
  const key = serdeOf(node, 'key', known, diagnostics)
  const value = serdeOf(node, 'value', known, diagnostics)
  return key === undefined || value === undefined ? undefined : { key, value }
}

function serdeOf(node: Grouping, role: Role, known: KnownTypes, diagnostics: Diagnostic[]): ResolvedSerde | undefined {
  const isNewKey = node.kind === 'group-by' && role === 'key'
  const origin = isNewKey ? undefined : originOf(node.input, role, known.plan)
  const kept = origin === undefined ? undefined : known.topics.get(origin)?.[role]
  if (kept !== undefined) return kept
  const edge = known.edges.get(isNewKey ? node.id : node.input)?.[role]
  if (edge === undefined) return undefined
  const nullable = isNullable(edge)
  const type = withoutNull(edge)
  const simple = simpleKind(type)
  if (simple !== undefined) return { kind: simple, nullable }
  const name = pascalCase(`${node.label}${role === 'key' ? '-key' : ''}`)
  const subject = `${known.plan.applicationId}-${node.name ?? node.label}-repartition-${role}`
  const derived = derivedSerde({ subject, type, name, nullable, records: known.records, span: node.span })
  // Nobody outside reads the topic: hints about its schema help nobody.
  diagnostics.push(...derived.diagnostics.filter(({ severity }) => severity !== 'warning'))
  return derived.value
}

function simpleKind(type: ValueType): 'string' | 'bytes' | 'int64' | 'double' | undefined {
  const members = type.kind === 'union' ? type.types : [type]
  const kinds = new Set(members.map((each) => (each.kind === 'literal' ? typeof each.value : each.kind)))
  if (kinds.size !== 1) return undefined
  if (kinds.has('string')) return 'string'
  if (kinds.has('bytes')) return 'bytes'
  if (kinds.has('bigint')) return 'int64'
  return kinds.has('number') ? 'double' : undefined
}

/** The source or repartition whose key or value arrives unchanged. */
function originOf(id: NodeId, role: Role, plan: LogicalPlan): NodeId | undefined {
  const node = plan.nodes[id]
  if (node === undefined) return undefined
  switch (node.kind) {
    case 'source':
    case 'repartition':
    case 'group-by':
    case 'group-by-key':
      return id
    case 'filter':
    case 'peek':
    case 'print':
    case 'split':
    case 'branch':
      return originOf(node.input, role, plan)
    case 'map':
    case 'flat-map':
      return role === 'key' ? originOf(node.input, role, plan) : undefined
    case 'select-key':
      return role === 'value' ? originOf(node.input, role, plan) : undefined
    case 'merge': {
      const origins = new Set(node.inputs.map((input) => originOf(input, role, plan)))
      return origins.size === 1 ? [...origins][0] : undefined
    }
    case 'window':
    case 'to-stream':
      return originOf(node.input, role, plan)
    case 'aggregate':
    case 'map-record':
    case 'for-each':
    case 'to':
      return undefined
  }
}
