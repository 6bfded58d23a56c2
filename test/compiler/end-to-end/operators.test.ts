/** What operators do with keys, headers, times, tombstones and errors, in generated code. */
import { describe, expect, test } from 'vitest'
import { build, type Built } from '../support/compile-project.js'
import { run, type InputRecord, type RunResult } from '../support/run-module.js'

interface Written {
  readonly topic: string
  readonly key: string | null
  readonly value: unknown
}

function record(value: unknown, more: Partial<InputRecord> = {}): InputRecord {
  return { key: Buffer.from('k'), value: value === undefined ? null : Buffer.from(JSON.stringify(value)), ...more }
}

function outputs(result: RunResult): Written[] {
  return result.written.map(({ topic, key, value }) => ({
    topic,
    key: key?.toString() ?? null,
    value: value === null ? undefined : (JSON.parse(value.toString()) as unknown),
  }))
}

async function made(body: string, above = ''): Promise<Built> {
  return build({
    'pipeline.ts': `
import { json, nullable, otherwise, pipeline, string, topic, type Stream } from 'millrace'
interface Order { readonly id: string; readonly amount: number; readonly items: readonly string[] }
const orders = topic('orders', { key: nullable(string()), value: nullable(json<Order>()) })
const out = (name: string) => topic(name, { key: nullable(string()), value: json<unknown>() })
${above}
export const made = pipeline('made', { onError: 'skip' }, (p) => {
  const all = p.stream(orders)
  const some = all.filter((o) => o !== null)
${body}
})
void [otherwise]; export type Used = Stream<string, Order>
`,
  })
}

const order = { id: 'a', amount: 12, items: ['x', 'y'] }

test('null keys and values are values where the serde allows them, and tombstones where they are written', async () => {
  const { pipeline } = await made(`
  all.map((o, ctx) => [ctx.key, o]).to(out('pairs'))
  all.filter((o) => o === null).to(out('nulls'))
  some.map((o) => (o.amount > 10 ? null : o.id)).to(out('maybe'))`)
  const result = run(pipeline, [record(order), record(undefined), record({ ...order, amount: 1 }, { key: null })])
  expect(result.errors).toEqual([])
  expect(outputs(result)).toEqual(
    expect.arrayContaining([
      { topic: 'pairs', key: 'k', value: ['k', order] },
      { topic: 'pairs', key: 'k', value: ['k', null] },
      { topic: 'pairs', key: null, value: [null, { ...order, amount: 1 }] },
      { topic: 'nulls', key: 'k', value: undefined },
      { topic: 'maybe', key: 'k', value: undefined },
      { topic: 'maybe', key: null, value: 'a' },
    ]),
  )
  expect(result.written).toHaveLength(6)
})

test('keys, headers and timestamps are kept or set', async () => {
  const { pipeline } = await made(`
  some.to(out('kept'))
  some.selectKey((o) => o.id + '!').to(out('keyed'))
  some.mapRecord((o, ctx) => ({ key: ctx.headers.text('h') ?? null, value: ctx.offset.toString() + ctx.topic })).to(out('both'))
  some.to(out('set'), { headers: (o) => ({ id: o.id, bytes: new Uint8Array([1]) }), timestamp: (o, ctx) => ctx.timestamp + o.amount })`)
  const headers = [{ key: 'h', value: Buffer.from('v') }]
  const { written, errors } = run(pipeline, [
    record(order, { headers, timestamp: 1000 }),
    record(order, { timestamp: 5 }),
  ])
  expect(errors).toEqual([])
  const shown = written.map((each) => ({
    topic: each.topic,
    key: each.key?.toString() ?? null,
    timestamp: each.timestamp,
    headers: each.headers.map((header) => [header.key, header.value?.toString('latin1')]),
  }))
  const kept = [['h', 'v']]
  const set = [
    ['id', 'a'],
    ['bytes', '\u0001'],
  ]
  expect(shown).toEqual(
    expect.arrayContaining([
      { topic: 'kept', key: 'k', timestamp: 1000, headers: kept },
      { topic: 'keyed', key: 'a!', timestamp: 1000, headers: kept },
      { topic: 'both', key: 'v', timestamp: 1000, headers: kept },
      { topic: 'set', key: 'k', timestamp: 1012, headers: set },
      { topic: 'kept', key: 'k', timestamp: 5, headers: [] },
      { topic: 'both', key: null, timestamp: 5, headers: [] },
      { topic: 'set', key: 'k', timestamp: 17, headers: set },
    ]),
  )
  const values = written.filter((each) => each.topic === 'both').map((each) => each.value?.toString())
  expect(values.sort()).toEqual(['"0orders"', '"1orders"'])
})

test('a record goes to the topic that is chosen for it', async () => {
  const { pipeline } = await made(`
  some.to((o) => 'orders-' + o.id, { like: out('like') })`)
  const result = run(pipeline, [record(order), record({ ...order, id: 'b' }), record({ ...order, id: '' })])
  expect(outputs(result).map((each) => each.topic)).toEqual(['orders-a', 'orders-b', 'orders-'])
})

test('flatMap takes short arrays, long ones and anything iterable', async () => {
  const { pipeline } = await made(`
  some.flatMap((o) => [o.id, o.amount]).to(out('short'))
  some.flatMap((o) => o.items.map((item) => item + o.id)).to(out('long'))
  some.flatMap(function* (o) { yield 1; if (o.amount < 0) throw new Error('on the way'); yield 2 }).to(out('lazy'))`)
  const result = run(pipeline, [record(order), record({ ...order, amount: -1 })])
  const of = (topic: string) => outputs(result).flatMap((each) => (each.topic === topic ? [each.value] : []))
  expect([of('short'), of('long'), of('lazy')]).toEqual([
    ['a', 12],
    ['xa', 'ya'],
    [1, 2],
  ])
  expect(result.errors.map((error) => error.message)).toEqual(['on the way'])
})

test('a record that fails leaves nothing behind, and the operator is named', async () => {
  const { pipeline } = await made(`
  some.to(out('before'))
  some.map((o) => { if (o.amount < 0) throw new Error('negative'); return o.amount }).to(out('after'))`)
  const result = run(pipeline, [record(order), record({ ...order, amount: -1 }), record(order)])
  expect(
    outputs(result)
      .map((each) => each.topic)
      .sort(),
  ).toEqual(['after', 'after', 'before', 'before'])
  const map = pipeline.manifest.operators.find((operator) => operator.kind === 'map')
  expect(result.errors).toEqual([expect.objectContaining({ operator: map?.id, message: 'negative' })])
})

test('a promise is an error of the record', async () => {
  const { pipeline } = await made(
    `
  some.map((o) => later(o)).to(out('never'))`,
    `function later(o: Order): any { return Promise.resolve(o.id) }`,
  )
  const result = run(pipeline, [record(order)])
  expect(result.written).toEqual([])
  expect(result.errors[0]?.message).toContain('returned a promise')
})

describe('streams that split and meet again', () => {
  /** Each diamond doubles the ways to its end. */
  const diamonds = (depth: number): string => `
  let stream: Stream<string | null, { n: number; path: string }> = some.map((o) => ({ n: o.amount, path: o.id }))
  for (let depth = 0; depth < ${depth}; depth++) {
    const { even, odd } = stream.split({ even: (v) => v.n % 2 === 0, odd: otherwise })
    const left = even.map((v) => ({ n: v.n / 2, path: v.path + 'e' }))
    const right = odd.map((v) => { if (v.n < 0) throw new Error('odd ' + v.path); return { n: v.n - 1, path: v.path + 'o' } })
    stream = left.merge(right)
  }
  stream.to(out('end'))`

  test('code grows with the operators, not with the ways', async () => {
    const sizes = await Promise.all([8, 16].map(async (depth) => (await made(diamonds(depth))).code.length))
    expect(sizes[1]).toBeLessThan(3 * (sizes[0] ?? 0))
  })

  test('records and errors are those of each way', async () => {
    const { pipeline } = await made(diamonds(6))
    const result = run(pipeline, [
      record({ ...order, amount: 12 }),
      record({ ...order, amount: -5 }),
      record({ ...order, amount: 7 }),
    ])
    expect(outputs(result).map((each) => each.value)).toEqual([
      { n: 0, path: 'aeeoeoe' },
      { n: 0, path: 'aoeoeoe' },
    ])
    expect(result.errors.map((error) => error.message)).toEqual(['odd a'])
    const failed = pipeline.manifest.operators.find((operator) => operator.id === result.errors[0]?.operator)
    expect(failed?.kind).toBe('map')
    const merges = pipeline.manifest.operators.filter((operator) => operator.kind === 'merge')
    expect(merges.map((merge) => result.counts[merge.id])).toEqual(merges.map(() => 2))
  })

  test('a stream that is merged with itself counts twice', async () => {
    const { pipeline } = await made(`
  const twice = some.merge(some)
  twice.to(out('a')); twice.to(out('b')); twice.to(out('c')); twice.map((o) => o.id).to(out('d'))`)
    const result = run(pipeline, [record(order)])
    const counts = ['a', 'b', 'c', 'd'].map((topic) => result.written.filter((each) => each.topic === topic).length)
    expect(counts).toEqual([2, 2, 2, 2])
  })
})

test('a function that V8 would not optimise is cut into methods', async () => {
  const { pipeline, compiled, code } = await made(`
  for (let i = 0; i < 120; i++) {
    some.filter((o) => o.amount > i).map((o) => ({ i, id: o.id, twice: o.amount * 2 })).to(out('out' + i))
  }`)
  expect(code).toMatch(/this\.write\$/)
  expect(compiled.files).toHaveLength(4)
  const result = run(pipeline, [record({ ...order, amount: 3 })], { partitions: 1 })
  expect(outputs(result).map((each) => each.value)).toEqual([
    { i: 0, id: 'a', twice: 6 },
    { i: 1, id: 'a', twice: 6 },
    { i: 2, id: 'a', twice: 6 },
  ])
})

test('an exchange writes bare bytes, and what is behind it reads them', async () => {
  const { pipeline } = await made(`
  some.selectKey((o) => o.id).repartition({ name: 'by-id' }).map((o, ctx) => [ctx.key, o.amount]).to(out('after'))`)
  const { internalTopics, subTopologies } = pipeline.manifest
  expect(internalTopics.map((each) => each.topic)).toEqual(['made-by-id-repartition'])
  expect(subTopologies).toHaveLength(2)
  const first = run(pipeline, [record(order)])
  const [moved] = first.written
  expect(moved?.topic).toBe('made-by-id-repartition')
  const second = run(pipeline, [{ key: moved?.key ?? null, value: moved?.value ?? null }], { subTopology: 1 })
  expect(outputs(second)).toEqual([{ topic: 'after', key: 'a', value: ['a', 12] }])
})
