/**
 * Bundles generated code with what stays of the author's modules into one ES module: TypeScript erased, unused
 * declarations dropped, names kept apart, source maps chained. Packages, `millrace/runtime` among them, are not bundled.
 */
import path from 'node:path'
import { build, type BuildFailure, type OnLoadResult, type Plugin } from 'esbuild'
import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { bundleFailed } from '../diagnostics/load.js'

export interface BundleRequest {
  /** Absolute path of the project. */
  readonly root: string
  /** Absolute path of the file that is made; the entry goes by it, too. */
  readonly outfile: string
  readonly entry: string
  /** Texts of the author's modules, by real path with forward slashes. */
  readonly modules: ReadonlyMap<string, string>
  readonly banner: string
  /** Expressions that are replaced everywhere. */
  readonly define: Readonly<Record<string, string>>
}

export interface Bundle {
  readonly code: string
  readonly map: string
}

export async function bundle(request: BundleRequest): Promise<Bundle | readonly Diagnostic[]> {
  try {
    const { outputFiles } = await build({
      absWorkingDir: request.root,
      stdin: { contents: request.entry, resolveDir: request.root, sourcefile: request.outfile, loader: 'ts' },
      bundle: true,
      write: false,
      outfile: request.outfile,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      charset: 'utf8',
      legalComments: 'none',
      sourcemap: 'linked',
      sourcesContent: false,
      logLevel: 'silent',
      banner: { js: request.banner },
      define: request.define,
      plugins: [linkPlugin(request.modules)],
    })
    const textOf = (ending: string): string => outputFiles.find((file) => file.path.endsWith(ending))?.text ?? ''
    return { code: textOf('.js'), map: textOf('.js.map') }
  } catch (error) {
    if (!isBuildFailure(error)) throw error
    return error.errors.map(({ text, location }) =>
      bundleFailed(undefined, location === null ? text : `${location.file}:${location.line}: ${text}`, undefined),
    )
  }
}

function linkPlugin(modules: ReadonlyMap<string, string>): Plugin {
  return {
    name: 'millrace-link',
    setup(hooks) {
      // The DSL has no effect when it is loaded: an import that nobody uses any more goes.
      hooks.onResolve({ filter: /^millrace(\/|$)/ }, ({ path: specifier }) => ({
        path: specifier,
        external: true,
        sideEffects: false,
      }))
      hooks.onResolve({ filter: /^[^./]/ }, async ({ path: specifier, resolveDir, kind, importer, pluginData }) => {
        if (pluginData === resolved || kind === 'entry-point' || path.isAbsolute(specifier)) return undefined
        const found = await hooks.resolve(specifier, { resolveDir, kind, importer, pluginData: resolved })
        // An alias of tsconfig leads to one of the author's files; everything else stays an import.
        if (found.errors.length === 0 && !found.external && !isInPackage(found.path)) return { path: found.path }
        return { path: specifier, external: true, sideEffects: found.sideEffects }
      })
      hooks.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, ({ path: file }): OnLoadResult | undefined => {
        const contents = modules.get(file.replaceAll('\\', '/'))
        if (contents === undefined) return undefined
        return { contents, loader: loaderOf(file), resolveDir: path.dirname(file) }
      })
    },
  }
}

/** Marks resolutions that the plugin itself asks for. */
const resolved = Symbol('resolved')

function isInPackage(file: string): boolean {
  return file.split(/[\\/]/).includes('node_modules')
}

function loaderOf(file: string): 'ts' | 'tsx' | 'js' | 'jsx' {
  const typed = /\.[cm]?tsx?$/.test(file)
  if (file.endsWith('x')) return typed ? 'tsx' : 'jsx'
  return typed ? 'ts' : 'js'
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors)
}
