/**
 * Step 2: marks calls of operators, functions and what they capture in the author's modules, so that the graph which
 * the builder records can be joined to the syntax tree. Types are asked only where the DSL is in use.
 */
import type { PassResult } from '../diagnostics/diagnostic.js'
import type { SourceProgram } from './load/source-program.js'
import { filesThatUseDsl } from './quote/dsl-calls.js'
import { quoteFile, type QuotedModule } from './quote/quote-file.js'
import { Sites } from './quote/sites.js'

export interface QuotedProgram {
  readonly source: SourceProgram
  /** By absolute path. */
  readonly modules: ReadonlyMap<string, QuotedModule>
  readonly sites: Sites
}

export function quote(source: SourceProgram): PassResult<QuotedProgram> {
  const { checker } = source
  const sites = new Sites()
  const using = filesThatUseDsl(checker, source.modules)
  const modules = source.modules.map((file) => quoteFile(checker, file, sites, using.has(file)))
  return { value: { source, modules: new Map(modules.map((module) => [module.file, module])), sites }, diagnostics: [] }
}
