/** `node --enable-source-maps` names the author's places for whatever throws in a compiled pipeline. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { build } from 'esbuild'
import { expect, test, vi } from 'vitest'
import { compile } from '../../../compiler/compile.js'
import { writeOutputs } from '../../../compiler/link/write-outputs.js'
import { TestProject } from './support.js'

vi.setConfig({ testTimeout: 120_000 })

const files = {
  'src/pipeline.ts': `import { json, pipeline, string, topic } from 'millrace'
import { size } from './size.js'

interface Item {
  readonly kind: string
  readonly inner: { readonly text: string }
}

export const places = pipeline('places', (p) => {
  const items = p.stream(topic('items', { key: string(), value: json<Item>() }))
  const limits = [1, 2, 3]
  const strict = (item: Item): boolean => {
    if (item.kind === 'captured') throw new Error('captured')
    return true
  }
  items
    .filter((item) =>
      item.kind !== 'member' || item.inner.text.length > 0)
    .filter(strict)
    .map((item) => {
      if (item.kind === 'fused') {
        throw new Error(\`fused \${item.kind}\`)
      }
      return { kind: item.kind, size: size(item.kind) }
    })
    .flatMap(function* (sized) {
      for (const limit of limits) {
        if (sized.kind === 'generator') throw new Error('generator')
        yield sized.size + limit
      }
    })
    .to(topic('sizes', { key: string(), value: json<number>() }))
})
`,
  'src/size.ts': `const known = new Map<string, number>()

export function size(kind: string): number {
  const n = known.get(kind) ?? kind.length
  known.set(kind, n)
  if (kind === 'linked') throw check(kind)
  return n
}

function check(kind: string): Error {
  return new RangeError(kind)
}
`,
}

/** Line of a text in one of the files. */
function line(file: keyof typeof files, text: string): number {
  return files[file].slice(0, files[file].indexOf(text)).split('\n').length
}

test('fused lambdas, captured and linked functions, functions that are called as they are', async () => {
  const project = new TestProject(files)
  try {
    for (const [entry, outfile] of [
      ['runtime/index.ts', 'node_modules/millrace/runtime.js'],
      ['test/compiler/link/stack-program.ts', 'program.js'],
    ] as const) {
      await build({
        entryPoints: [entry],
        outfile: project.path(outfile),
        bundle: true,
        format: 'esm',
        platform: 'node',
        packages: 'external',
      })
    }
    const outDir = project.path('generated')
    const { pipelines, diagnostics } = await compile({ root: project.root, files: ['src/pipeline.ts'], outDir })
    expect(diagnostics.filter(({ severity }) => severity === 'error' || severity === 'internal')).toEqual([])
    await writeOutputs(outDir, pipelines)
    const kinds = ['fused', 'captured', 'member', 'linked', 'generator', 'fine']
    const stdout = await program(project.root, [
      './generated/places.js',
      ...kinds.map((kind) => JSON.stringify({ kind })),
    ])
    const told = stdout.replaceAll(/\{"kind":"(\w+)"\}/g, '$1')
    const author = path.posix.join('src', 'pipeline.ts')
    expect(
      told
        .trim()
        .split('\n')
        .map((text) =>
          text
            .replace(/(:\d+):\d+/g, '$1')
            .split(' | ')
            .slice(0, 2),
        ),
    ).toEqual([
      ['fused: Error: fused fused', `${author}:${line('src/pipeline.ts', 'throw new Error(`fused')}`],
      ['captured: Error: captured', `${author}:${line('src/pipeline.ts', "throw new Error('captured')")}`],
      [
        "member: TypeError: Cannot read properties of undefined (reading 'text')",
        `${author}:${line('src/pipeline.ts', 'item.inner.text')}`,
      ],
      ['linked: RangeError: linked', `src/size.ts:${line('src/size.ts', 'new RangeError')}`],
      ['generator: Error: generator', `${author}:${line('src/pipeline.ts', "throw new Error('generator')")}`],
    ])
    expect(readFileSync(project.path('generated/places.js.map'), 'utf8')).not.toContain(project.root)
  } finally {
    project.remove()
  }
})

function program(cwd: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['--enable-source-maps', 'program.js', ...args], { cwd }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(new Error(stderr, { cause: error }))
    })
  })
}
