/** Functions inside a lambda: callbacks of array methods and the like. */
import { ts } from 'ts-morph'
import type { Expression } from '../../ir/lambda.js'
import type { FunctionNode } from './environment.js'
import type { Frame } from './frame.js'
import { NotUnderstood } from './not-understood.js'
import { opaqueExpression } from './opaque-expression.js'

export function lowerFunction(frame: Frame, node: FunctionNode): Expression {
  const giveUp = frame.lowering.snapshot()
  try {
    const { parameters, body } = frame.inner(node).functionBody()
    return { kind: 'function', parameters, body, ...frame.base(node) }
  } catch (error) {
    if (!(error instanceof NotUnderstood) || ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) throw error
    giveUp()
    return opaqueExpression(frame, node, error.reason)
  }
}
