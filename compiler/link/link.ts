/**
 * Step 13: generated code and what stays of the author's modules become the files of the output folder. The same input
 * gives the same bytes on every machine: paths are relative, nothing depends on time or place. Writes nothing itself.
 */
import { existsSync, realpathSync } from 'node:fs'
import path from 'node:path'
import type { PassResult } from '../diagnostics/diagnostic.js'
import type { AuthorModule } from '../ir/author-module.js'
import type { GeneratedModule } from '../ir/generated-module.js'
import { bundle } from './bundle.js'
import { entryModule } from './entry-module.js'
import { header } from './header.js'
import { keptStatements } from './kept-statements.js'
import { metaNames, residualModule, usesImportMeta } from './residual-module.js'
import { tidyMap } from './tidy-map.js'

export interface LinkOptions {
  /** Absolute path of the project. */
  readonly root: string
  /** Absolute path of the output folder; it need not exist. */
  readonly outDir: string
  /** Name of the pipeline, and of its files. */
  readonly pipeline: string
  /** The author's file that holds the pipeline, relative to the root. */
  readonly file: string
  readonly module: GeneratedModule
  /** As it stands in the generated code; plain JSON. */
  readonly manifest: LinkManifest
  readonly authorModules: readonly AuthorModule[]
}

export interface LinkManifest {
  readonly compiler: string
  readonly sourceHash: string
}

export interface LinkedPipeline {
  readonly name: string
  readonly files: readonly OutputFile[]
}

export interface OutputFile {
  /** Relative to the output folder. */
  readonly path: string
  readonly text: string
}

export async function link(options: LinkOptions): Promise<PassResult<LinkedPipeline>> {
  const { pipeline, manifest, module } = options
  const root = realPath(options.root)
  const outDir = realPath(options.outDir)
  const outfile = path.join(outDir, `${pipeline}.js`)
  const modules = new Map(options.authorModules.map((item) => [realPath(item.path).replaceAll('\\', '/'), item]))
  const asksForMeta = options.authorModules.some(usesImportMeta)
  const top = header({ ...manifest, source: relative(outDir, path.resolve(root, options.file)) })
  const ownUrl = asksForMeta ? metaNames.own : 'import.meta.url'
  const bundled = await bundle({
    root,
    outfile,
    entry: entryModule(module, { path: outfile, root, isResidual: (file) => modules.has(key(file)), ownUrl }),
    modules: residualTexts(options, modules, outDir),
    banner: asksForMeta ? `${top}const ${metaNames.own} = import.meta.url;` : top.trimEnd(),
    define: asksForMeta ? metaDefines : {},
  })
  if (!('code' in bundled)) return { value: undefined, diagnostics: bundled }
  const files = [
    { path: `${pipeline}.js`, text: bundled.code },
    { path: `${pipeline}.js.map`, text: tidyMap(bundled.map) },
    { path: `${pipeline}.d.ts`, text: `${top}\n${declarations}` },
    { path: `${pipeline}.manifest.json`, text: `${JSON.stringify(manifest, null, 2)}\n` },
  ]
  return { value: { name: pipeline, files }, diagnostics: keptStatements(bundled.map, outDir, modules) }
}

const declarations = `import type { GeneratedPipeline } from 'millrace/runtime'

declare const pipeline: GeneratedPipeline
export default pipeline
`

const metaDefines = {
  'import.meta.url': metaNames.url,
  'import.meta.filename': metaNames.filename,
  'import.meta.dirname': metaNames.dirname,
}

function residualTexts(
  { module }: LinkOptions,
  modules: ReadonlyMap<string, AuthorModule>,
  outDir: string,
): ReadonlyMap<string, string> {
  const texts = new Map<string, string>()
  for (const [file, author] of modules) {
    const names = module.imports.filter((item) => key(item.module) === file).map((item) => item.name)
    const residue = {
      names: [...new Set(names)].filter((name) => name !== '*' && name !== 'default').sort(),
      factories: module.factories.filter((factory) => key(factory.module) === file),
      location: usesImportMeta(author) ? relative(outDir, file) : undefined,
    }
    texts.set(file, residualModule({ ...author, path: file }, residue))
  }
  return texts
}

/** How modules are looked up: package specifiers stay as they are. */
function key(module: string): string {
  return path.isAbsolute(module) ? realPath(module).replaceAll('\\', '/') : module
}

/** The bundler follows symbolic links; what does not exist yet is taken from the nearest folder that does. */
function realPath(file: string): string {
  if (existsSync(file)) return realpathSync(file)
  const parent = path.dirname(file)
  return parent === file ? file : path.join(realPath(parent), path.basename(file))
}

function relative(folder: string, file: string): string {
  return path.relative(folder, file).replaceAll('\\', '/')
}
