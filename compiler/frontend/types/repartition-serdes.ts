/**
 * Serdes of repartition topics. A stream that still carries what its source read keeps the source's serde; else the
 * types say what is written: strings, bytes and numbers as Kafka's own serdes do, the rest as Avro derived from the type.
 */
import type { Diagnostic } from '../../diagnostics/diagnostic.js'
import { inputsOf } from '../../ir/inputs-of.js'
import { exchangeOf, placeOf, portOf, type ExchangeRole, type PlaceId } from '../../ir/exchange.js'
import { windowOf } from '../../ir/window-of.js'
import type { Lambda } from '../../ir/lambda.js'
import type { LambdaId, LogicalNode, LogicalNodeOf, LogicalPlan, NodeId } from '../../ir/logical-plan.js'
import type { EdgeType, ResolvedSerde, ResolvedTopic } from '../../ir/resolved-plan.js'
import type { RecordTypes, ValueType } from '../../ir/value-type.js'
import { changeType, registrationType, responseType } from '../../ir/change-type.js'
import { derivedSerde } from './derived-serde.js'
import { pascalCase } from './pascal-case.js'
import { isNullable, withoutNull } from './without-null.js'

type Role = 'key' | 'value'

export interface KnownTypes {
  readonly plan: LogicalPlan
  readonly bodies: ReadonlyMap<LambdaId, Lambda>
  readonly edges: ReadonlyMap<NodeId, EdgeType>
  /** Of the sources, and of repartitions before. */
  readonly topics: ReadonlyMap<PlaceId, ResolvedTopic>
  readonly records: RecordTypes
}

export function repartitionSerdes(
  node: LogicalNode,
  role: ExchangeRole,
  known: KnownTypes,
  diagnostics: Diagnostic[],
): ResolvedTopic | undefined {
  const input = inputsOf(node)[portOf(role)]
  if (input === undefined) throw new TypeError(`a ${node.kind} takes no records`)
  if (node.kind === 'foreign-key-join') return foreignKeySerdes(node, role, known, diagnostics)
  const regrouped = node.kind === 'group-by' || node.kind === 'group-table'
  const key = serdeOf(node, regrouped ? node.id : input, 'key', known, diagnostics, role)
  const value =
    node.kind === 'group-table'
      ? serdeOfType(node, changeType(node), 'value', known, diagnostics, role)
      : serdeOf(node, input, 'value', known, diagnostics, role)
  return key === undefined || value === undefined ? undefined : { key, value }
}

/** To the row that is referred to, and back to the one that refers. */
function foreignKeySerdes(
  node: LogicalNodeOf<'foreign-key-join'>,
  role: ExchangeRole,
  known: KnownTypes,
  diagnostics: Diagnostic[],
): ResolvedTopic | undefined {
  const registers = role === 'subscription-registration'
  const type = registers ? registrationType(node) : responseType(node)
  const key = serdeOf(node, registers ? node.right : node.left, 'key', known, diagnostics, role)
  const value = serdeOfType(node, type, 'value', known, diagnostics, role)
  // Rows of a left join that refer to nothing are answered, too.
  return key === undefined || value === undefined ? undefined : { key: { ...key, nullable: registers }, value }
}

/** Serde of what comes out of `from`, for a topic or store of `node`. */
export function serdeOf(
  node: LogicalNode,
  from: NodeId,
  role: Role,
  known: KnownTypes,
  diagnostics: Diagnostic[],
  topic: ExchangeRole | 'changelog' = 'changelog',
): ResolvedSerde | undefined {
  // Its own topic is what is being asked for.
  const origin = from === node.id ? undefined : originOf(from, role, known.plan)
  const kept = origin === undefined ? undefined : known.topics.get(origin)?.[role]
  if (kept !== undefined) return kept
  const edge = known.edges.get(from)?.[role]
  return edge && serdeOfType(node, edge, role, known, diagnostics, topic)
}

export function serdeOfType(
  node: LogicalNode,
  edge: ValueType,
  role: Role,
  known: KnownTypes,
  diagnostics: Diagnostic[],
  topic: ExchangeRole | 'changelog' = 'changelog',
): ResolvedSerde | undefined {
  const nullable = isNullable(edge)
  const type = withoutNull(edge)
  const simple = simpleKind(type)
  if (simple !== undefined) return { kind: simple, nullable }
  const name = pascalCase(`${node.label}${role === 'key' ? '-key' : ''}`)
  const subject = `${known.plan.applicationId}-${node.name ?? node.label}-${topic}-${role}`
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
function originOf(id: NodeId, role: Role, plan: LogicalPlan): PlaceId | undefined {
  const node = plan.nodes[id]
  if (node === undefined) return undefined
  const exchanged = (other: LogicalNode): PlaceId | undefined => {
    const own = exchangeOf(plan.nodes, other, 0)
    return own && placeOf(other.id, own)
  }
  switch (node.kind) {
    case 'source':
    case 'table-source':
    case 'global-table':
      return placeOf(id)
    case 'repartition':
    case 'group-by':
      return placeOf(id, 'repartition')
    case 'group-table':
      return role === 'key' ? placeOf(id, 'repartition') : undefined
    case 'group-by-key':
    case 'to-table':
    case 'dedupe':
      return exchanged(node) ?? originOf(node.input, role, plan)
    case 'filter':
    case 'peek':
    case 'print':
    case 'split':
    case 'branch':
    case 'window':
    case 'late':
    case 'to-stream':
    case 'table-filter':
    case 'suppress':
      return originOf(node.input, role, plan)
    case 'map':
    case 'flat-map':
    case 'table-map':
      return role === 'key' ? originOf(node.input, role, plan) : undefined
    case 'select-key':
      return role === 'value' ? originOf(node.input, role, plan) : undefined
    case 'aggregate':
      return role === 'key' && windowOf(plan.nodes, node) === undefined ? originOf(node.input, role, plan) : undefined
    case 'stream-table-join':
    case 'stream-join':
      return role === 'value' ? undefined : (exchanged(node) ?? originOf(node.left, role, plan))
    case 'global-table-join':
    case 'table-join':
    case 'foreign-key-join':
      return role === 'key' ? originOf(node.left, role, plan) : undefined
    case 'cogroup': {
      const [first] = node.inputs
      return role === 'key' && first !== undefined ? originOf(first, role, plan) : undefined
    }
    case 'merge': {
      const origins = new Set(node.inputs.map((input) => originOf(input, role, plan)))
      return origins.size === 1 ? [...origins][0] : undefined
    }
    case 'process':
      return role === 'key' && node.keepsKey ? (exchanged(node) ?? originOf(node.input, role, plan)) : undefined
    case 'process-output': {
      const processor = plan.nodes[node.input]
      return processor && originOf(processor.id, role, plan)
    }
    case 'map-record':
    case 'for-each':
    case 'to':
      return undefined
  }
}
