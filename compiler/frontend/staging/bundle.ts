/** Bundles the author's quoted modules with the DSL and the staging worker into one script (esbuild, about 5 ms warm). */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping'
import { build, type BuildFailure, type Message, type Plugin } from 'esbuild'
import type { Diagnostic } from '../../diagnostics/diagnostic.js'
import { bundleFailed } from '../../diagnostics/load.js'
import { dslModule, moduleExtension } from '../load/dsl-files.js'
import { spanAt, type SourceProgram } from '../load/source-program.js'
import type { QuotedProgram } from '../quote.js'
import { moduleUrl, stagingModule } from '../quote/quote-file.js'

export interface StagedBundle {
  readonly code: string
  readonly map: TraceMap
}

const folder = path.dirname(fileURLToPath(import.meta.url))
const runtime: Readonly<Record<string, string>> = {
  [stagingModule]: path.join(folder, `registry${moduleExtension}`),
  'millrace:staging-main': path.join(folder, `worker-main${moduleExtension}`),
}

export async function bundle(quoted: QuotedProgram): Promise<StagedBundle | readonly Diagnostic[]> {
  const { source } = quoted
  try {
    const { outputFiles } = await build({
      stdin: { contents: entryText(source), resolveDir: source.root, sourcefile: 'millrace-stage.js' },
      bundle: true,
      write: false,
      outfile: path.join(source.root, 'millrace-stage.cjs'),
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      sourcemap: 'external',
      // Names of classes are shown in messages about captured values.
      keepNames: true,
      logLevel: 'silent',
      ...(source.tsconfig === undefined ? {} : { tsconfig: source.tsconfig }),
      define: { 'import.meta.url': moduleUrl },
      plugins: [stagingPlugin(quoted)],
    })
    const code = outputFiles.find((file) => file.path.endsWith('.cjs'))?.text ?? ''
    const map = outputFiles.find((file) => file.path.endsWith('.map'))?.text ?? ''
    return { code, map: new TraceMap(map) }
  } catch (error) {
    if (!isBuildFailure(error)) throw error
    return error.errors.map((message) => convert(message, quoted))
  }
}

function entryText({ entries }: SourceProgram): string {
  const loaders = entries.map((entry) => {
    const file = JSON.stringify(entry.fileName)
    return `{ file: ${file}, load: () => require(${file}) }`
  })
  return `import { stageEntries } from 'millrace:staging-main'\nstageEntries([${loaders.join(', ')}])`
}

function stagingPlugin({ modules }: QuotedProgram): Plugin {
  return {
    name: 'millrace-staging',
    setup(hooks) {
      hooks.onResolve({ filter: /^millrace([:/]|$)/ }, ({ path: specifier }) => {
        const file = runtime[specifier] ?? dslModule(specifier)
        return file === undefined ? undefined : { path: file }
      })
      // Packages are loaded, not bundled: they may bring native parts. From where they stand, for monorepos.
      hooks.onResolve({ filter: /^[^./]/ }, async ({ path: specifier, resolveDir, kind, pluginData }) => {
        if (pluginData === 'resolved' || kind === 'entry-point' || path.isAbsolute(specifier)) return undefined
        if (specifier.startsWith('node:')) return { path: specifier, external: true }
        const found = await hooks.resolve(specifier, { resolveDir, kind, pluginData: 'resolved' })
        if (found.errors.length > 0 || found.external) return { ...found, external: found.external }
        return { path: found.path, external: found.path.includes('node_modules') }
      })
      hooks.onLoad({ filter: /\.[cm]?tsx?$/ }, ({ path: file }) => {
        const quoted = modules.get(file.replaceAll('\\', '/'))
        return quoted === undefined
          ? undefined
          : { contents: quoted.code, loader: file.endsWith('x') ? 'tsx' : 'ts', resolveDir: path.dirname(file) }
      })
    },
  }
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors)
}

/** Places of esbuild's messages are in the quoted text. */
function convert({ text, location }: Message, { source, modules }: QuotedProgram): Diagnostic {
  const help = /top-level await/i.test(text) ? 'move the await into a function' : undefined
  if (location === null) return bundleFailed(undefined, text, help)
  const absolute = path.resolve(source.root, location.file).replaceAll('\\', '/')
  const file = source.program.getSourceFile(absolute)
  const quoted = modules.get(absolute)
  if (file === undefined || quoted === undefined) return bundleFailed(undefined, `${location.file}: ${text}`, help)
  const inline = /sourceMappingURL=data:[^,]+,(\S+)$/.exec(quoted.code)?.[1] ?? ''
  const map = new TraceMap(Buffer.from(inline, 'base64').toString())
  const { line, column } = originalPositionFor(map, { line: location.line, column: location.column })
  return bundleFailed(spanAt(source.root, file, line ?? location.line, (column ?? location.column) + 1), text, help)
}
