/** Where a module-level name of the author's modules really comes from: imports are followed to their end. */
import { ts } from 'ts-morph'
import { isBrandFile } from '../load/dsl-files.js'
import type { LambdaEnvironment } from './environment.js'

export interface LinkTarget {
  /** Name in the text. */
  readonly local: string
  /** Path of an author's module, or a package specifier. */
  readonly module: string
  /** Name in that module; `default`, or `*` for a whole namespace. */
  readonly name: string
  /** Where it is declared, if the author's modules have it. */
  readonly declaration: ts.Declaration | undefined
  /** A function of millrace/types that only says what a number or text is: it gives back its argument. */
  readonly erased: boolean
}

/** undefined: declared by the environment (a global). */
export function linkTarget(env: LambdaEnvironment, symbol: ts.Symbol, local: string): LinkTarget | undefined {
  if ((symbol.flags & ts.SymbolFlags.Alias) === 0) return declaredTarget(env, symbol, local)
  const resolved = env.checker.getAliasedSymbol(symbol)
  const target = declaredTarget(env, resolved, local)
  if (target !== undefined) return target
  return importedTarget(symbol, resolved, local)
}

function declaredTarget(env: LambdaEnvironment, symbol: ts.Symbol, local: string): LinkTarget | undefined {
  const declaration = symbol.valueDeclaration ?? symbol.declarations?.[0]
  if (declaration === undefined) return undefined
  const module = env.moduleOf(declaration.getSourceFile())
  if (module === undefined) return undefined
  if (ts.isSourceFile(declaration)) return { local, module, name: '*', declaration: undefined, erased: false }
  const name = ts.getNameOfDeclaration(declaration)
  const exported = name !== undefined && ts.isIdentifier(name) ? name.text : 'default'
  return { local, module, name: exported, declaration, erased: false }
}

/** From a package or a declaration file: imported again, as the author's module does. */
function importedTarget(symbol: ts.Symbol, resolved: ts.Symbol, local: string): LinkTarget | undefined {
  const node = symbol.declarations?.[0]
  if (node === undefined) return undefined
  const statement = importOf(node)
  if (statement === undefined || !ts.isStringLiteral(statement.moduleSpecifier)) return undefined
  const file = resolved.declarations?.[0]?.getSourceFile().fileName
  const erased = file !== undefined && isBrandFile(file) && erasedNames.has(resolved.name)
  return { local, module: statement.moduleSpecifier.text, name: importedName(node), declaration: undefined, erased }
}

const erasedNames: ReadonlySet<string> = new Set(['int', 'long', 'float', 'double', 'uuid'])

function importOf(node: ts.Node): ts.ImportDeclaration | undefined {
  let at = node
  while (!ts.isSourceFile(at)) {
    if (ts.isImportDeclaration(at)) return at
    at = at.parent
  }
  return undefined
}

function importedName(node: ts.Node): string {
  if (ts.isImportSpecifier(node)) return (node.propertyName ?? node.name).text
  return ts.isNamespaceImport(node) ? '*' : 'default'
}

/** Declared by the file itself: no function and no block around it. */
export function isModuleLevel(declaration: ts.Declaration): boolean {
  if (ts.isSourceFile(declaration)) return true
  let node = declaration.parent
  while (!ts.isSourceFile(node)) {
    if (ts.isFunctionLike(node) || ts.isBlock(node) || ts.isForOfStatement(node) || ts.isForStatement(node))
      return false
    if (ts.isForInStatement(node) || ts.isCatchClause(node) || ts.isClassLike(node)) return false
    node = node.parent
  }
  return true
}
