/** Parameters and body of a function; patterns of parameters become statements at its start. */
import { ts } from 'ts-morph'
import type { Local, Statement } from '../../ir/lambda.js'
import type { Frame, FunctionBody } from './frame.js'
import { NotUnderstood } from './not-understood.js'
import { isAssigned } from './is-assigned.js'
import { bindPattern, withDefault } from './patterns.js'
import { hasOwnThis } from './syntax.js'

export function lowerFunctionBody(frame: Frame): FunctionBody {
  const { node } = frame
  refuseSpecialFunctions(node)
  const parameters: Local[] = []
  const body: Statement[] = []
  for (const parameter of node.parameters) {
    if (parameter.dotDotDotToken !== undefined) throw new NotUnderstood('a rest parameter', parameter)
    parameters.push(lowerParameter(frame, parameter, body))
  }
  if (node.body === undefined) throw new NotUnderstood('a function without body', node)
  if (ts.isBlock(node.body)) body.push(...frame.statements(node.body.statements))
  else body.push({ kind: 'return', value: frame.expression(node.body), span: frame.base(node.body).span })
  return { parameters, body }
}

function lowerParameter(frame: Frame, parameter: ts.ParameterDeclaration, body: Statement[]): Local {
  const { name, initializer } = parameter
  const { span } = frame.base(parameter)
  const simple = ts.isIdentifier(name) && initializer === undefined
  if (simple) return frame.declare(name, isAssigned(name, frame))
  const local = frame.lowering.declare(ts.isIdentifier(name) ? name.text : 'parameter', false)
  const value = withDefault(frame, { kind: 'local', local: local.id, type: frame.typeOf(parameter), span }, initializer)
  bindPattern(frame, name, value, isAssigned(name, frame), body)
  return local
}

function refuseSpecialFunctions(node: Frame['node']): void {
  if (!ts.isArrowFunction(node) && node.asteriskToken !== undefined) throw new NotUnderstood('a generator', node)
  if (node.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.AsyncKeyword) === true) {
    throw new NotUnderstood('an async function', node)
  }
  const visit = (inner: ts.Node): void => {
    if (inner.kind === ts.SyntaxKind.ThisKeyword) throw new NotUnderstood('`this`', inner)
    if (ts.isIdentifier(inner) && inner.text === 'arguments' && !isPropertyName(inner)) {
      throw new NotUnderstood('`arguments`', inner)
    }
    if (!hasOwnThis(inner)) ts.forEachChild(inner, visit)
  }
  if (node.body !== undefined) visit(node.body)
}

function isPropertyName(node: ts.Identifier): boolean {
  return ts.isPropertyAccessExpression(node.parent) && node.parent.name === node
}
