import { describe, expect, it } from 'vitest'
import { load } from '../../../compiler/frontend/load.js'
import { quote } from '../../../compiler/frontend/quote.js'
import { codes, frontEnd, project, told, type Project } from './project.js'

const head = `import { json, pipeline, string, topic, type Stream } from 'millrace'
export type Used = Stream<string, string>
const numbers = topic('numbers', { key: string(), value: json<number>() })
const out = topic('out', { key: string(), value: json<number>() })
`

function quoted(text: string): string {
  const made = project({ 'pipeline.ts': text })
  const source = load(made).value
  const modules = source && quote(source).value?.modules
  const [module] = [...(modules?.values() ?? [])]
  return (module?.code ?? '')
    .replace(/\n\/\/# sourceMappingURL.*/s, '')
    .replace(/import \{ callSite.*?pipeline\.ts";/s, '')
}

describe('quote', () => {
  it('inserts, and changes nothing', () => {
    const text = `${head}export const a = pipeline('a', (p) => {
  const limit = 3
  p.stream(numbers).filter((n) => n > limit,).to(out)
})
`
    expect(quoted(text)).toBe(
      [
        `import { json, pipeline, string, topic, type Stream } from 'millrace'`,
        `export type Used = Stream<string, string>`,
        `const numbers = topic('numbers', { key: string(__mr_s(0)), value: json<number>(__mr_s(1)) }, __mr_s(2))`,
        `const out = topic('out', { key: string(__mr_s(3)), value: json<number>(__mr_s(4)) }, __mr_s(5))`,
        `export const a = pipeline('a', __mr_l(10, (p) => {`,
        `  const limit = 3`,
        `  p.stream(numbers, __mr_s(6)).filter(__mr_l(7, (n) => n > limit, () => ({ get limit() { return limit } })),__mr_s(8)).to(out, __mr_s(9))`,
        `}), __mr_s(11))`,
        ``,
      ].join('\n'),
    )
  })

  it('asks no types where the DSL is not in use', () => {
    expect(quoted(`export const f = (n: number): number => [n].map((m) => m + 1).length\n`)).toBe(
      `export const f = __mr_l(1, (n: number): number => [n].map(__mr_l(0, (m) => m + 1, () => ({ get m() { return m } }))).length)\n`.replace(
        ', () => ({ get m() { return m } })',
        '',
      ),
    )
  })

  it('leaves optional chains, tagged templates, decorators and types alone', () => {
    const text = `${head}class Box { constructor(readonly s: Stream<string, number>) {}
  keep<T>(f: (v: number) => T): this { void f; return this } }
export const a = pipeline('a', (p) => {
  const box: Box | undefined = new Box(p.stream(numbers))
  const kept = box?.keep((v) => v)?.keep<number>((v) => v).s
  const tagged = String.raw\`a\${1}\`
  kept?.to(out, { name: tagged })
})
`
    const code = quoted(text)
    expect(code).toContain('box?.keep(__mr_l(')
    expect(code).not.toContain('__mr_a(')
  })
})

describe('ways in which functions reach operators', () => {
  const lambdas = async (made: Project): Promise<readonly string[]> => {
    const { plans, diagnostics } = await frontEnd(made)
    expect(diagnostics).toEqual([])
    return plans.flatMap((plan) => plan.lambdas.map(({ id }) => plan.bodies.get(id)?.text ?? 'none'))
  }

  it('methods, factories, arrays, conditionals, declarations, reassigned variables', async () => {
    const made = project({
      'pipeline.ts': `${head}
const rules = { positive(n: number): boolean { return n > 0 }, small: (n: number): boolean => n < 9 }
const over = (limit: number) => (n: number): boolean => n > limit
function odd(n: number): boolean { return n % 2 === 1 }
export const a = pipeline('a', (p) => {
  function even(n: number): boolean { return !odd(n) }
  const chosen = rules.small(3) ? even : odd
  let last = over(1)
  last = over(2)
  const list = [rules.positive, rules.small, over(5), chosen, last]
  let s = p.stream(numbers)
  for (const f of list) s = s.filter(f)
  s.to(out)
})
`,
    })
    expect(await lambdas(made)).toEqual([
      '({ positive(n: number): boolean { return n > 0 } })["positive"]',
      '(n: number): boolean => n < 9',
      '(n: number): boolean => n > limit',
      'function even(n: number): boolean { return !odd(n) }',
      '(n: number): boolean => n > limit',
    ])
  })

  it('a helper file that mentions no DSL type by name', async () => {
    const made = project({
      'base.ts': `import { json, pipeline, string, topic, type PipelineBuilder } from 'millrace'
export { pipeline }
export const numbers = topic('numbers', { key: string(), value: json<number>() })
export const read = (p: PipelineBuilder) => p.stream(numbers)
`,
      'pipeline.ts': `import { numbers, pipeline, read } from './base.js'
export const a = pipeline('a', (p) => { read(p).map((n) => n + 1).to(numbers) })
`,
    })
    const { plans, diagnostics } = await frontEnd(made)
    expect(diagnostics).toEqual([])
    expect(plans[0]?.edges.get(1)?.value).toEqual({ kind: 'number', brand: undefined })
    expect(plans[0]?.nodes[1]?.span).toMatchObject({ file: 'pipeline.ts', line: 2, column: 49 })
  })

  it('default exports, exports under another name, re-exports', async () => {
    const one = (name: string) => `pipeline('${name}', (p) => { p.stream(numbers).to(out) })`
    const { staged, diagnostics } = await frontEnd(
      project({
        'pipeline.ts': `${head}export default ${one('first')}\nconst hidden = ${one('second')}\nexport { hidden as shown, hidden as again }\nexport * from './more.js'\n`,
        'more.ts': `${head}export const third = ${one('third')}\nvoid ${one('hidden')}\n`,
      }),
    )
    expect(codes(diagnostics)).toEqual([])
    expect(staged.map(({ plan }) => [plan.name, plan.exportName, plan.file])).toEqual([
      ['first', 'default', 'pipeline.ts'],
      ['second', 'again', 'pipeline.ts'],
      ['third', 'third', 'pipeline.ts'],
    ])
  })

  it('packages: loaded, not bundled; their functions are linked', async () => {
    const made = project({
      'node_modules/tools/package.json': `{ "name": "tools", "type": "module", "exports": { ".": { "types": "./index.d.ts", "default": "./index.js" } } }`,
      'node_modules/tools/index.js': `export const twice = (n) => n * 2\nexport const factor = 3\nexport default (n) => n\n`,
      'node_modules/tools/index.d.ts': `export declare const twice: (n: number) => number\nexport declare const factor: number\ndeclare const same: (n: number) => number\nexport default same\nexport interface Shape { n: number }\n`,
      'pipeline.ts': `${head}import same, { factor, twice, type Shape } from 'tools'
export type S = Shape
export const a = pipeline('a', (p) => {
  const f = twice
  const start = factor
  p.stream(numbers).map((n) => f(n) + start + same(n)).to(out)
})
`,
    })
    const { staged, diagnostics } = await frontEnd(made)
    expect(diagnostics).toEqual([])
    expect(Object.fromEntries(staged[0]?.plan.lambdas[0]?.captures ?? [])).toEqual({
      f: { kind: 'import', module: 'tools', name: 'twice' },
      start: { kind: 'primitive', value: 3 },
    })
    const direct = await frontEnd(
      project({
        'node_modules/tools/package.json': `{ "name": "tools", "main": "index.js" }`,
        'node_modules/tools/index.js': `exports.twice = (n) => n * 2`,
        'node_modules/tools/index.d.ts': `export declare const twice: (n: number) => number`,
        'pipeline.ts': `${head}import { twice } from 'tools'\nexport const a = pipeline('a', (p) => { p.stream(numbers).map(twice).to(out) })\n`,
      }),
    )
    expect(told(direct.diagnostics)).toEqual([`MR2002 6:63 the source of a function is not visible to the compiler`])
  })
})
