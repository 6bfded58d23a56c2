/** Destructuring as statements: each name becomes a constant (or variable) with the path that it stands for. */
import { ts } from 'ts-morph'
import type { Expression, LocalId, Statement } from '../../ir/lambda.js'
import type { Frame } from './frame.js'
import { NotUnderstood } from './not-understood.js'
import { mayBeUndefined, orUndefined } from './or-undefined.js'

export function bindPattern(
  frame: Frame,
  name: ts.BindingName,
  value: Expression,
  mutable: boolean,
  out: Statement[],
): void {
  if (ts.isIdentifier(name)) {
    const local = frame.declare(name, mutable)
    if (mayBeUndefined(value.type)) frame.lowering.mayBeUndefined.add(local.id)
    out.push({ kind: 'let', local: local.id, init: value, span: value.span })
    return
  }
  if (ts.isArrayBindingPattern(name)) throw new NotUnderstood('an array pattern', name)
  const source = named(frame, value, out)
  for (const element of name.elements) bindElement(frame, element, source, mutable, out)
}

function bindElement(
  frame: Frame,
  element: ts.BindingElement,
  source: Expression,
  mutable: boolean,
  out: Statement[],
): void {
  if (element.dotDotDotToken !== undefined) throw new NotUnderstood('a rest pattern', element)
  const property = propertyName(element)
  // Read before the default: its type still has the undefined that the default replaces.
  const declared = frame.typeOf(element.name)
  const type = element.initializer === undefined ? declared : orUndefined(declared)
  const member: Expression = {
    kind: 'member',
    object: source,
    property,
    optional: false,
    type,
    span: frame.base(element).span,
  }
  bindPattern(frame, element.name, withDefault(frame, member, element.initializer), mutable, out)
}

function propertyName(element: ts.BindingElement): string {
  const name = element.propertyName ?? element.name
  if (ts.isIdentifier(name) || ts.isStringLiteral(name) || ts.isNumericLiteral(name)) return name.text
  throw new NotUnderstood('a computed name in a pattern', element)
}

/** `value === undefined ? default : value`. */
export function withDefault(frame: Frame, value: Expression, initializer: ts.Expression | undefined): Expression {
  if (initializer === undefined) return value
  const { span } = value
  const nothing: Expression = { kind: 'literal', value: undefined, type: { kind: 'undefined' }, span }
  const otherwise = frame.expression(initializer)
  return {
    kind: 'conditional',
    test: { kind: 'binary', operator: '===', left: value, right: nothing, type: { kind: 'boolean' }, span },
    then: otherwise,
    otherwise: value,
    type: frame.typeOf(initializer.parent),
    span,
  }
}

/** A value that is read several times: evaluated once. */
export function named(frame: Frame, value: Expression, out: Statement[]): Expression {
  if (value.kind === 'local') return value
  const local: LocalId = frame.lowering.declare('source', false).id
  out.push({ kind: 'let', local, init: value, span: value.span })
  return { kind: 'local', local, type: value.type, span: value.span }
}
