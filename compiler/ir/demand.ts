/**
 * Which part of a value somebody reads. Made by the demand pass for each edge of a plan; decoders skip the rest as
 * bytes, and the interpreter projects by it, so that both accept and refuse the same records (rule 3).
 * An allow-list: whatever no rule understands is `whole`.
 */
import type { PlaceId } from './exchange.js'
import type { LambdaId, NodeId } from './logical-plan.js'

export type Demand =
  | { readonly kind: 'none' }
  /** Only whether it is null or absent, or which branch of a union it is. */
  | { readonly kind: 'presence' }
  /** Only how many items or entries it has. */
  | { readonly kind: 'length' }
  /** Fields of a record; a nullable record's presence is implied. */
  | { readonly kind: 'fields'; readonly fields: ReadonlyMap<string, Demand> }
  /** These parts of each item of an array; the number of items is implied. */
  | { readonly kind: 'items'; readonly items: Demand }
  | { readonly kind: 'whole' }

export const none: Demand = { kind: 'none' }
export const presence: Demand = { kind: 'presence' }
export const whole: Demand = { kind: 'whole' }
export const lengthOnly: Demand = { kind: 'length' }

export interface RecordDemand {
  readonly key: Demand
  readonly value: Demand
  /** Whether somebody reads or passes on the headers. */
  readonly headers: boolean
}

/** For each node that puts out records (a `to`, `for-each`: takes them in), what everything behind it needs. */
export interface PlanDemand {
  readonly edges: ReadonlyMap<NodeId, RecordDemand>
  /** Sources and exchanges: what their decoders read, the time stamp extractor included. */
  readonly inputs: ReadonlyMap<PlaceId, RecordDemand>
  /** What each lambda reads of the record that it is called with. */
  readonly lambdas: ReadonlyMap<LambdaId, RecordDemand>
  /** What each joiner reads of its right side. */
  readonly rightSides: ReadonlyMap<LambdaId, Demand>
}

/** Least demand that covers both. */
export function unite(left: Demand, right: Demand): Demand {
  if (left.kind === 'none') return right
  if (right.kind === 'none') return left
  if (left.kind === 'whole' || right.kind === 'whole') return whole
  if (left.kind === 'presence') return right
  if (right.kind === 'presence') return left
  if (left.kind === 'fields' && right.kind === 'fields') {
    const fields = new Map(left.fields)
    for (const [name, demand] of right.fields) fields.set(name, unite(fields.get(name) ?? none, demand))
    return { kind: 'fields', fields }
  }
  if (left.kind === 'items' && right.kind === 'items') return { kind: 'items', items: unite(left.items, right.items) }
  if (left.kind === 'length' && right.kind !== 'fields') return right
  if (right.kind === 'length' && left.kind !== 'fields') return left
  return whole
}

/** What is needed of one field of a value with that demand. */
export function fieldOf(demand: Demand, name: string): Demand {
  if (demand.kind === 'whole') return whole
  return demand.kind === 'fields' ? (demand.fields.get(name) ?? none) : none
}
