/**
 * Marks one module. Insertions only, so that every character of the author keeps its place in the source map:
 *
 *     s.filter((v) => v > min)   ->   s.filter(__mr_l(7, (v) => v > min, () => ({ get min() { return min } })), __mr_s(8))
 *     keep(s)                    ->   __mr_a(__mr_e(9), keep(s))
 *     function f() { … }         ->   __mr_d(3, f); function f() { … }
 *     { f(v) { … } }             ->   __mr_m({ f(v) { … } }, ["f", 4])
 *
 * `__mr_s` makes the call site that operators take as a last argument. `__mr_l`, `__mr_d` and `__mr_m` register
 * functions, whatever way they take to an operator. `__mr_e` and `__mr_a` bracket calls of helpers. All insertions begin
 * with a name: a parenthesis would be read as a call where the author leaves semicolons out.
 */
import { pathToFileURL } from 'node:url'
import MagicString from 'magic-string'
import { ts } from 'ts-morph'
import { capturedVariables, type FunctionNode } from '../free-variables.js'
import { dslCallee, isHelperCall } from './dsl-calls.js'
import type { Sites } from './sites.js'

export const stagingModule = 'millrace:staging'

export interface QuotedModule {
  /** Absolute path of the author's file. */
  readonly file: string
  /** With an inline source map, which the bundler chains. */
  readonly code: string
}

export function quoteFile(checker: ts.TypeChecker, file: ts.SourceFile, sites: Sites, usesDsl: boolean): QuotedModule {
  const text = new MagicString(file.text, { filename: file.fileName })
  const quoter = new Quoter(checker, file, sites, usesDsl, text)
  quoter.visit(file)
  const first = file.statements[0]
  if (first !== undefined) text.appendLeft(first.getStart(file), prologue(file.fileName))
  if (usesDsl) text.append(externalFunctions(checker, file))
  const map = text.generateMap({ source: file.fileName, hires: 'boundary' })
  return { file: file.fileName, code: `${text.toString()}\n//# sourceMappingURL=${map.toUrl()}` }
}

/** Name that the bundler puts in place of `import.meta.url`: the staged bundle is one file, the author's are many. */
export const moduleUrl = '__mr_url'

function prologue(file: string): string {
  const names = 'callSite as __mr_s, lambda as __mr_l, declared as __mr_d, methods as __mr_m, enter as __mr_e, '
  const imports = `import { ${names}leave as __mr_a, external as __mr_x } from ${JSON.stringify(stagingModule)};`
  return `${imports} const ${moduleUrl} = ${JSON.stringify(pathToFileURL(file).href)};`
}

class Quoter {
  readonly #checker: ts.TypeChecker
  readonly #file: ts.SourceFile
  readonly #sites: Sites
  readonly #usesDsl: boolean
  readonly #text: MagicString

  constructor(checker: ts.TypeChecker, file: ts.SourceFile, sites: Sites, usesDsl: boolean, text: MagicString) {
    this.#checker = checker
    this.#file = file
    this.#sites = sites
    this.#usesDsl = usesDsl
    this.#text = text
  }

  /** Children first: at one place, what belongs to the inner node must be inserted before what belongs to the outer. */
  readonly visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isDecorator(node)) return
    ts.forEachChild(node, this.visit)
    if (this.#usesDsl && ts.isCallExpression(node)) this.#call(node)
    if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) this.#functionExpression(node)
    else if (ts.isFunctionDeclaration(node)) this.#functionDeclaration(node)
    else if (ts.isObjectLiteralExpression(node)) this.#objectLiteral(node)
  }

  #call(node: ts.CallExpression): void {
    if (dslCallee(this.#checker, node) !== undefined) {
      const comma = node.arguments.length > 0 && !node.arguments.hasTrailingComma ? ', ' : ''
      this.#text.appendLeft(node.getEnd() - 1, `${comma}__mr_s(${this.#sites.add(node)})`)
    } else if (isHelperCall(this.#checker, node)) {
      this.#wrap(node, `__mr_a(__mr_e(${this.#sites.add(node)}), `, ')')
    }
  }

  #functionExpression(node: ts.ArrowFunction | ts.FunctionExpression): void {
    this.#wrap(node, `__mr_l(${this.#sites.add(node)}, `, `${this.#thunk(node)})`)
  }

  #functionDeclaration(node: ts.FunctionDeclaration): void {
    if (node.body === undefined || node.name === undefined) return
    const statements = blockOf(node)
    const first = statements.find((statement) => !ts.isImportDeclaration(statement)) ?? node
    const call = `__mr_d(${this.#sites.add(node)}, ${node.name.text}${this.#thunk(node)});`
    this.#text.prependRight(first.getStart(this.#file), call)
  }

  /** Methods of an object cannot be wrapped where they stand, so the object is. */
  #objectLiteral(node: ts.ObjectLiteralExpression): void {
    const methods = node.properties.filter(
      (member): member is ts.MethodDeclaration & { name: ts.Identifier } =>
        ts.isMethodDeclaration(member) && ts.isIdentifier(member.name),
    )
    if (methods.length === 0) return
    const entries = methods.map(
      (method) => `, [${JSON.stringify(method.name.text)}, ${this.#sites.add(method)}${this.#thunk(method)}]`,
    )
    this.#wrap(node, '__mr_m(', `${entries.join('')})`)
  }

  #wrap(node: ts.Node, before: string, after: string): void {
    this.#text.prependRight(node.getStart(this.#file), before)
    this.#text.appendLeft(node.getEnd(), after)
  }

  /** Getters, so that a variable without value (temporal dead zone) does not take the others along. */
  #thunk(fn: FunctionNode): string {
    const names = capturedVariables(this.#checker, fn).map(({ name }) => `get ${name}() { return ${name} }`)
    return names.length === 0 ? '' : `, () => ({ ${names.join(', ')} })`
  }
}

function blockOf(node: ts.FunctionDeclaration): readonly ts.Statement[] {
  const { parent } = node
  return ts.isSourceFile(parent) || ts.isBlock(parent) || ts.isModuleBlock(parent) || ts.isCaseOrDefaultClause(parent)
    ? parent.statements
    : [node]
}

/** Values imported from packages: a captured function among them is linked by import. */
function externalFunctions(checker: ts.TypeChecker, file: ts.SourceFile): string {
  const entries = file.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) return []
    const specifier = statement.moduleSpecifier.text
    const clause = statement.importClause
    if (/^[./]|^millrace(\/|$)/.test(specifier) || clause === undefined || isTypeOnly(clause)) return []
    const bindings = clause.namedBindings
    const named = bindings !== undefined && ts.isNamedImports(bindings) ? bindings.elements : []
    const imported = named
      .filter((element) => !element.isTypeOnly)
      .map((element) => ({ local: element.name, name: (element.propertyName ?? element.name).text }))
    if (clause.name !== undefined) imported.push({ local: clause.name, name: 'default' })
    return imported
      .filter(({ local }) => isValue(checker, local))
      .map(({ local, name }) => `[${JSON.stringify(specifier)}, ${JSON.stringify(name)}, ${local.text}]`)
  })
  return entries.length === 0 ? '' : `\n;__mr_x(${entries.join(', ')});`
}

function isTypeOnly(clause: ts.ImportClause): boolean {
  return clause.phaseModifier === ts.SyntaxKind.TypeKeyword
}

function isValue(checker: ts.TypeChecker, name: ts.Identifier): boolean {
  const symbol = checker.getSymbolAtLocation(name)
  if (symbol === undefined) return false
  const target = (symbol.flags & ts.SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(symbol) : symbol
  return (target.flags & ts.SymbolFlags.Value) !== 0
}
