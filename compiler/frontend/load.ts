/**
 * Step 1: the author's files, parsed and bound, with a checker. Only the entries and what they import is loaded, never
 * the whole tsconfig (measured: two to three times faster). A `Session` keeps parsed files between builds: `update`
 * reads the changed ones again. This and its neighbours are the only place that knows ts-morph.
 */
import path from 'node:path'
import { Project, ts, type SourceFile } from 'ts-morph'
import type { Diagnostic, PassResult } from '../diagnostics/diagnostic.js'
import { isError } from '../diagnostics/diagnostic.js'
import { unreadableFile } from '../diagnostics/load.js'
import { compilerOptions } from './load/compiler-options.js'
import { isAuthorsModule, type SourceProgram } from './load/source-program.js'
import { typeDiagnostics } from './load/type-diagnostics.js'

export interface LoadOptions {
  /** Absolute path of the project's folder. */
  readonly root: string
  /** Files that export pipelines: absolute, or relative to the root. */
  readonly files: readonly string[]
  /** Files that only add types, such as the generated types of the schema lock; missing ones are passed over. */
  readonly typeFiles?: readonly string[]
  /** Default: the nearest tsconfig.json. */
  readonly tsconfig?: string | undefined
}

/** Loads once; for watching, keep a Session. */
export function load(options: LoadOptions): PassResult<SourceProgram> {
  return new Session(options).load()
}

export class Session {
  readonly #options: LoadOptions
  readonly #project: Project
  readonly #configuration: readonly Diagnostic[]

  constructor(options: LoadOptions) {
    this.#options = options
    const { options: compiler, ambient, diagnostics } = compilerOptions(options.root, options.tsconfig)
    this.#configuration = diagnostics
    this.#project = new Project({ compilerOptions: compiler, skipFileDependencyResolution: true })
    this.#project.addSourceFilesAtPaths([...ambient])
  }

  /** Reads files again that changed or went; what was never loaded needs no telling. */
  update(changed: readonly string[]): void {
    for (const file of changed) {
      this.#project.getSourceFile(this.#absolute(file))?.refreshFromFileSystemSync()
    }
  }

  load(): PassResult<SourceProgram> {
    const diagnostics: Diagnostic[] = [...this.#configuration]
    if (diagnostics.some(isError)) return { value: undefined, diagnostics }
    for (const file of this.#options.typeFiles ?? []) this.#project.addSourceFileAtPathIfExists(this.#absolute(file))
    const entries = this.#options.files.flatMap((file): SourceFile[] => {
      const source = this.#project.addSourceFileAtPathIfExists(this.#absolute(file))
      if (source === undefined) diagnostics.push(unreadableFile(file, 'there is no such file'))
      return source === undefined ? [] : [source]
    })
    if (diagnostics.some(isError)) return { value: undefined, diagnostics }
    const program = this.#project.getProgram().compilerObject
    const value: SourceProgram = {
      root: this.#options.root,
      tsconfig: this.#options.tsconfig,
      program,
      checker: program.getTypeChecker(),
      entries: entries.map((entry) => entry.compilerNode),
      modules: reachable(
        program,
        entries.map((entry) => entry.compilerNode),
      ),
    }
    return { value, diagnostics: [...diagnostics, ...typeDiagnostics(value)] }
  }

  #absolute(file: string): string {
    return path.resolve(this.#options.root, file)
  }
}

/** The entries' import closure within the author's modules, in order of first import. */
function reachable(program: ts.Program, entries: readonly ts.SourceFile[]): readonly ts.SourceFile[] {
  const checker = program.getTypeChecker()
  const found = new Set<ts.SourceFile>()
  const visit = (file: ts.SourceFile): void => {
    if (found.has(file) || !isAuthorsModule(file)) return
    found.add(file)
    for (const imported of importedFiles(checker, file)) visit(imported)
  }
  for (const entry of entries) visit(entry)
  return [...found]
}

/** Files that a file imports or re-exports from, types included. */
export function importedFiles(checker: ts.TypeChecker, file: ts.SourceFile): readonly ts.SourceFile[] {
  return file.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return []
    const specifier = statement.moduleSpecifier
    if (specifier === undefined) return []
    const module = checker.getSymbolAtLocation(specifier)?.valueDeclaration
    return module !== undefined && ts.isSourceFile(module) ? [module] : []
  })
}
