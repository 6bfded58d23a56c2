import { describe, expect, it } from 'vitest'
import { printSchema } from '../../../avro/print-schema.js'
import type { ResolvedPlan, ResolvedSerde } from '../../../compiler/ir/resolved-plan.js'
import type { ValueType } from '../../../compiler/ir/value-type.js'
import { codes, fixtures, frontEnd, lock, project, told, type FrontEndOptions } from './project.js'

const order = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'amount', type: 'double' },
    { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['NEW', 'PAID'] } },
    { name: 'coupon', type: ['null', 'string'], default: null },
  ],
}
const locked = lock({ 'orders-value': [order], 'customers-value': [order], 'ids-key': ['long'] })

const schemas = `
export interface Order { readonly id: string; readonly amount: number; readonly status: 'NEW' | 'PAID'; readonly coupon: string | null }
declare module 'millrace' {
  interface Subjects { 'orders-value': Order; 'customers-value': Order; 'ids-key': number }
}
`

function run(lines: readonly string[], options: FrontEndOptions = {}) {
  const text = [
    `import { avro, json, nullable, pipeline, string, topic, type Stream } from 'millrace'`,
    `import type { Int, Long, Uuid } from 'millrace/types'`,
    `void [avro, json, nullable, string]; export type Used = [Int, Long, Uuid, Stream<string, string>]`,
    ...lines,
  ].join('\n')
  return frontEnd(project({ 'pipeline.ts': text, 'generated/schemas.ts': schemas }), {
    locked,
    typeFiles: ['generated/schemas.ts', 'generated/none.ts'],
    ...options,
  })
}

/** One pipeline with this body. */
function body(...lines: readonly string[]) {
  return run([`export const a = pipeline('a', (p) => {`, ...lines, `})`])
}

describe('topics of the schema lock', () => {
  it('give their types and schemas', async () => {
    const { diagnostics, plans } = await body(
      `  p.stream(topic('orders')).filter((o) => o.amount > 1).to(topic('customers'))`,
    )
    expect(diagnostics).toEqual([])
    const [plan] = plans
    expect(shape(plan?.edges.get(1)?.value)).toBe('Order')
    expect(plan?.topics.get('0')?.value).toMatchObject({
      kind: 'avro',
      subject: 'orders-value',
      writers: [{ version: 1 }],
    })
    expect(plan?.topics.get('0')?.key).toEqual({ kind: 'string', nullable: true })
  })

  it('unknown subject: did you mean', async () => {
    const { diagnostics } = await body(`  p.stream(topic('ordrs')).print()`)
    expect(codes(diagnostics)).toEqual(['TS2345', 'MR1003'])
    expect(told(diagnostics)).toEqual([
      "MR1003 5:12 topic 'ordrs': subject 'ordrs-value' is not in the schema lock (3 subjects). Did you mean 'orders-value'?",
    ])
  })

  it('unknown field: TypeScript says so, at the author’s place', async () => {
    const { diagnostics } = await body(`  p.stream(topic('orders')).filter((o) => o.amout > 1).to(topic('customers'))`)
    expect(diagnostics.map(({ code, message, span }) => [code, message, span?.line, span?.column])).toEqual([
      ['TS2551', "Property 'amout' does not exist on type 'Order'. Did you mean 'amount'?", 5, 45],
    ])
  })

  it('avro() without a type needs a subject', async () => {
    const { diagnostics } = await body(
      `  p.stream(topic('new', { value: avro() })).print()`,
      `  p.stream(topic('x', { value: avro({ subject: 'orders-value' }) })).print()`,
    )
    expect(told(diagnostics)).toEqual([
      "MR1003 5:34 topic 'new': subject 'new-value' is not in the schema lock (3 subjects).",
    ])
  })

  it('sink: a declared type that does not fit', async () => {
    const { diagnostics } = await body(
      `  p.stream(topic('orders')).map((o) => ({ id: o.amount, status: 'GONE' as const, coupon: null }))`,
      `    .to(topic('customers', { value: avro<{ id: number; status: 'GONE'; coupon: null }>() }))`,
    )
    expect(told(diagnostics)).toEqual([
      "MR1008 6:37 Customers.id does not fit subject 'customers-value': number instead of string",
      "MR1008 6:37 Customers.amount does not fit subject 'customers-value': missing, and it has no default",
      `MR1008 6:37 Customers.status does not fit subject 'customers-value': "GONE" is none of the symbols NEW, PAID`,
    ])
  })

  it('source: a declared type that the topic does not hold', async () => {
    const { diagnostics } = await body(
      `  p.stream(topic('orders', { value: avro<{ id: string; status: 'NEW'; total: number; coupon: string }>() })).print()`,
      `  p.stream(topic('orders', { value: avro<{ id: string; status: string; coupon: string | null }>() })).print()`,
    )
    expect(told(diagnostics)).toEqual([
      "MR1009 5:37 Orders.status: the declared type does not fit subject 'orders-value': the topic can hold PAID, too",
      "MR1009 5:37 Orders.total: the declared type does not fit subject 'orders-value': Order has no such field",
      "MR1009 5:37 Orders.coupon: the declared type does not fit subject 'orders-value': the topic holds null, not string",
    ])
  })
})

describe('derived schemas', () => {
  it('of a sink that no subject describes', async () => {
    const { diagnostics, plans } = await body(
      `  p.stream(topic('orders')).map((o) => ({ id: o.id, cents: Math.round(o.amount), at: new Date(0), tags: [o.status] }))`,
      `    .to(topic('cents', { value: avro<{ id: Uuid; cents: Int; at: Date; tags: ('NEW' | 'PAID')[]; note?: string }>() }))`,
    )
    expect(told(diagnostics)).toEqual([])
    const serde = plans[0]?.topics.get('2')?.value
    expect(schemaOf(serde)).toEqual({
      type: 'record',
      name: 'Cents',
      fields: [
        { name: 'id', type: { type: 'string', logicalType: 'uuid' } },
        { name: 'cents', type: 'int' },
        { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
        { name: 'tags', type: { type: 'array', items: { type: 'enum', name: 'CentsTags', symbols: ['NEW', 'PAID'] } } },
        { name: 'note', type: ['null', 'string'], default: null },
      ],
    })
    expect(serde).toMatchObject({ subject: 'cents-value', long: 'number', writers: [{ version: 0 }] })
  })

  it('says what has no Avro form, and where', async () => {
    const { diagnostics } = await body(
      `  p.stream(topic('orders')).map(() => null).to(topic('bad', { value: avro<{ f: () => void; any: any; m: Map<string, string>; t: [number]; n: number }>() }))`,
      `  p.stream(topic('orders')).map(() => null).to(topic('mix', { value: avro<{ a: bigint; b: Long }>() }))`,
    )
    expect(told(diagnostics)).toEqual([
      'MR1004 5:70 Bad.f: () => void: a function cannot be written',
      'MR1004 5:70 Bad.any: any: the type is any: give it a type',
      'MR1004 5:70 Bad.m: Map<string, string>: a Map has no Avro form: use Record<string, T>',
      'MR1004 5:70 Bad.t: [number]: a tuple has no Avro form: use an object or an array',
      'MR1010 5:70 Bad.n: the type is number, so the schema says double',
      'MR1004 6:70 Mix: both bigint and Long stand for Avro longs: use one of them',
    ])
  })

  it('in generic helpers: from the type arguments of the call', async () => {
    const { diagnostics, plans } = await run([
      `function sink<T>(s: Stream<string, T>, name: string): void {`,
      `  s.to(topic(name, { key: string(), value: avro<T>() }))`,
      `}`,
      `export const a = pipeline('a', (p) => {`,
      `  const orders = p.stream(topic('orders'))`,
      `  sink(orders.map((o) => o.id), 'ids')`,
      `  sink(orders.map((o) => ({ name: o.id, flag: true })), 'flags')`,
      `})`,
    ])
    expect(told(diagnostics)).toEqual([])
    expect([...(plans[0]?.topics.values() ?? [])].slice(1).map(({ value }) => schemaOf(value))).toEqual([
      'string',
      {
        type: 'record',
        name: 'Flags',
        fields: [
          { name: 'name', type: 'string' },
          { name: 'flag', type: 'boolean' },
        ],
      },
    ])
  })

  it('in a generic pipeline factory: the open type is an error', async () => {
    const { diagnostics } = await run([
      `function open<T>() { return avro<T>() }`,
      `const bad: () => unknown = open`,
      `export const a = pipeline('a', (p) => { p.stream(topic('orders')).to(topic('x', { value: bad() as never })) })`,
    ])
    expect(told(diagnostics)).toEqual(["MR1005 4:29 X: type parameter 'T' is not known here"])
  })
})

describe('edges', () => {
  it('of generic helpers have concrete types', async () => {
    const { plans, diagnostics } = await frontEnd({ root: fixtures, files: ['helpers/pipeline.ts'] })
    expect(diagnostics).toEqual([])
    const [plan] = plans
    const edges = plan?.nodes.map(({ id }) => fields(plan, plan.edges.get(id)?.value))
    expect(edges?.[3]).toEqual(['amount: number', 'id: string'])
    expect(edges?.[4]).toEqual(['amount: number', 'id: string', 'tag: string'])
    expect(edges?.[5]).toEqual(['amount: number', 'id: string', 'tag: string'])
    expect(plan?.bodies.size).toBe(plan?.lambdas.length)
  })

  it('inside helpers whose stream is not returned', async () => {
    const { plans, diagnostics } = await run([
      `function log<K, T extends { id: string }>(s: Stream<K, T>): void {`,
      `  s.map((v) => ({ ...v, kind: 'log' as const })).filter((v) => v.id !== '').peek(() => undefined)`,
      `}`,
      `function twice<A extends { id: string }>(s: Stream<string, A>): void { log(s) }`,
      `export const a = pipeline('a', (p) => { twice(p.stream(topic('orders')).map((o) => ({ id: o.id, n: 1n }))) })`,
    ])
    expect(told(diagnostics)).toEqual([])
    const [plan] = plans
    expect(fields(plan, plan?.edges.get(3)?.value)).toEqual(['id: string', 'kind: "log"', 'n: bigint'])
  })

  it('of splits follow their type guards', async () => {
    const { plans } = await frontEnd({ root: fixtures, files: ['branches/pipeline.ts'] })
    const [plan] = plans
    const named = (label: string) => plan?.nodes.find((node) => node.label === label)?.id ?? -1
    expect(shape(plan?.edges.get(named('branch-circles'))?.value)).toBe('Circle')
    expect(shape(plan?.edges.get(named('branch-big'))?.value)).toBe('Circle | Square')
  })

  it('of recursive and generic types', async () => {
    const { plans } = await body(
      `  interface Tree { readonly name: string; readonly children: readonly Tree[] }`,
      `  interface Page<T> { readonly items: readonly T[]; readonly next: Page<T> | null }`,
      `  p.stream(topic('trees', { value: json<Page<Tree>>() })).print()`,
    )
    const [plan] = plans
    expect(shape(plan?.edges.get(0)?.value)).toBe('Page_Tree')
    expect(
      [...(plan?.recordTypes.values() ?? [])].map(({ name, fields: all }) => [
        name,
        all.map(({ type }) => shape(type)),
      ]),
    ).toEqual([
      ['Tree', ['string', 'Tree[]']],
      ['Page_Tree', ['Tree[]', 'null | Page_Tree']],
    ])
  })
})

describe('repartition topics', () => {
  it('keep the serde of the source as long as nothing changed', async () => {
    const { plans } = await body(
      `  p.stream(topic('orders')).selectKey((o) => o.amount).repartition({ name: 'kept' })`,
      `    .map((o) => ({ id: o.id })).repartition({ name: 'changed' }).print()`,
    )
    const [plan] = plans
    const [, kept, changed] = [...(plan?.topics.values() ?? [])]
    expect(kept?.key).toEqual({ kind: 'double', nullable: false })
    expect(kept?.value).toMatchObject({ subject: 'orders-value' })
    expect(changed?.key).toEqual({ kind: 'double', nullable: false })
    expect(schemaOf(changed?.value)).toEqual({
      type: 'record',
      name: 'Changed',
      fields: [{ name: 'id', type: 'string' }],
    })
  })
})

function schemaOf(serde: ResolvedSerde | undefined): unknown {
  return serde?.kind === 'avro' ? printSchema(serde.schema) : undefined
}

function shape(type: ValueType | undefined): string {
  if (type === undefined) return 'none'
  switch (type.kind) {
    case 'record':
      return type.name
    case 'union':
      return type.types.map(shape).join(' | ')
    case 'array':
      return `${shape(type.items)}[]`
    case 'literal':
      return JSON.stringify(type.value)
    default:
      return type.kind
  }
}

function fields(plan: ResolvedPlan | undefined, type: ValueType | undefined): readonly string[] {
  const record = type?.kind === 'record' ? plan?.recordTypes.get(type.name) : undefined
  return (record?.fields ?? []).map((field) => `${field.name}: ${shape(field.type)}`).sort()
}
