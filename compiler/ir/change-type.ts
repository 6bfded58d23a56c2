/** What stands in the internal topic of a grouped table: a row's value now, and what it was before; null where there is none. */
import type { LogicalNode, LogicalPlan, NodeId } from './logical-plan.js'
import type { EdgeType } from './resolved-plan.js'
import type { RecordTypes, ValueType } from './value-type.js'

export function changeType(node: LogicalNode): ValueType {
  // No type of the author has such a name.
  return { kind: 'record', name: `change of ${node.label}` }
}

export function changeTypes(plan: LogicalPlan, edges: ReadonlyMap<NodeId, EdgeType>): RecordTypes {
  const types = new Map<string, { name: string; anonymous: true; fields: RecordFields }>()
  for (const node of plan.nodes) {
    const value = edges.get(node.id)?.value
    const type = changeType(node)
    if (node.kind !== 'group-table' || value === undefined || type.kind !== 'record') continue
    const field = (name: string): RecordFields[number] => ({ name, type: orNull(value), optional: false })
    types.set(type.name, { name: type.name, anonymous: true, fields: [field('now'), field('before')] })
  }
  return types
}

type RecordFields = readonly { readonly name: string; readonly type: ValueType; readonly optional: boolean }[]

function orNull(type: ValueType): ValueType {
  const members = type.kind === 'union' ? type.types : [type]
  return { kind: 'union', types: [...members.filter(({ kind }) => kind !== 'null'), { kind: 'null' }] }
}
