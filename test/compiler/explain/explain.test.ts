/** Goldens of two fixtures, and what holds for all of them. */
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { compile, type CompiledPipeline } from '../../../compiler/compile.js'
import { explain, explainLevels, type ExplainLevel } from '../../../compiler/explain/index.js'

/** The first test compiles all fixtures. */
vi.setConfig({ testTimeout: 60_000 })

const root = path.resolve('test/fixtures/pipelines')

let compiled: Promise<ReadonlyMap<string, CompiledPipeline>> | undefined

async function fixture(name: string): Promise<CompiledPipeline> {
  compiled ??= compileAll()
  const pipeline = (await compiled).get(name)
  if (pipeline === undefined) throw new Error(`no fixture is called ${name}`)
  return pipeline
}

async function compileAll(): Promise<ReadonlyMap<string, CompiledPipeline>> {
  const files = readdirSync(root).map((folder) => `${folder}/pipeline.ts`)
  const { pipelines } = await compile({ root, files, outDir: path.join(root, 'generated') })
  return new Map(pipelines.map((pipeline) => [pipeline.name, pipeline]))
}

/** Levels whose text does not change with each improvement of the code generator. */
const stable: readonly ExplainLevel[] = ['resolved', 'optimized', 'demand', 'topology', 'lambdas']

describe.each(['branches', 'rekey'])('%s', (name) => {
  test('as text', async () => {
    const pipeline = await fixture(name)
    const texts = stable.map((level) => explain(pipeline, { format: 'text', level }))
    await expect(texts.join('\n')).toMatchFileSnapshot(`goldens/${name}.txt`)
  })

  test('as Mermaid', async () => {
    const pipeline = await fixture(name)
    const levels = ['logical', 'topology'] as const
    const charts = levels.map((level) => explain(pipeline, { format: 'mermaid', level }))
    await expect(charts.join('\n')).toMatchFileSnapshot(`goldens/${name}.mmd`)
  })
})

test('the middle representation', async () => {
  const text = explain(await fixture('words'), { format: 'text', level: 'mir' })
  expect(text).toContain('sub-topology 0, input 0 {')
  expect(text).toContain('if (value.length > 0) {')
  expect(text).toMatch(/emit to sink 0: key key, value /)
})

test('where the code lies', async () => {
  const pipeline = await fixture('rekey')
  const text = explain(pipeline, { format: 'text', level: 'code' })
  const places = [...text.matchAll(/sub-topology (\d), topic (\S+): rekey\.js:(\d+)-(\d+) /g)]
  expect(places.map(([, sub, topic]) => [sub, topic])).toEqual([
    ['0', 'clicks'],
    ['1', 'rekey-by-user-repartition'],
  ])
  const code = pipeline.files.find((file) => file.path === 'rekey.js')?.text.split('\n') ?? []
  for (const [, , , first, last] of places) {
    expect(code[Number(first) - 1]).toMatch(/^\s*process0\(/)
    expect(code[Number(last) - 1]).toMatch(/^\s*}$/)
  }
})

test('a lambda that is called as it is says why', async () => {
  const text = explain(await fixture('flatten'), { format: 'text', level: 'lambdas' })
  expect(text).toMatch(/called as it is: .*generator.* \(flat-map\/pipeline\.ts:\d+:\d+\)/)
})

test.each(explainLevels)('%s of every fixture, in every format', async (level) => {
  await fixture('words')
  for (const pipeline of (await compiled)?.values() ?? []) {
    const text = explain(pipeline, { format: 'text', level })
    expect(text.split('\n').length).toBeGreaterThan(4)
    expect(text).not.toMatch(/\[object|undefined:|\?\?\?/)
    const json: unknown = JSON.parse(explain(pipeline, { format: 'json', level }))
    expect(json).toMatchObject({ pipeline: pipeline.name })
    expect(json).toHaveProperty(level)
    expect(explain(pipeline, { format: 'mermaid', level })).toMatch(/^flowchart LR\n/)
    expect(text + JSON.stringify(json)).not.toContain(root)
  }
})

test('without a level, what concerns authors', async () => {
  const text = explain(await fixture('words'), { format: 'text' })
  for (const title of ['Operators with types', 'Optimised', 'What is read', 'Topology', 'Lambdas', 'Generated code']) {
    expect(text).toContain(`\n${title}\n`)
  }
  expect(text).not.toContain('\nMIR\n')
})
