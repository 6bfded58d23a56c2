/**
 * The author's tsconfig, as far as the bundled TypeScript understands it. Measured traps: deprecated options are errors
 * in TypeScript 6 unless told otherwise; an unknown `target` or `lib` takes all global types away; `types` is empty by
 * default since 6.0, while authors on 5.x expect every @types package; the order of union members depends on what was
 * looked at before, unless it is made stable.
 */
import path from 'node:path'
import { ts } from 'ts-morph'
import { badTsconfig, unknownOption } from '../../diagnostics/load.js'
import type { Diagnostic } from '../../diagnostics/diagnostic.js'
import { dslPaths } from './dsl-files.js'

export interface ProjectOptions {
  readonly options: ts.CompilerOptions
  /** Declaration files of the project: they may hold global types. */
  readonly ambient: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
}

const unknownOptionCode = 5023
const unknownValueCode = 6046
/** Found no inputs: pipelines are given by name. */
const noInputsCode = 18003
const deprecatedCodes = new Set([5101, 5107])

const defaults: ts.CompilerOptions = {
  strict: true,
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
}

export function compilerOptions(root: string, tsconfig: string | undefined): ProjectOptions {
  const file = tsconfig ?? ts.findConfigFile(root, (name) => ts.sys.fileExists(name))
  if (file === undefined) return { options: ours(defaults), ambient: [], diagnostics: [] }
  const shown = path.relative(root, file).replaceAll('\\', '/')
  const read = ts.readConfigFile(file, (name) => ts.sys.readFile(name))
  if (read.error !== undefined) {
    return { options: ours(defaults), ambient: [], diagnostics: [badTsconfig(shown, text(read.error))] }
  }
  const parsed = ts.parseJsonConfigFileContent(read.config, ts.sys, path.dirname(file), undefined, file)
  const options = { ...parsed.options }
  const diagnostics = parsed.errors.flatMap((error): Diagnostic[] => {
    if (error.code === noInputsCode || deprecatedCodes.has(error.code)) return []
    if (error.code === unknownOptionCode) return [unknownOption(shown, text(error))]
    if (error.code === unknownValueCode) {
      delete options.lib
      options.target = ts.ScriptTarget.ESNext
      return [unknownOption(shown, text(error))]
    }
    return [badTsconfig(shown, text(error))]
  })
  return { options: ours(options), ambient: parsed.fileNames.filter((name) => name.endsWith('.d.ts')), diagnostics }
}

/** They mean files that are written; nothing is. */
const outputOptions = ['rootDir', 'outDir', 'outFile', 'declarationDir', 'tsBuildInfoFile']

function ours(options: ts.CompilerOptions): ts.CompilerOptions {
  const kept = Object.entries(options).filter(([name]) => !outputOptions.includes(name))
  return {
    ...Object.fromEntries(kept),
    paths: { ...options.paths, ...dslPaths },
    types: options.types ?? ['*'],
    ignoreDeprecations: '6.0',
    stableTypeOrdering: true,
    skipLibCheck: true,
    noEmit: true,
    composite: false,
    incremental: false,
    declaration: false,
    declarationMap: false,
    emitDeclarationOnly: false,
  }
}

function text(diagnostic: ts.Diagnostic): string {
  return ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')
}
