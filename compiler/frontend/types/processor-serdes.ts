/** Serdes of the rows that a processor keeps: its own, by the keys of the records, and those of its stores. */
import { schemaFingerprint } from '../../../avro/fingerprint.js'
import type { AvroSchema } from '../../../avro/schema.js'
import type { JsonPart } from '../../../dsl/model/json-longs.js'
import type { StoreSpec } from '../../../dsl/model/store-spec.js'
import type { Diagnostic } from '../../diagnostics/diagnostic.js'
import { exchangeOf, placeOf } from '../../ir/exchange.js'
import type { LogicalNodeOf } from '../../ir/logical-plan.js'
import { derivedVersion, type ResolvedSerde, type SideRows } from '../../ir/resolved-plan.js'
import { storeName } from '../../ir/store-name.js'
import { serdeOf, type KnownTypes } from './repartition-serdes.js'
import type { TopicSerdes } from './topic-serdes.js'

type Processor = LogicalNodeOf<'process' | 'dedupe'>

/** undefined: something is wrong, the diagnostics say what. */
export function processorSerdes(
  node: Processor,
  known: KnownTypes,
  topics: TopicSerdes,
  diagnostics: Diagnostic[],
): readonly SideRows[] | undefined {
  const role = exchangeOf(known.plan.nodes, node, 0)
  const behind = role === undefined ? undefined : known.topics.get(placeOf(node.id, role))?.key
  const found = behind ?? serdeOf(node, node.input, 'key', known, diagnostics)
  if (found === undefined) return undefined
  const key: ResolvedSerde = { ...found, nullable: false }
  const own: SideRows = { port: 0, serdes: { key, value: { kind: 'bytes', nullable: false } } }
  if (node.kind === 'dedupe') return [own]
  const stores = node.stores.map((store, index) => {
    const port = index + 1
    const topic = `${known.plan.applicationId}-${storeName(node, port)}-changelog`
    return rowsOf(store, port, key, (spec, part) => topics.ofInternal(spec, topic, part, node.span))
  })
  return stores.some((store) => store === undefined) ? undefined : [own, ...stores.flatMap((store) => store ?? [])]
}

type Resolve = (spec: StoreSpec['value'], part: 'key' | 'value') => ResolvedSerde | undefined

function rowsOf(store: StoreSpec, port: number, outer: ResolvedSerde, resolve: Resolve): SideRows | undefined {
  const item = resolve(store.value, 'value')
  const inner = store.key === undefined ? outer : resolve(store.key, 'key')
  if (item === undefined || inner === undefined) return undefined
  const value = store.kind === 'list' ? listOf(item) : item
  return { port, serdes: { key: inner, value }, outer: store.kind === 'map' ? outer : undefined }
}

/** A list is one row: an Avro array, so that its items evolve as other rows do. */
function listOf(item: ResolvedSerde): ResolvedSerde {
  if (item.kind === 'json') return { ...item, longs: item.longs && [{ items: 1 }, ...item.longs.map(moved)] }
  const attributes = new Map()
  const items: AvroSchema =
    item.kind === 'avro' ? item.schema : { type: primitives[item.kind], logical: undefined, attributes }
  const schema: AvroSchema = { type: 'array', items, attributes }
  const writers = [{ version: derivedVersion, fingerprint: schemaFingerprint(schema), schema }]
  const subject = item.kind === 'avro' ? item.subject : ''
  const long = item.kind === 'avro' ? item.long : 'bigint'
  return { kind: 'avro', subject, schema, long, writers, nullable: false }
}

/** Behind the part of the list. */
function moved({ long, items, values, members }: JsonPart): JsonPart {
  return {
    ...(long === undefined ? {} : { long }),
    ...(items === undefined ? {} : { items: items + 1 }),
    ...(values === undefined ? {} : { values: values + 1 }),
    ...(members === undefined ? {} : { members: members.map(([name, part]) => [name, part + 1]) }),
  }
}

const primitives = {
  string: 'string',
  uuid: 'string',
  bytes: 'bytes',
  int32: 'int',
  int64: 'long',
  double: 'double',
} as const
