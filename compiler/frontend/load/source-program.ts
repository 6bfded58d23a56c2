/** The author's modules as the front end's passes see them: syntax trees, the checker, and places in files. */
import path from 'node:path'
import { ts } from 'ts-morph'
import type { Span } from '../../ir/span.js'
import { isDslFile } from './dsl-files.js'

export interface SourceProgram {
  /** Absolute path of the project's folder. */
  readonly root: string
  /** The one that the settings name, for the bundler; undefined: the nearest. */
  readonly tsconfig: string | undefined
  readonly program: ts.Program
  readonly checker: ts.TypeChecker
  /** Files that may export pipelines. */
  readonly entries: readonly ts.SourceFile[]
  /** Every module of the author that the entries lead to, the entries included. */
  readonly modules: readonly ts.SourceFile[]
}

/** Whether a file is a module of the author, not a declaration, a package or our own DSL. */
export function isAuthorsModule(file: ts.SourceFile): boolean {
  return !file.isDeclarationFile && !file.fileName.includes('/node_modules/') && !isDslFile(file.fileName)
}

/** Path relative to the project, with forward slashes: what spans hold. */
export function relativeFile(root: string, file: string): string {
  return path.relative(root, file).replaceAll('\\', '/')
}

export function spanOf(root: string, node: ts.Node): Span {
  const file = node.getSourceFile()
  return spanBetween(root, file, node.getStart(file), node.getEnd())
}

export function spanBetween(root: string, file: ts.SourceFile, start: number, end: number): Span {
  const { line, character } = file.getLineAndCharacterOfPosition(start)
  return { file: relativeFile(root, file.fileName), start, end, line: line + 1, column: character + 1 }
}

/** Span of a position that a stack frame names (1-based): the token that begins there. */
export function spanAt(root: string, file: ts.SourceFile, line: number, column: number): Span {
  const lines = file.getLineStarts()
  const start = Math.min((lines[line - 1] ?? 0) + column - 1, file.end)
  const token = tokenAt(file, start)
  return spanBetween(root, file, start, Math.max(start + 1, token?.getEnd() ?? start + 1))
}

function tokenAt(file: ts.SourceFile, position: number): ts.Node | undefined {
  const visit = (node: ts.Node): ts.Node | undefined => {
    if (position < node.getStart(file) || position >= node.getEnd()) return undefined
    return ts.forEachChild(node, visit) ?? node
  }
  const found = visit(file)
  return found === undefined || ts.isSourceFile(found) || found.getChildCount(file) > 0 ? undefined : found
}
