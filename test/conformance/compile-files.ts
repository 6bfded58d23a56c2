/** Compiles author's files that exist as text only, all pipelines in one go, and loads what comes out. */
import { compile, type CompileOptions, type CompiledPipeline } from '../../compiler/compile.js'
import { isError, type Diagnostic } from '../../compiler/diagnostics/diagnostic.js'
import { renderDiagnostics } from '../../compiler/diagnostics/render.js'
import type { GeneratedPipeline } from '../../runtime/abi/index.js'
import { loadModule } from './load-module.js'
import { writeProject } from './write-project.js'

export interface LoadedPipeline extends CompiledPipeline {
  readonly generated: GeneratedPipeline
}

export interface CompileFilesOptions extends Pick<CompileOptions, 'locked' | 'disabled' | 'typeFiles'> {
  /** Where the project stands while it is compiled. */
  readonly root: string
  readonly entries: readonly string[]
}

/** The author's files are wrong, or the compiler is. */
export class CompileError extends Error {
  override readonly name = 'CompileError'

  constructor(
    readonly diagnostics: readonly Diagnostic[],
    message: string,
  ) {
    super(message)
  }
}

/** Pipelines by name. @throws CompileError with all errors. */
export async function compileFiles(
  files: ReadonlyMap<string, string>,
  { root, entries, ...options }: CompileFilesOptions,
): Promise<ReadonlyMap<string, LoadedPipeline>> {
  using project = writeProject(root, files)
  const result = await compile({ ...options, root: project.root, files: entries, outDir: `${root}/generated` })
  const errors = result.diagnostics.filter(isError)
  if (errors.length > 0) {
    throw new CompileError(errors, renderDiagnostics(errors, { sourceOf: (file) => files.get(file) }))
  }
  return new Map(result.pipelines.map((pipeline) => [pipeline.name, { ...pipeline, generated: load(pipeline) }]))
}

function load({ name, files }: CompiledPipeline): GeneratedPipeline {
  const texts = new Map(files.map(({ path, text }) => [path, text]))
  return loadModule(texts, `${name}.js`)['default'] as GeneratedPipeline
}
