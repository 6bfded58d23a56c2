/**
 * The author's modules as the link pass wants them: text, and the places that only the syntax tree knows. What stands
 * inside functions is left alone: it does not run while a module loads.
 */
import { ts } from 'ts-morph'
import type { AuthorModule } from '../ir/author-module.js'
import type { Span } from '../ir/span.js'
import { importedFiles } from './load.js'
import { isAuthorsModule, spanOf, type SourceProgram } from './load/source-program.js'
import { dslCallee, filesThatUseDsl } from './quote/dsl-calls.js'

export function authorModules(source: SourceProgram): readonly AuthorModule[] {
  const using = filesThatUseDsl(source.checker, source.modules)
  return source.modules.map((file) => {
    const isDslCall = (call: ts.CallExpression): boolean =>
      using.has(file) && dslCallee(source.checker, call) !== undefined
    return {
      path: file.fileName,
      text: file.text,
      imports: importedFiles(source.checker, file)
        .filter(isAuthorsModule)
        .map((imported) => imported.fileName),
      dslCalls: dslCalls(file, isDslCall),
      effects: effects(source.root, file, isDslCall),
    }
  })
}

type IsDslCall = (call: ts.CallExpression) => boolean

/** One place for a chain: a mark in front of it counts for all of its calls. */
function dslCalls(file: ts.SourceFile, isDslCall: IsDslCall): readonly number[] {
  const places = new Set<number>()
  forEachLoaded(file, (node) => {
    if (ts.isCallExpression(node) && isDslCall(node)) places.add(node.getStart(file))
  })
  return [...places].sort((a, b) => a - b)
}

function effects(root: string, file: ts.SourceFile, isDslCall: IsDslCall): readonly Span[] {
  const found: Span[] = []
  for (const statement of file.statements) {
    if (runsForEffect(statement, isDslCall)) found.push(spanOf(root, statement))
  }
  return found
}

function runsForEffect(statement: ts.Statement, isDslCall: IsDslCall): boolean {
  if (ts.isExpressionStatement(statement)) {
    const { expression } = statement
    return !ts.isStringLiteral(expression) && !(ts.isCallExpression(expression) && isDslCall(expression))
  }
  if (ts.isVariableStatement(statement)) return isBuiltByCode(statement, isDslCall)
  return (
    ts.isIfStatement(statement) ||
    ts.isIterationStatement(statement, false) ||
    ts.isTryStatement(statement) ||
    ts.isSwitchStatement(statement) ||
    ts.isThrowStatement(statement) ||
    (ts.isBlock(statement) && statement.statements.length > 0)
  )
}

/** Parts of the pipeline that come from a call of the author's own, so that nobody knows whether it does more. */
function isBuiltByCode(statement: ts.VariableStatement, isDslCall: IsDslCall): boolean {
  const usesDsl = (node: ts.Node): boolean =>
    (ts.isCallExpression(node) && isDslCall(node)) || ts.forEachChild(node, usesDsl) === true
  const loaded: ts.Node[] = []
  forEachLoaded(statement, (node) => loaded.push(node))
  return loaded.some((node) => ts.isCallExpression(node) && !isDslCall(node)) && usesDsl(statement)
}

/** Everything that is evaluated while the module loads. */
function forEachLoaded(root: ts.Node, visit: (node: ts.Node) => void): void {
  const walk = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node) || ts.isTypeNode(node)) return
    visit(node)
    ts.forEachChild(node, walk)
  }
  ts.forEachChild(root, walk)
}
