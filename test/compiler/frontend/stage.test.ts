import { describe, expect, it } from 'vitest'
import { builder, codes, fixtures, frontEnd, pipelineText, project, told } from './project.js'

describe('a builder that is wrong', () => {
  it('throws: the author’s line is named, with its callers', async () => {
    const { diagnostics, plans } = await frontEnd(
      builder(
        `  check(1)\n  p.stream(orders).to(out)`,
        `function check(n: number): void {\n  if (n > 0) throw new Error('no ' + n)\n}`,
      ),
    )
    expect(told(diagnostics)).toEqual([`MR1201 3:20 the builder of 'made' threw: no 1`])
    expect(diagnostics[0]?.related.map(({ span }) => span.line)).toEqual([10])
    expect(plans).toEqual([])
  })

  it('does not end: it is stopped', async () => {
    const { diagnostics } = await frontEnd(builder(`  for (;;) p.stream(orders)`), { timeout: 700 })
    expect(told(diagnostics)).toEqual([`MR1202 7:21 the builder of 'made' did not end within 700 ms`])
  })

  it('depends on time or chance: the second run shows it', async () => {
    const time = await frontEnd(
      builder(`  const now = Date.now()\n  p.stream(orders).filter((o) => o.amount > now).to(out)`),
    )
    expect(told(time.diagnostics)).toEqual([
      `MR1203 9:27 two runs of the builder of 'made' gave different results: a lambda captured other values`,
    ])
    const chance = await frontEnd(
      builder(`  p.stream(topic('t' + Math.random(), { key: string(), value: json<Order>() })).to(out)`),
    )
    expect(codes(chance.diagnostics)).toEqual(['MR1203'])
    const day = await frontEnd(
      builder(
        `  if (new Date().getFullYear() > 2000) p.stream(orders).filter(() => true).to(topic('y' + new Date().getUTCDate(), { value: json<Order>() }))`,
      ),
    )
    expect(codes(day.diagnostics)).toEqual(['MR1203'])
  })

  it('uses the network or starts a process', async () => {
    const { diagnostics } = await frontEnd(
      builder(
        `  try { connect(1, '127.0.0.1') } catch {}\n  try { void fetch('http://127.0.0.1:1/') } catch {}\n  try { execFileSync('true') } catch {}\n  p.stream(orders).to(out)`,
        `import { connect } from 'node:net'; import { execFileSync } from 'node:child_process'; declare function fetch(u: string): Promise<unknown>`,
      ),
    )
    expect(told(diagnostics)).toEqual([
      'MR1213 8:9 net.connect is used while the pipeline is built',
      'MR1213 9:14 fetch is used while the pipeline is built',
      'MR1213 10:9 child_process.execFileSync is used while the pipeline is built',
    ])
  })

  it('fails by the network: it is told once', async () => {
    const { diagnostics } = await frontEnd(builder(`  connect(1)`, `import { connect } from 'node:net'`))
    expect(told(diagnostics).map((each) => each.slice(0, 6))).toEqual(['MR1213'])
  })

  it('reads the environment', async () => {
    const { diagnostics } = await frontEnd(
      builder(
        `  const name = process.env['OUT'] ?? 'out'\n  p.stream(orders).to(topic(name, { key: string(), value: json<Order>() }))`,
        `declare const process: { env: Record<string, string | undefined> }`,
      ),
    )
    expect(told(diagnostics)).toEqual([`MR1215 8:24 the builder reads the environment variable OUT`])
  })

  it('asks for what is not compiled yet', async () => {
    const text = pipelineText(`  p.stream(orders).to(out)\n  p.table(orders).toStream().to(out)`)
    const { diagnostics } = await frontEnd(project({ 'pipeline.ts': text }))
    expect(codes(diagnostics)).toEqual(['MR1218'])
  })

  it('is asynchronous', async () => {
    const { diagnostics } = await frontEnd(
      project({
        'pipeline.ts': `import { pipeline } from 'millrace'\nexport const a = pipeline('a', async () => {})\n`,
      }),
    )
    expect(codes(diagnostics)).toEqual(['MR1214'])
  })

  it('uses a stream of another pipeline, or one after its end', async () => {
    const text = pipelineText(
      `  first = p.stream(orders)\n  first.to(out)`,
      `let first: Stream<string, Order> | undefined`,
    )
    const { diagnostics } = await frontEnd(
      project({
        'pipeline.ts': `${text}export const other = pipeline('other', (p) => { p.stream(orders).merge(first!).to(out) })
export const late = pipeline('late', () => { first!.to(out) })\n`,
      }),
    )
    expect(told(diagnostics)).toEqual([
      `MR1205 12:66 a stream of pipeline 'made' is used in pipeline 'other'`,
      "MR1204 13:53 `to` is called after the builder of 'made' has ended",
    ])
  })

  it('names things wrongly', async () => {
    const { diagnostics } = await frontEnd(
      project({
        'pipeline.ts': [
          `import { otherwise, pipeline, string, topic } from 'millrace'`,
          `const source = topic('in', { value: string() })`,
          `export const a = pipeline('a', (p) => { p.stream(topic('no spaces', { value: string() })) })`,
          `export const b = pipeline('b', (p) => { p.stream(source).split({ 1: (v) => v > 'a', x: otherwise }) })`,
          `export const c = pipeline('c', (p) => { p.stream(source).split({ x: otherwise, y: otherwise }) })`,
          `export const d = pipeline('d', (p) => { p.stream(source).filter(() => true, { name: 'x' }).filter(() => true, { name: 'x' }).print() })`,
        ].join('\n'),
      }),
    )
    expect(told(diagnostics)).toEqual([
      'MR1209 3:50 "no spaces" is not a name for a topic',
      "MR1208 4:58 '1' cannot name a branch of `split`",
      "MR1208 5:58 branch 'y' is a second `otherwise`",
      "MR1212 6:92 two operators of 'd' are named 'x'",
    ])
  })
})

describe('modules that are wrong', () => {
  it('throw while they are loaded', async () => {
    const { diagnostics } = await frontEnd(
      project({
        'pipeline.ts': `import './broken.js'\nimport { pipeline } from 'millrace'\nexport const a = pipeline('a', () => {})\n`,
        'broken.ts': `export const x = 1\nthrow new TypeError('broken')\n`,
      }),
    )
    expect(told(diagnostics)).toEqual([`MR1216 2:7 a module threw while it was loaded: broken`])
    expect(diagnostics.find(({ code }) => code === 'MR1216')?.span?.file).toBe('broken.ts')
  })

  it('hang or end while they are loaded', async () => {
    const hanging = await frontEnd(project({ 'pipeline.ts': `for (;;);\nexport {}\n` }), { timeout: 500 })
    expect(told(hanging.diagnostics)).toEqual(['MR1202 - loading the modules did not end within 500 ms'])
    const ending = await frontEnd(
      project({ 'pipeline.ts': `declare const process: { exit(code: number): never }\nprocess.exit(3)\nexport {}\n` }),
    )
    expect(told(ending.diagnostics)).toEqual(['MR1217 - loading the modules ended: exit code 3'])
  })

  it('await at top level, import what is not there, or export no pipeline', async () => {
    const awaiting = await frontEnd(project({ 'pipeline.ts': `await Promise.resolve(1)\nexport {}\n` }))
    expect(codes(awaiting.diagnostics)).toContain('MR1103')
    const missing = await frontEnd(project({ 'pipeline.ts': `import { x } from './nowhere.js'\nexport const y = x\n` }))
    expect(codes(missing.diagnostics)).toEqual(['TS2307', 'MR1103'])
    const none = await frontEnd(project({ 'pipeline.ts': `export const x = 1\n` }))
    expect(told(none.diagnostics)).toEqual(['MR1001 1:1 pipeline.ts exports no pipeline'])
    const some = { 'a.ts': `import './b.js'\nexport const x = 1\n`, 'b.ts': `export const y = 1\n` }
    expect(told((await frontEnd(project(some, ['a.ts', 'b.ts']))).diagnostics)).toEqual([
      'MR1001 1:1 a.ts exports no pipeline',
      'MR1001 1:1 b.ts exports no pipeline',
    ])
  })

  it('are helpers of a pipeline beside them', async () => {
    const pipeline = `import { pipeline, string, topic } from 'millrace'
import { input } from './helper.js'
export const p = pipeline('p', (b) => b.stream(topic(input, { value: string() })).print())
`
    const files = { 'pipeline.ts': pipeline, 'helper.ts': `export const input = 'in'\n`, 'other.ts': 'export {}\n' }
    const { diagnostics } = await frontEnd(project(files, ['pipeline.ts', 'helper.ts', 'other.ts']))
    expect(told(diagnostics)).toEqual(['MR1001 1:1 other.ts exports no pipeline'])
  })

  it('are not there', async () => {
    const { diagnostics } = await frontEnd(project({}, ['gone.ts']))
    expect(told(diagnostics)).toEqual(['MR1101 - gone.ts cannot be read: there is no such file'])
  })

  it('give two pipelines the same name', async () => {
    const body = (name: string) =>
      `export const ${name} = pipeline('same', (p) => { p.stream(topic('a', { value: string() })).print() })`
    const { diagnostics } = await frontEnd(
      project({ 'pipeline.ts': `import { pipeline, string, topic } from 'millrace'\n${body('a')}\n${body('b')}\n` }),
    )
    expect(codes(diagnostics)).toEqual(['MR1002'])
  })
})

describe('a builder that is right', () => {
  it('is run with its output passed on, once', async () => {
    const { output, diagnostics } = await frontEnd(
      builder(
        `  console.log('building', 3)\n  p.stream(orders).to(out)`,
        `declare const console: { log(...a: unknown[]): void }`,
      ),
    )
    expect(output).toBe('building 3\n')
    expect(told(diagnostics)).toEqual([])
  })

  it('warns of streams that lead nowhere', async () => {
    const { diagnostics } = await frontEnd(
      builder(`  const lost = p.stream(orders).filter((o) => o.amount > 1)\n  void lost`),
    )
    expect(told(diagnostics)).toEqual(['MR1206 8:33 nobody uses the stream that filter-lost puts out'])
  })

  it('takes a cogroup that got one more input for used', async () => {
    const { diagnostics } = await frontEnd(
      builder(
        [
          `  const grouped = p.stream(orders).groupByKey()`,
          `  const both = grouped.cogroup(() => 0, (n, o) => n + o.amount).add(grouped, (n) => n + 1)`,
          `  both.aggregate({ name: 'both' }).toStream().print()`,
        ].join('\n'),
      ),
    )
    expect(told(diagnostics)).toEqual([])
  })

  it('may use import.meta.url, JSON and enums, and no semicolons', async () => {
    const { diagnostics, staged } = await frontEnd(
      project({
        'tsconfig.json': `{"compilerOptions": {"module": "ESNext", "moduleResolution": "bundler", "resolveJsonModule": true, "strict": true, "target": "ES2022"}}`,
        'levels.json': `{ "low": 1 }`,
        'pipeline.ts': [
          `import { json, pipeline, string, topic } from 'millrace'`,
          `import levels from './levels.json'`,
          `enum Level { Low = 3 }`,
          `export const here = import.meta.url`,
          `const list: string[] = []`,
          `export const a = pipeline('a', (p) => {`,
          `  const s = p.stream(topic('in', { key: string(), value: json<number>() }))`,
          `  const { low } = levels`,
          `  const name = here.endsWith('pipeline.ts') ? 'yes' : 'no'`,
          `  ;[1, 2].forEach((n) => s.filter((v) => v > n + low + Level.Low).to(topic(name + n, { key: string(), value: json<number>() })))`,
          `})`,
          `void list`,
        ].join('\n'),
      }),
    )
    expect(diagnostics).toEqual([])
    expect(staged[0]?.plan.nodes.map(({ label }) => label)).toEqual([
      'source-in',
      'filter-1',
      'to-yes1',
      'filter-3',
      'to-yes2',
    ])
    expect(staged[0]?.plan.lambdas.map(({ captures }) => Object.fromEntries(captures))).toEqual([
      { n: { kind: 'primitive', value: 1 }, low: { kind: 'primitive', value: 1 } },
      { n: { kind: 'primitive', value: 2 }, low: { kind: 'primitive', value: 1 } },
    ])
  })

  it('gives labels, spans and policies', async () => {
    const { staged } = await frontEnd({ root: fixtures, files: ['several/pipeline.ts'] })
    expect(
      staged.map(({ plan }) => ({
        name: plan.name,
        id: plan.applicationId,
        exported: plan.exportName,
        file: plan.file,
      })),
    ).toEqual([
      { name: 'first', id: 'app-first', exported: 'first', file: 'several/pipeline.ts' },
      { name: 'second', id: 'second', exported: 'second', file: 'several/pipeline.ts' },
    ])
    const [first, second] = staged
    expect(first?.plan.nodes.map(({ label, onError }) => [label, onError.kind])).toEqual([
      ['source-ids', 'skip'],
      ['zeroes', 'fail'],
      ['to-zero-ids', 'skip'],
    ])
    expect(second?.plan.nodes[0]?.onError).toEqual({ kind: 'dead-letter', topic: 'ids-dead' })
    const span = first?.plan.nodes[1]?.span
    expect([span?.line, span?.column]).toEqual([8, 6])
  })

  it('copies captures with their identity', async () => {
    const { staged } = await frontEnd({ root: fixtures, files: ['captures/pipeline.ts'] })
    const [filter, map] = staged[0]?.plan.lambdas ?? []
    expect(filter?.captures.get('since')).toEqual({ kind: 'date', time: 1000 })
    expect(filter?.captures.get('shape')).toEqual({ kind: 'regexp', source: '^[a-z]+$', flags: 'i' })
    expect(filter?.captures.get('names')).toMatchObject({ kind: 'set', items: [{ value: 'a' }, { value: 'b' }] })
    const scaled = map?.captures.get('scaled')
    expect(scaled?.kind).toBe('lambda')
    if (scaled?.kind !== 'lambda') return
    expect([...scaled.captures.keys()]).toEqual(['double', 'nested'])
    expect(scaled.captures.get('nested')).toBe(map?.captures.get('nested'))
  })
})
