/** What an aggregate keeps of a key: numbers stand in columns of its row, anything else in the row's value. */
import type { LambdaId, LogicalAggregator, LogicalField, LogicalNode, LogicalNodeOf, NodeId } from './logical-plan.js'
import type { Lambda } from './lambda.js'
import type { EdgeType } from './resolved-plan.js'
import type { RecordType, RecordTypes, ValueType } from './value-type.js'

/** One thing that is kept. */
export type Slot =
  | { readonly kind: 'column'; readonly column: number }
  /** The whole value of the row. */
  | { readonly kind: 'value'; readonly type: ValueType }
  | { readonly kind: 'field'; readonly name: string; readonly type: ValueType }

export interface Accumulator {
  /** Of a declared aggregate, those of each field; else one list. */
  readonly parts: readonly (readonly Slot[])[]
  readonly columns: number
  /** Type of the row's value; undefined: the row has none. */
  readonly value: ValueType | undefined
  /** The record type that `value` is, where the compiler made it. */
  readonly record: RecordType | undefined
}

export interface AccumulatorTypes {
  readonly bodies: ReadonlyMap<LambdaId, Lambda>
  readonly edges: ReadonlyMap<NodeId, EdgeType>
}

const nothing: ValueType = { kind: 'null' }
const number: ValueType = { kind: 'number', brand: undefined }

export function accumulatorOf(types: AccumulatorTypes, node: LogicalNodeOf<'aggregate'>): Accumulator {
  const { aggregation } = node
  switch (aggregation.kind) {
    case 'count':
      return { parts: [[{ kind: 'column', column: 0 }]], columns: 1, value: undefined, record: undefined }
    case 'declared':
      return declared(types, node, aggregation.fields)
    default: {
      const type = types.edges.get(node.id)?.value ?? nothing
      return { parts: [[{ kind: 'value', type }]], columns: 0, value: type, record: undefined }
    }
  }
}

/** The record types that stand in rows of declared aggregates. */
export function accumulatorTypes(nodes: readonly LogicalNode[], types: AccumulatorTypes): RecordTypes {
  const records = nodes.flatMap((node) => (node.kind === 'aggregate' ? (accumulatorOf(types, node).record ?? []) : []))
  return new Map(records.map((record) => [record.name, record]))
}

function declared(
  { bodies }: AccumulatorTypes,
  node: LogicalNodeOf<'aggregate'>,
  fields: readonly LogicalField[],
): Accumulator {
  const kept = new Map<string, ValueType>()
  let columns = 0
  const slot = (name: string, type: ValueType): Slot => {
    if (isNumber(type)) return { kind: 'column', column: columns++ }
    const free = kept.has(name) ? `${name}_${kept.size}` : name
    kept.set(free, type)
    return { kind: 'field', name: free, type }
  }
  const parts = fields.map(({ name, aggregator }) =>
    keptBy(aggregator, (id) => bodies.get(id)?.returns ?? nothing).map((type) => slot(name, type)),
  )
  // No type of the author has such a name.
  const name = `state of ${node.label}`
  const record: RecordType = {
    name,
    anonymous: true,
    fields: [...kept].map(([field, type]) => ({ name: field, type, optional: false })),
  }
  if (kept.size === 0) return { parts, columns, value: undefined, record: undefined }
  return { parts, columns, value: { kind: 'record', name }, record }
}

/** Types of what an aggregator keeps. */
function keptBy(aggregator: LogicalAggregator, returned: (id: LambdaId) => ValueType): readonly ValueType[] {
  switch (aggregator.kind) {
    case 'count':
    case 'sum':
      return [number]
    case 'avg':
      return [number, number]
    case 'min':
    case 'max':
    case 'first':
    case 'last':
      return [returned(aggregator.of)]
    case 'collect':
    case 'countDistinct':
      return [{ kind: 'array', items: returned(aggregator.of) }]
    case 'topK':
      return [
        { kind: 'array', items: returned(aggregator.of) },
        { kind: 'array', items: number },
      ]
    case 'custom':
      return [returned(aggregator.add)]
  }
}

function isNumber(type: ValueType): boolean {
  if (type.kind === 'union') return type.types.every(isNumber)
  return type.kind === 'number' || (type.kind === 'literal' && typeof type.value === 'number')
}
