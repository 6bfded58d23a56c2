/** Random operators, each added to a stream that is there already. */
import { derivedKind, derivedRecord } from './derived-kind.js'
import type { GeneratedStream, PlanBuilder } from './plan.js'
import { STATEFUL } from './stateful.js'
import { BOOLEAN, DOUBLE, STRING, type ValueKind } from './value-kind.js'

export type MakeOperator = (builder: PlanBuilder, stream: GeneratedStream) => void

export function makeOperator(builder: PlanBuilder): void {
  const { choose, streams } = builder
  // The newest stream half of the time: long chains are where fusion happens.
  const stream = choose.oneIn(2) ? choose.pick(streams) : streams.at(-1)
  if (stream !== undefined) choose.pick(OPERATORS)(builder, stream)
}

const filter: MakeOperator = (builder, stream) => {
  const lambda = builder.lambda(stream, (expressions) => expressions.boolean(3))
  const method = builder.choose.pick(['filter', 'filterNot'])
  builder.declare('kept', `${stream.name}.${method}(${lambda}${builder.errorOption()})`, stream)
}

const map: MakeOperator = (builder, stream) => {
  const value = derivedRecord(builder.choose)
  const lambda = builder.lambda(stream, (expressions) => expressions.record(value, 3))
  builder.declare('mapped', `${stream.name}.map(${lambda}${builder.errorOption()})`, changed(stream, value))
}

/** The value with some fields more or set anew. */
const extend: MakeOperator = (builder, stream) => {
  if (stream.value.kind !== 'record') return map(builder, stream)
  const extra = derivedKind(builder.choose, 0)
  const value: ValueKind = {
    kind: 'record',
    name: 'Extended',
    fields: [...stream.value.fields.filter(({ name }) => name !== 'extra'), { name: 'extra', type: extra }],
  }
  const lambda = `(v, ctx) => ({ ...v, extra: ${builder.expression(stream, extra, 'v')} })`
  builder.declare('extended', `${stream.name}.map(${lambda})`, changed(stream, value))
}

const mapScalar: MakeOperator = (builder, stream) => {
  const value = builder.choose.pick([STRING, DOUBLE])
  const lambda = builder.lambda(stream, (expressions) => expressions.of(value, 3))
  builder.declare('scalar', `${stream.name}.map(${lambda}${builder.errorOption()})`, changed(stream, value))
}

const mapRecord: MakeOperator = (builder, stream) => {
  const value = derivedRecord(builder.choose)
  const lambda = builder.lambda(
    stream,
    (expressions) => `{ key: ${expressions.string(2)}, value: ${expressions.record(value, 2)} }`,
  )
  const next = { ...changed(stream, value), key: STRING }
  builder.declare('rekeyed', `${stream.name}.mapRecord(${lambda}${builder.errorOption()})`, next)
}

const selectKey: MakeOperator = (builder, stream) => {
  const lambda = builder.lambda(stream, (expressions) => expressions.string(2))
  builder.declare('keyed', `${stream.name}.selectKey(${lambda}${builder.errorOption()})`, { ...stream, key: STRING })
}

const flatMap: MakeOperator = (builder, stream) => {
  const { choose } = builder
  const arrays = stream.value.kind === 'record' ? stream.value.fields.filter(({ type }) => type.kind === 'array') : []
  const [array] = arrays
  if (array?.type.kind === 'array' && array.type.items.kind !== 'passed' && choose.oneIn(2)) {
    const expression = `${stream.name}.flatMap((v) => v.${array.name})`
    builder.declare('items', expression, changed(stream, array.type.items))
    return
  }
  const value = derivedRecord(choose)
  const count = choose.below(4)
  const lambda = builder.lambda(
    stream,
    (expressions) => `[${Array.from({ length: count }, () => expressions.record(value, 2)).join(', ')}]`,
  )
  if (count > 0)
    builder.declare('flat', `${stream.name}.flatMap(${lambda}${builder.errorOption()})`, changed(stream, value))
}

const split: MakeOperator = (builder, stream) => {
  const predicate = (): string => builder.lambda(stream, (expressions) => expressions.boolean(2))
  const [first, second] = [builder.fresh('branch'), builder.fresh('branch')]
  const last = builder.choose.oneIn(3) ? predicate() : 'otherwise'
  const branches = `{ ${first}: ${predicate()}, ${second}: ${last} }`
  builder.lines.push(`const { ${first}, ${second} } = ${stream.name}.split(${branches})`)
  builder.streams.push({ ...stream, name: first }, { ...stream, name: second })
}

const merge: MakeOperator = (builder, stream) => {
  const others = builder.streams.filter((other) => other.value === stream.value && other.key === stream.key)
  const other = builder.choose.pick(others)
  builder.declare('merged', `${stream.name}.merge(${other.name})`, stream)
}

const peek: MakeOperator = (builder, stream) => {
  const lambda = builder.lambda(stream, (expressions) => `void (${expressions.boolean(1)})`)
  builder.declare('seen', `${stream.name}.peek(${lambda}${builder.errorOption()})`, stream)
}

const print: MakeOperator = (builder, stream) => {
  builder.declare('printed', `${stream.name}.print()`, stream)
}

const forEach: MakeOperator = (builder, stream) => {
  const condition = builder.lambda(stream, (expressions) => `void (${expressions.of(BOOLEAN, 2)})`)
  builder.lines.push(`${stream.name}.forEach(${condition}${builder.errorOption()})`)
}

const repartition: MakeOperator = (builder, stream) => {
  const name = builder.fresh('again')
  const partitions = builder.choose.oneIn(2) ? `, partitions: ${1 + builder.choose.below(3)}` : ''
  builder.declare('moved', `${stream.name}.repartition({ name: '${name}'${partitions} })`, stream)
}

function changed(stream: GeneratedStream, value: ValueKind): GeneratedStream {
  return { ...stream, value, subject: undefined }
}

const OPERATORS: readonly MakeOperator[] = [
  filter,
  map,
  mapScalar,
  extend,
  mapRecord,
  selectKey,
  flatMap,
  split,
  merge,
  peek,
  print,
  forEach,
  repartition,
  filter,
  map,
  ...STATEFUL,
]
