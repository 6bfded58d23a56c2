/** Which calls of the author's modules the quote pass marks: operators of the DSL, and helpers that use them. */
import { ts } from 'ts-morph'
import { importedFiles } from '../load.js'
import { isBrandFile, isDslFile } from '../load/dsl-files.js'
import { isAuthorsModule } from '../load/source-program.js'

/**
 * Files that can hold calls of operators: those that import the DSL, or a file that does. Only they are worth asking the
 * checker about; in a large project most files never are (measured: seconds against milliseconds).
 */
export function filesThatUseDsl(
  checker: ts.TypeChecker,
  modules: readonly ts.SourceFile[],
): ReadonlySet<ts.SourceFile> {
  const using = new Set<ts.SourceFile>()
  const importers = new Map<ts.SourceFile, ts.SourceFile[]>()
  const queue: ts.SourceFile[] = []
  for (const module of modules) {
    for (const imported of importedFiles(checker, module)) {
      if (isAuthorsModule(imported)) importers.set(imported, [...(importers.get(imported) ?? []), module])
      else if (isDslFile(imported.fileName) && !isBrandFile(imported.fileName)) queue.push(module)
    }
  }
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (using.has(file)) continue
    using.add(file)
    queue.push(...(importers.get(file) ?? []))
  }
  return using
}

/** Name of the DSL's function or method that a call calls. */
export function dslCallee(checker: ts.TypeChecker, call: ts.CallExpression): string | undefined {
  const { expression } = call
  const name = ts.isPropertyAccessExpression(expression) ? expression.name : expression
  if (!ts.isIdentifier(name)) return undefined
  const found = checker.getSymbolAtLocation(name)
  if (found === undefined) return undefined
  const symbol = (found.flags & ts.SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(found) : found
  return isDslSymbol(symbol) ? symbol.name : undefined
}

export function isDslSymbol(symbol: ts.Symbol | undefined): boolean {
  const file = symbol?.declarations?.[0]?.getSourceFile().fileName
  return file !== undefined && isDslFile(file) && !isBrandFile(file)
}

/** Callees of `super(…)` and `import(…)`. */
const notAValue: ReadonlySet<ts.SyntaxKind> = new Set([ts.SyntaxKind.SuperKeyword, ts.SyntaxKind.ImportKeyword])

/**
 * Whether a call is one of a helper whose types matter: a generic function of the author (its type arguments say what
 * operators inside it carry), or one that gives a stream (the call's own type is more exact than the helper's).
 */
export function isHelperCall(checker: ts.TypeChecker, call: ts.CallExpression): boolean {
  // Wrapping a link of an optional chain would cut the chain.
  if (ts.isOptionalChain(call) || notAValue.has(call.expression.kind)) return false
  const declaration = checker.getResolvedSignature(call)?.declaration
  if (declaration === undefined || !isAuthorsModule(declaration.getSourceFile())) return false
  if (ts.isJSDocSignature(declaration)) return false
  return (declaration.typeParameters?.length ?? 0) > 0 || isStream(checker.getTypeAtLocation(call))
}

/** Whether a type of the DSL says with its first two arguments which keys and values it carries. */
export function isStream(type: ts.Type): boolean {
  const symbol = type.getSymbol()
  return symbol !== undefined && carriers.has(symbol.name) && isDslSymbol(symbol)
}

const carriers: ReadonlySet<string> = new Set([
  'Stream',
  'GroupedStream',
  'WindowedStream',
  'Table',
  'GlobalTable',
  'GroupedTable',
])
