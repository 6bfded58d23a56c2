/** Finds the syntax of a lambda, and of single variables that it captured, again. */
import { ts } from 'ts-morph'
import type { Span } from '../ir/span.js'
import type { LogicalNode } from '../ir/logical-plan.js'
import { capturedVariables, type FunctionNode } from './free-variables.js'
import { spanOf } from './load/source-program.js'
import type { QuotedProgram } from './quote.js'
import type { StagedPlan } from './staging/to-plan.js'

/** The function at a site of the quoted modules. */
export function functionAt(quoted: QuotedProgram, site: number | undefined): FunctionNode | undefined {
  const node = quoted.sites.get(site)
  return node !== undefined && isFunctionNode(node) ? node : undefined
}

function isFunctionNode(node: ts.Node): node is FunctionNode {
  return (
    ts.isArrowFunction(node) ||
    ts.isFunctionExpression(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isMethodDeclaration(node)
  )
}

/** Where a function first mentions a variable that it captured, and where that is declared. */
export function captureSpans(
  quoted: QuotedProgram,
  fn: FunctionNode | undefined,
  variable: string | undefined,
): { readonly used: Span | undefined; readonly declared: Span | undefined } {
  const { checker, root } = quoted.source
  const found = fn && capturedVariables(checker, fn).find(({ name }) => name === variable)
  const [use] = found?.references ?? []
  const declared = found === undefined ? undefined : declarationName(found.declaration)
  return {
    used: use === undefined ? undefined : spanOf(root, use),
    declared: declared === undefined ? undefined : spanOf(root, declared),
  }
}

export function declarationName(declaration: ts.Declaration): ts.Node {
  return ts.getNameOfDeclaration(declaration) ?? declaration
}

/** The argument that holds a function of an operator: itself, or the property of that name. */
export function argumentSpan(
  quoted: QuotedProgram,
  staged: StagedPlan,
  node: LogicalNode,
  role: string,
): Span | undefined {
  const origin =
    role === 'timestamp' && node.kind === 'source' ? staged.nodes.get(node.id)?.topic : staged.nodes.get(node.id)?.site
  const call = quoted.sites.get(origin?.id)
  if (call === undefined || !ts.isCallExpression(call)) return node.span
  const property = call.arguments
    .filter((argument) => ts.isObjectLiteralExpression(argument))
    .flatMap((argument) => argument.properties)
    .find((member) => member.name !== undefined && member.name.getText() === role)
  const found = property ?? call.arguments[0]
  return found === undefined ? node.span : spanOf(quoted.source.root, found)
}
