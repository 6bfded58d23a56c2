/** Types of what stands in internal topics beside the author's own values. */
import type { LogicalNode, LogicalNodeOf, LogicalPlan, NodeId } from './logical-plan.js'
import type { EdgeType } from './resolved-plan.js'
import type { RecordType, RecordTypeField, RecordTypes, ValueType } from './value-type.js'

/** Of a grouped table: a row's value now, and what it was before; null where there is none. */
export function changeType(node: LogicalNodeOf<'group-table'>): ValueType {
  return typeNamed('change', node)
}

/** From the left of a foreign-key join to the right: who refers to the row, in which state, and what is to be done. */
export function registrationType(node: LogicalNodeOf<'foreign-key-join'>): ValueType {
  return typeNamed('registration', node)
}

/** And back: the row that is referred to, or null, for the state in which the left one asked. */
export function responseType(node: LogicalNodeOf<'foreign-key-join'>): ValueType {
  return typeNamed('response', node)
}

export function internalTypes(plan: LogicalPlan, edges: ReadonlyMap<NodeId, EdgeType>): RecordTypes {
  const types = new Map<string, RecordType>()
  const add = (type: ValueType, fields: Readonly<Record<string, ValueType>>): void => {
    if (type.kind !== 'record') return
    const list = Object.entries(fields).map(([name, field]): RecordTypeField => ({
      name,
      type: field,
      optional: false,
    }))
    types.set(type.name, { name: type.name, anonymous: true, fields: list })
  }
  for (const node of plan.nodes) {
    if (node.kind === 'group-table') {
      const value = edges.get(node.id)?.value
      if (value !== undefined) add(changeType(node), { now: orNull(value), before: orNull(value) })
    }
    if (node.kind === 'foreign-key-join') {
      const [key, value] = [edges.get(node.left)?.key, edges.get(node.right)?.value]
      if (key === undefined || value === undefined) continue
      add(registrationType(node), { left: key, state: double, action: double })
      add(responseType(node), { state: double, right: orNull(value) })
    }
  }
  return types
}

const double: ValueType = { kind: 'number', brand: 'double' }

/** No type of the author has such a name. */
function typeNamed(what: string, node: LogicalNode): ValueType {
  return { kind: 'record', name: `${what} of ${node.label}` }
}

function orNull(type: ValueType): ValueType {
  const members = type.kind === 'union' ? type.types : [type]
  return { kind: 'union', types: [...members.filter(({ kind }) => kind !== 'null'), { kind: 'null' }] }
}
