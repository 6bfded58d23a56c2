import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { load, Session } from '../../../compiler/frontend/load.js'
import { quote } from '../../../compiler/frontend/quote.js'
import { stage } from '../../../compiler/frontend/stage.js'
import { project, told, type Project } from './project.js'

const minimal = `import { pipeline, string, topic } from 'millrace'
export const a = pipeline('a', (p) => { p.stream(topic('in', { value: string() })).print() })
`

function tsconfig(compilerOptions: Readonly<Record<string, unknown>>): Project {
  return project({ 'tsconfig.json': JSON.stringify({ compilerOptions }), 'pipeline.ts': minimal })
}

function codes(options: Project): readonly string[] {
  return load(options).diagnostics.map(({ code }) => code)
}

describe('tsconfig', () => {
  it('is not needed', () => {
    const made = project({ 'pipeline.ts': minimal })
    fs.rmSync(path.join(made.root, 'tsconfig.json'))
    expect(codes(made)).toEqual([])
  })

  it('may have options that TypeScript 6 calls deprecated', () => {
    const old = { module: 'commonjs', moduleResolution: 'node', target: 'ES5', esModuleInterop: false, baseUrl: '.' }
    expect(codes(tsconfig({ ...old, lib: ['ES2023'], strict: true, downlevelIteration: true }))).toEqual([])
  })

  it('may have options and targets that are newer than the compiler: a warning', () => {
    expect(codes(tsconfig({ strictestPossible: true, lib: ['ES2023'] }))).toEqual(['MR9001'])
    expect(codes(tsconfig({ target: 'es2099', strict: true }))).toEqual(['MR9001'])
    expect(codes(tsconfig({ lib: ['es2099'], strict: true }))).toEqual(['MR9001'])
  })

  it('may be meant for an emitting build', () => {
    const emitting = { composite: true, declaration: true, outDir: 'dist', rootDir: 'src', incremental: true }
    expect(codes(tsconfig({ ...emitting, lib: ['ES2023'], strict: true }))).toEqual([])
  })

  it('may be another one than the nearest: its paths are followed', async () => {
    const made = project({
      'pipelines.json': JSON.stringify({
        compilerOptions: { strict: true, lib: ['ES2023'], paths: { '#lib/*': ['./lib/*'] } },
      }),
      'lib/label.ts': `export const label = 'from lib'\n`,
      'pipeline.ts': `import { label } from '#lib/label'\n${minimal.replace('print()', 'print(label)')}`,
    })
    const { value, diagnostics } = load({ ...made, tsconfig: path.join(made.root, 'pipelines.json') })
    expect(diagnostics).toEqual([])
    const quoted = value && quote(value).value
    const staged = quoted && (await stage(quoted))
    expect(staged?.diagnostics).toEqual([])
    expect(staged?.value?.pipelines[0]?.plan.nodes[1]).toMatchObject({ printLabel: 'from lib' })
  })

  it('is wrong: nothing is loaded', () => {
    const broken = load(
      project({ 'tsconfig.json': '{ "compilerOptions": { "strict": tru } }', 'pipeline.ts': minimal }),
    )
    expect(broken.value).toBeUndefined()
    expect(told(broken.diagnostics)).toEqual([expect.stringMatching(/^MR1102 - tsconfig.json: Property value/)])
  })
})

describe('what is loaded', () => {
  it('is what the entries lead to, and ambient declarations of the project', () => {
    const { value, diagnostics } = load(
      project({
        'pipeline.ts': `import './used.js'\n${minimal}export const level: Level = LEVEL\n`,
        'used.ts': `export * from './deep.js'\n`,
        'deep.ts': `export const deep = 1\n`,
        'unused.ts': `const wrong: number = 'x'\n`,
        'globals.d.ts': `type Level = 1\ndeclare const LEVEL: 1\n`,
      }),
    )
    expect(diagnostics).toEqual([])
    expect(value?.modules.map(({ fileName }) => path.basename(fileName))).toEqual(['pipeline.ts', 'used.ts', 'deep.ts'])
  })
})

describe('Session', () => {
  it('reads changed files again', async () => {
    const made = project({
      'pipeline.ts': minimal.replace('print()', 'print(label)').replace('\n', "\nimport { label } from './label.js'\n"),
      'label.ts': `export const label = 'first'\n`,
    })
    const session = new Session(made)
    const label = async (): Promise<unknown> => {
      const { value, diagnostics } = session.load()
      expect(diagnostics).toEqual([])
      const quoted = value && quote(value).value
      const staged = quoted && (await stage(quoted))
      const node = staged?.value?.pipelines[0]?.plan.nodes[1]
      return node?.kind === 'print' ? node.printLabel : undefined
    }
    expect(await label()).toBe('first')
    fs.writeFileSync(path.join(made.root, 'label.ts'), `export const label = 'second'\n`)
    session.update(['label.ts'])
    expect(await label()).toBe('second')
    fs.writeFileSync(path.join(made.root, 'label.ts'), `export const label = 2\n`)
    session.update([path.join(made.root, 'label.ts')])
    expect(session.load().diagnostics.map(({ code }) => code)).toEqual(['TS2345'])
  })
})
