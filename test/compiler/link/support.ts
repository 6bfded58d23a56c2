/** Projects in temporary folders, and linked modules run as programs of their own. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { addMapping, GenMapping, toEncodedMap } from '@jridgewell/gen-mapping'
import type { PassResult } from '../../../compiler/diagnostics/diagnostic.js'
import { authorModules } from '../../../compiler/frontend/author-modules.js'
import { load } from '../../../compiler/frontend/load.js'
import type { AuthorModule } from '../../../compiler/ir/author-module.js'
import type { GeneratedModule } from '../../../compiler/ir/generated-module.js'
import type { Span } from '../../../compiler/ir/span.js'
import { link, type LinkedPipeline } from '../../../compiler/link/link.js'
import { writeOutputs } from '../../../compiler/link/write-outputs.js'

const repository = fileURLToPath(new URL('../../..', import.meta.url))

export class TestProject {
  readonly root: string

  /** `files`: by path relative to the project. */
  constructor(readonly files: Readonly<Record<string, string>>) {
    const cache = path.join(repository, '.millrace')
    mkdirSync(cache, { recursive: true })
    this.root = mkdtempSync(path.join(cache, 'link-'))
    for (const [name, text] of Object.entries({ ...surroundings, ...this.files })) this.write(name, text)
  }

  write(name: string, text: string): void {
    const file = path.join(this.root, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, text)
  }

  symlink(target: string, name: string): void {
    symlinkSync(path.join(this.root, target), path.join(this.root, name))
  }

  path(name: string): string {
    return path.join(this.root, name)
  }

  /** The front end's view of the modules that the file leads to. */
  modules(file: string): readonly AuthorModule[] {
    const { value, diagnostics } = load({ root: this.root, files: [file] })
    // Types of Node are left out, which is quicker: what TypeScript says is no matter of these tests.
    if (value === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
    return authorModules(value)
  }

  /** Place of a text in one of the project's files. */
  span(file: string, text: string): Span {
    const whole = this.files[file] ?? ''
    const start = whole.indexOf(text)
    if (start < 0) throw new Error(`${file} does not contain ${text}`)
    const before = whole.slice(0, start).split('\n')
    return { file, start, end: start + text.length, line: before.length, column: (before.at(-1) ?? '').length + 1 }
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}

/** Stubs in place of `millrace`, so that linked modules run without Kafka. */
const surroundings = {
  'package.json': '{"type":"module"}',
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      target: 'ES2023',
      lib: ['ES2023'],
      module: 'ESNext',
      moduleResolution: 'bundler',
      resolveJsonModule: true,
      types: [],
    },
  }),
  'node_modules/millrace/package.json': JSON.stringify({
    name: 'millrace',
    type: 'module',
    exports: { '.': './dsl.js', './runtime': './runtime.js' },
  }),
  'node_modules/millrace/runtime.js':
    'export const helper = (value) => value\nexport const runIfMain = (url) => globalThis.started?.(url)\n',
  'node_modules/millrace/dsl.js': 'throw new Error("the DSL is loaded at run time")\n',
}

/** Generated text with the author's places: pieces are texts, or texts with the place that they stand for. */
export function generated(
  pieces: readonly (string | readonly [text: string, span: Span])[],
  others: Partial<GeneratedModule> = {},
): GeneratedModule {
  const map = new GenMapping()
  let code = ''
  for (const piece of pieces) {
    const [text, span] = typeof piece === 'string' ? [piece, undefined] : piece
    const lines = code.split('\n')
    if (span !== undefined) {
      addMapping(map, {
        generated: { line: lines.length, column: lines.at(-1)?.length ?? 0 },
        source: span.file,
        original: { line: span.line, column: span.column - 1 },
      })
    }
    code += text
  }
  return { code, map: JSON.stringify(toEncodedMap(map)), imports: [], factories: [], ...others }
}

export const manifest = { compiler: '0.0.0', sourceHash: 'sha256:0', pipeline: 'test' }

export async function linked(
  project: TestProject,
  file: string,
  module: GeneratedModule,
): Promise<PassResult<LinkedPipeline>> {
  return link({
    root: project.root,
    outDir: project.path('generated'),
    pipeline: 'test',
    file,
    module,
    manifest,
    authorModules: project.modules(file),
  })
}

export interface Ran {
  readonly stdout: string
  readonly stderr: string
}

/** Writes what was linked and runs a program that imports it as `module`. */
export async function run(project: TestProject, file: string, module: GeneratedModule, program: string): Promise<Ran> {
  const { value, diagnostics } = await linked(project, file, module)
  if (value === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  await writeOutputs(project.path('generated'), [value])
  project.write('program.mjs', `const module = await import('./generated/test.js')\n${program}\n`)
  return new Promise((resolve) => {
    const args = ['--enable-source-maps', 'program.mjs']
    execFile(process.execPath, args, { cwd: project.root }, (_, stdout, stderr) => resolve({ stdout, stderr }))
  })
}
