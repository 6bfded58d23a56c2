/**
 * Which variables of its surroundings a function mentions. Only the binder's tables are asked, never the types: that is
 * what keeps the quote pass fast.
 */
import { ts } from 'ts-morph'

/** An author's function with a body. */
export type FunctionNode = ts.ArrowFunction | ts.FunctionExpression | ts.FunctionDeclaration | ts.MethodDeclaration

export interface FreeVariable {
  readonly name: string
  readonly declaration: ts.Declaration
  /** Where the function mentions it, in order. */
  readonly references: readonly ts.Identifier[]
}

const cache = new WeakMap<ts.Node, readonly FreeVariable[]>()

/** Variables declared in an enclosing function or block: they must be captured. Module level is linked instead. */
export function capturedVariables(checker: ts.TypeChecker, fn: FunctionNode): readonly FreeVariable[] {
  const known = cache.get(fn)
  if (known !== undefined) return known
  const found = new Map<string, { declaration: ts.Declaration; references: ts.Identifier[] }>()
  forEachReference(fn, (identifier) => {
    const declaration = declarationOf(checker, identifier)
    if (declaration === undefined || !isCaptured(declaration, fn)) return
    const entry = found.get(identifier.text)
    if (entry === undefined) found.set(identifier.text, { declaration, references: [identifier] })
    else entry.references.push(identifier)
  })
  const variables = [...found].map(([name, entry]) => ({ name, ...entry }))
  cache.set(fn, variables)
  return variables
}

const valueOrAlias: ts.SymbolFlags = ts.SymbolFlags.Value | ts.SymbolFlags.Alias

/** What a name stands for by scope alone. */
export function declarationOf(checker: ts.TypeChecker, identifier: ts.Identifier): ts.Declaration | undefined {
  const symbol = checker.resolveName(identifier.text, identifier, valueOrAlias, false)
  return symbol?.valueDeclaration ?? symbol?.declarations?.[0]
}

function isCaptured(declaration: ts.Declaration, fn: FunctionNode): boolean {
  if (isWithin(declaration, fn) || declaration.getSourceFile() !== fn.getSourceFile()) return false
  let node: ts.Node = declaration.parent
  while (!ts.isFunctionLike(node) && !opensScope(node)) {
    if (ts.isSourceFile(node)) return false
    node = node.parent
  }
  return true
}

function opensScope(node: ts.Node): boolean {
  return (
    ts.isBlock(node) ||
    ts.isForStatement(node) ||
    ts.isForOfStatement(node) ||
    ts.isForInStatement(node) ||
    ts.isCaseBlock(node) ||
    ts.isCatchClause(node) ||
    ts.isClassStaticBlockDeclaration(node)
  )
}

export function isWithin(node: ts.Node, ancestor: ts.Node): boolean {
  let at = node
  while (at !== ancestor && !ts.isSourceFile(at)) at = at.parent
  return at === ancestor
}

/** Identifiers that stand for values: no types, no names of properties, no labels. */
export function forEachReference(root: ts.Node, visit: (identifier: ts.Identifier) => void): void {
  const walk = (node: ts.Node): void => {
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return
    if (!ts.isIdentifier(node)) {
      ts.forEachChild(node, walk)
      return
    }
    if (!isNameOnly(node)) visit(node)
  }
  walk(root)
}

function isNameOnly(identifier: ts.Identifier): boolean {
  const { parent } = identifier
  if (ts.isPropertyAccessExpression(parent)) return parent.name === identifier
  if (ts.isBindingElement(parent)) return parent.propertyName === identifier
  if (ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent) || ts.isPropertyDeclaration(parent)) {
    return parent.name === identifier
  }
  if (ts.isAccessor(parent)) return parent.name === identifier
  if (ts.isExportSpecifier(parent) || ts.isImportSpecifier(parent)) return true
  return ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent) || ts.isMetaProperty(parent)
}
