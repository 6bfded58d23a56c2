/**
 * Serdes of repartition topics. What the author says of keys holds; a stream that still carries what its source read
 * keeps the source's serde; else the types say what is written: strings, bytes and numbers as Kafka's own serdes do, the rest as Avro derived from the type.
 */
import type { Diagnostic } from '../../diagnostics/diagnostic.js'
import { inputsOf } from '../../ir/inputs-of.js'
import { portOf, type ExchangeRole, type PlaceId } from '../../ir/exchange.js'
import type { Lambda } from '../../ir/lambda.js'
import type { LambdaId, LogicalNode, LogicalNodeOf, LogicalPlan, NodeId } from '../../ir/logical-plan.js'
import type { EdgeType, ResolvedSerde, ResolvedTopic } from '../../ir/resolved-plan.js'
import type { RecordTypes, ValueType } from '../../ir/value-type.js'
import { changeType, registrationType, responseType } from '../../ir/change-type.js'
import { derivedSerde } from './derived-serde.js'
import { keptSerde } from './kept-serde.js'
import { pascalCase } from './pascal-case.js'
import { isNullable, withoutNull } from './without-null.js'

type Role = 'key' | 'value'

export interface KnownTypes {
  readonly plan: LogicalPlan
  readonly bodies: ReadonlyMap<LambdaId, Lambda>
  readonly edges: ReadonlyMap<NodeId, EdgeType>
  /** Of the sources, and of repartitions before. */
  readonly topics: ReadonlyMap<PlaceId, ResolvedTopic>
  /** Of operators whose author says how keys are written. */
  readonly keys: ReadonlyMap<NodeId, ResolvedSerde>
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
  const edge = known.edges.get(from)?.[role]
  const declared = role === 'key' ? known.keys.get(node.id) : undefined
  if (declared !== undefined) return { ...declared, nullable: edge !== undefined && isNullable(edge) }
  // Its own topic is what is being asked for.
  const kept = from === node.id ? undefined : keptSerde(from, role, known)
  if (kept !== undefined) return kept
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
