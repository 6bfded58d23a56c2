import { describe, expect, it } from 'vitest'
import {
  avro,
  bytes,
  deadLetter,
  json,
  nullable,
  otherwise,
  pipeline,
  PipelineError,
  string,
  topic,
  type PipelineBuilder,
  type Stream,
} from '../../dsl/index.js'
import { CallSite } from '../../dsl/model/call-site.js'
import type { PipelineGraph } from '../../dsl/model/graph.js'
import { recordGraph } from '../../dsl/record-graph.js'

const words = topic('words', { value: string() })

function graph(build: (p: PipelineBuilder) => void): PipelineGraph {
  return recordGraph(pipeline('test', build))
}

/** Code and message of what a builder throws. */
function problem(build: (p: PipelineBuilder) => void): string {
  return thrown(() => graph(build))
}

function thrown(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof PipelineError) return `${error.code} ${error.message}`
    throw error
  }
  return 'nothing'
}

describe('recordGraph', () => {
  it('lists operators in the order of their calls', () => {
    const predicate = (v: string) => v !== ''
    const mapper = (v: string) => v.length
    const { nodes, ...rest } = graph((p) => {
      const kept = p.stream(words).filter(predicate, { name: 'kept', onError: 'skip' })
      const { long, short } = kept.map(mapper).split({ long: (n) => n > 3, short: otherwise })
      long.merge(short).to(topic('lengths', { value: json<number>() }))
    })
    expect(rest).toEqual({ name: 'test', applicationId: 'test', onError: { kind: 'fail' } })
    expect(nodes.map(({ id, kind }) => [id, kind])).toEqual([
      [0, 'source'],
      [1, 'filter'],
      [2, 'map'],
      [3, 'split'],
      [4, 'branch'],
      [5, 'branch'],
      [6, 'merge'],
      [7, 'to'],
    ])
    expect(nodes[1]).toEqual({
      id: 1,
      kind: 'filter',
      input: 0,
      predicate,
      negated: false,
      name: 'kept',
      onError: { kind: 'skip' },
      site: undefined,
    })
    expect(nodes[6]).toMatchObject({ inputs: [4, 5] })
  })

  it('keeps what topics and pipelines say', () => {
    const made = pipeline('p', { id: 'app', onError: deadLetter('dead') }, (p) => {
      const timestamp = (): number => 1
      p.stream(topic('a', { key: nullable(bytes()), value: avro<number>({ subject: 's' }), timestamp })).to(() => 'b', {
        like: topic('c', { key: nullable(bytes()), value: avro<number>() }),
        headers: () => ({}),
      })
    })
    const { applicationId, onError, nodes } = recordGraph(made)
    expect([applicationId, onError]).toEqual(['app', { kind: 'dead-letter', topic: 'dead' }])
    expect(nodes[0]).toMatchObject({
      topic: { key: { kind: 'nullable', inner: { kind: 'bytes' } }, value: { kind: 'avro', subject: 's' } },
    })
    expect(nodes[1]).toMatchObject({
      target: { kind: 'chosen', like: { name: 'c', value: { kind: 'avro', subject: undefined } } },
    })
  })

  it('takes call sites from the end of the arguments', () => {
    const site = new CallSite(7, [1])
    const { nodes } = graph((p) => {
      const stream = p.stream(words)
      const filter: unknown = Reflect.get(stream, 'filter')
      if (typeof filter === 'function') Reflect.apply(filter, stream, [() => true, site])
    })
    expect(nodes[1]?.site).toBe(site)
  })

  it('gives an equal graph each time', () => {
    const made = pipeline('p', (p) => p.stream(words).print())
    expect(recordGraph(made)).toEqual(recordGraph(made))
  })
})

describe('builders that are wrong', () => {
  it('use streams where they do not belong', () => {
    let kept: Stream<string | null, string> | undefined
    graph((p) => {
      kept = p.stream(words)
    })
    expect(thrown(() => kept?.print())).toBe("MR1204 `print` is called after the builder of 'test' has ended")
    const other = pipeline('other', (p) => {
      const mine = p.stream(words)
      recordGraph(pipeline('inner', (q) => void q.stream(words).merge(mine).print()))
    })
    expect(thrown(() => recordGraph(other))).toBe("MR1205 a stream of pipeline 'other' is used in pipeline 'inner'")
    expect(problem((p) => p.stream(words).merge({} as Stream<string, string>))).toBe('MR1211 `merge` needs a stream')
    expect(problem((p) => p.stream(words).merge())).toBe('MR1211 `merge` needs at least one other stream')
  })

  it('split wrongly', () => {
    expect(problem((p) => p.stream(words).split({}))).toBe('MR1208 `split` has no branches')
    expect(problem((p) => p.stream(words).split({ 1: () => true }))).toBe("MR1208 '1' cannot name a branch of `split`")
    expect(problem((p) => p.stream(words).split({ a: otherwise, b: otherwise }))).toBe(
      "MR1208 branch 'b' is a second `otherwise`",
    )
    expect(problem((p) => p.stream(words).split({ a: undefined as never }))).toBe("MR1208 branch 'a' has no predicate")
  })

  it.each(['', 'no spaces', '.', '..', 'ä', 'x'.repeat(250)])('name a topic %j', (name) => {
    expect(thrown(() => topic(name, { value: string() }))).toMatch(/^MR1209 .* is not a name for a topic$/)
  })

  it('name things wrongly', () => {
    expect(thrown(() => pipeline('a b', () => undefined))).toBe('MR1209 "a b" is not a name for this pipeline')
    expect(thrown(() => pipeline('a', { id: '' }, () => undefined))).toBe(
      'MR1209 "" is not a name for this application',
    )
    expect(
      problem((p) =>
        p
          .stream(words)
          .filter(() => true, { name: 'x' })
          .map((v) => v, { name: 'x' }),
      ),
    ).toBe("MR1212 two operators of 'test' are named 'x'")
    expect(problem((p) => p.stream(words).repartition({ name: 'a/b' }))).toBe(
      'MR1209 "a/b" is not a name for this operator',
    )
  })

  it('give arguments of the wrong kind', () => {
    expect(problem((p) => p.stream('words' as never))).toBe('MR1211 `stream` needs a topic')
    expect(problem((p) => p.stream(words).filter(undefined as never))).toBe(
      'MR1211 `filter` needs a function as its predicate, not undefined',
    )
    expect(problem((p) => p.stream(words).map((v) => v, 3 as never))).toBe(
      'MR1211 `map` takes an object of options, not a number',
    )
    expect(problem((p) => p.stream(words).repartition({ partitions: 0 }))).toMatch(/^MR1211 `partitions`/)
    expect(problem((p) => p.stream(words).toTable({ store: 'tape' as never }))).toBe(
      "MR1211 `store` is neither 'memory' nor 'disk'",
    )
    expect(problem((p) => p.stream(words).to(null as never))).toMatch(/^MR1211 `to` needs a function/)
    expect(problem((p) => p.stream(words).to((() => 'x') as never))).toMatch(/^MR1211 a chosen topic needs `like`/)
    expect(problem((p) => p.stream(words).map((v) => v, { onError: 'retry' as never }))).toMatch(/^MR1211 `onError`/)
    expect(thrown(() => topic('a', { value: {} as never }))).toBe('MR1211 `value` of `topic` is not a serde')
    expect(thrown(() => recordGraph({ name: 'x' }))).toMatch(/^MR1211 this is not a pipeline/)
  })

  it('are asynchronous', () => {
    const build = (): void => Reflect.apply(() => Promise.resolve(), undefined, []) as unknown as void
    expect(problem(build)).toBe("MR1214 the builder of 'test' is asynchronous")
  })
})
