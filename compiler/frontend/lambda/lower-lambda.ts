/**
 * The AST of one lambda to our own tree (ir/lambda.ts). Visible functions of the author's modules are put in place where
 * they are called; what is not understood becomes opaque text, the whole function where no smaller part will do. Relies
 * on resolve-closures for the verification of captures and effects.
 */
import type { ts } from 'ts-morph'
import type { Lambda } from '../../ir/lambda.js'
import type { LambdaEnvironment, LambdaRequest } from './environment.js'
import { lowerExpression } from './expressions.js'
import { Frame, type Rules } from './frame.js'
import { lowerFunctionBody } from './function-body.js'
import { functionText, functionTexts } from './function-text.js'
import { Lowering } from './lowering.js'
import { NotUnderstood } from './not-understood.js'
import { lowerStatements } from './statements.js'

const rules: Rules = { expression: lowerExpression, statements: lowerStatements, functionBody: lowerFunctionBody }

export function lowerLambda(request: LambdaRequest, environment: LambdaEnvironment): Lambda {
  try {
    return understood(request, environment)
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error
    return opaque(request, environment, error.reason, error.node)
  }
}

function understood(request: LambdaRequest, environment: LambdaEnvironment): Lambda {
  const lowering = new Lowering(environment)
  const frame = new Frame(lowering, rules, request.node, request.captures)
  const { parameters, body } = frame.functionBody()
  const inParameters = new Set(parameters.map((parameter) => parameter.id))
  return {
    ...common(request, environment),
    parameters,
    locals: lowering.locals.filter((local) => !inParameters.has(local.id)),
    body,
    captures: lowering.captures,
    links: lowering.links,
    functions: functionTexts(lowering.captures, environment),
    opaque: undefined,
  }
}

function opaque(request: LambdaRequest, environment: LambdaEnvironment, reason: string, node: ts.Node): Lambda {
  const lowering = new Lowering(environment)
  const frame = new Frame(lowering, rules, request.node, request.captures)
  frame.linkEverythingMentioned()
  return {
    ...common(request, environment),
    parameters: request.node.parameters.map((parameter) => lowering.declare(parameter.name.getText(), true)),
    locals: [],
    body: [],
    captures: request.captures,
    links: lowering.links,
    functions: functionTexts(request.captures, environment),
    opaque: { reason, span: environment.spanOf(node) },
  }
}

function common({ id, node }: LambdaRequest, environment: LambdaEnvironment) {
  const { checker } = environment
  const signature = checker.getSignatureFromDeclaration(node)
  const returns =
    signature === undefined
      ? ({ kind: 'opaque', text: 'unknown', reason: 'no signature' } as const)
      : environment.valueTypeOf(checker.getReturnTypeOfSignature(signature))
  return { id, span: environment.spanOf(node), text: functionText(node), returns }
}
