/**
 * Expressions of a lambda that is put in place. Order of evaluation stays: whatever was evaluated before a part that
 * needs statements is kept in a local.
 */
import type { Argument, Expression, Lambda, LocalId, ObjectMember, Statement } from '../ir/lambda.js'
import type { MirArgument, MirExpression, MirLocalId, MirMember, MirStatement } from '../ir/mir.js'
import { expression, letStatement, literal, local, not, statement } from '../ir/mir-build.js'
import { contextObject, contextProperty, type ContextValue } from './context-value.js'
import type { FunctionBuilder } from './function-builder.js'
import { isStable } from './function-builder.js'
import type { ProgramBuilder } from './program-builder.js'

type Binding = { readonly kind: 'value'; readonly value: MirExpression } | { readonly kind: 'context' }

export abstract class ExpressionInliner {
  protected readonly bindings = new Map<LocalId, Binding>()
  protected readonly names: ReadonlyMap<LocalId, { readonly name: string; readonly mutable: boolean }>

  constructor(
    readonly program: ProgramBuilder,
    readonly builder: FunctionBuilder,
    readonly lambda: Lambda,
    readonly context: ContextValue,
  ) {
    this.names = new Map([...lambda.parameters, ...lambda.locals].map((item) => [item.id, item]))
  }

  /** A function body whose result is wanted. */
  protected abstract body(body: readonly Statement[], out: MirStatement[]): MirExpression
  /** Of a function that stays one. */
  protected abstract functionBody(body: readonly Statement[]): MirStatement[]

  protected bind(id: LocalId, value: MirExpression, out: MirStatement[]): void {
    const declared = this.names.get(id)
    if (declared?.mutable !== true && isStable(value, this.builder.locals)) {
      this.bindings.set(id, { kind: 'value', value })
      return
    }
    const target = this.declare(id)
    out.push(letStatement(target, value, value.span))
  }

  protected declare(id: LocalId): MirLocalId {
    const declared = this.names.get(id)
    const target = this.builder.local(declared?.name ?? 'value', declared?.mutable ?? false)
    this.bindings.set(id, { kind: 'value', value: local(target) })
    return target
  }

  expression(node: Expression, out: MirStatement[]): MirExpression {
    const base = { type: node.type, span: node.span }
    switch (node.kind) {
      case 'literal':
        return expression({ kind: 'literal', value: node.value }, base)
      case 'regexp':
        return expression({ kind: 'regexp', source: node.source, flags: node.flags }, base)
      case 'global':
        return expression({ kind: 'global', name: node.name }, base)
      case 'local':
        return this.#local(node)
      case 'capture':
        return this.#capture(node.name, base)
      case 'link': {
        const link = this.lambda.links.find((item) => item.local === node.name)
        if (link === undefined) throw new Error(`link ${node.name} of lambda ${this.lambda.id} is not listed`)
        return expression({ kind: 'link', link: this.program.link(link) }, base)
      }
      case 'member':
        return this.#member(node, out)
      case 'index': {
        if (node.optional) return this.#optionalIndex(node, out)
        const [object, index] = this.#pair(node.object, node.index, out)
        return expression({ kind: 'index', object, index, optional: false }, base)
      }
      case 'call':
        return this.#call(node, out)
      case 'new': {
        const [callee, ...args] = this.all([node.callee, ...node.args.map((argument) => argument.value)], out)
        if (callee === undefined) throw new Error('a constructor is missing')
        return expression({ kind: 'new', callee, args: withKinds(node.args, args) }, base)
      }
      case 'unary':
        return expression({ kind: 'unary', operator: node.operator, operand: this.expression(node.operand, out) }, base)
      case 'binary': {
        const [left, right] = this.#pair(node.left, node.right, out)
        return expression({ kind: 'binary', operator: node.operator, left, right }, base)
      }
      case 'logical':
        return this.#logical(node, out)
      case 'conditional':
        return this.#conditional(node, out)
      case 'template': {
        const expressions = this.all(node.expressions, out)
        return expression({ kind: 'template', strings: node.strings, expressions }, base)
      }
      case 'object':
        return this.#object(node, out)
      case 'array': {
        const values = this.all(
          node.items.map((item) => item.value),
          out,
        )
        return expression({ kind: 'array', items: withKinds(node.items, values) }, base)
      }
      case 'function':
        return this.#function(node)
      case 'opaque': {
        const parts = node.text.filter((part) => typeof part !== 'string')
        const values = this.all(parts, out)
        let next = 0
        const text = node.text.map((part) => (typeof part === 'string' ? part : (values[next++] ?? '')))
        return expression({ kind: 'opaque', text }, base)
      }
    }
  }

  #local(node: Expression & { kind: 'local' }): MirExpression {
    const binding = this.bindings.get(node.local)
    if (binding === undefined) throw new Error(`local ${node.local} of lambda ${this.lambda.id} is not declared`)
    if (binding.kind === 'context') return contextObject(this.context)
    // The type at this place may be narrower than that of the declaration; whose value it is stays the same.
    return { ...binding.value, type: node.type, span: node.span }
  }

  #capture(name: string, base: { type: Expression['type']; span: Expression['span'] }): MirExpression {
    const value = this.lambda.captures.get(name)
    if (value === undefined) throw new Error(`capture ${name} of lambda ${this.lambda.id} has no value`)
    if (value.kind === 'primitive') return expression({ kind: 'literal', value: value.value }, base)
    return expression({ kind: 'constant', constant: this.program.constant(name, value, this.lambda) }, base)
  }

  #member(node: Expression & { kind: 'member' }, out: MirStatement[]): MirExpression {
    const base = { type: node.type, span: node.span }
    if (node.object.kind === 'local' && this.bindings.get(node.object.local)?.kind === 'context') {
      return this.#contextMember(node.property, base)
    }
    const object = this.expression(node.object, out)
    return expression({ kind: 'member', object, property: node.property, optional: node.optional }, base)
  }

  #contextMember(property: string, base: { type: Expression['type']; span: Expression['span'] }): MirExpression {
    switch (property) {
      case 'key':
        return { ...this.context.key, span: base.span, type: base.type }
      case 'timestamp':
      case 'headers':
      case 'topic':
      case 'partition':
      case 'offset':
        return contextProperty(this.context, property, base)
      default:
        return literal(undefined)
    }
  }

  #optionalIndex(node: Expression & { kind: 'index' }, out: MirStatement[]): MirExpression {
    const object = this.expression(node.object, out)
    const before: MirStatement[] = []
    const index = this.expression(node.index, before)
    if (before.length > 0) throw new Error('an optional index that needs statements is not understood')
    return expression({ kind: 'index', object, index, optional: true }, { type: node.type, span: node.span })
  }

  #call(node: Expression & { kind: 'call' }, out: MirStatement[]): MirExpression {
    const base = { type: node.type, span: node.span }
    if (node.callee.kind === 'function' && node.args.every((argument) => argument.kind === 'value')) {
      return this.#inlineCall(node.callee, node.args, out)
    }
    if (node.callee.kind === 'member' || node.callee.kind === 'index') return this.#methodCall(node, out)
    const [callee, ...args] = this.all([node.callee, ...node.args.map((argument) => argument.value)], out)
    if (callee === undefined) throw new Error('a callee is missing')
    return expression({ kind: 'call', callee, args: withKinds(node.args, args), optional: node.optional }, base)
  }

  /** The receiver must stay in the call. */
  #methodCall(node: Expression & { kind: 'call' }, out: MirStatement[]): MirExpression {
    const base = { type: node.type, span: node.span }
    const before: MirStatement[] = []
    const callee = this.expression(node.callee, before)
    const argsOut: MirStatement[] = []
    const args = this.all(
      node.args.map((argument) => argument.value),
      argsOut,
    )
    out.push(...before)
    let receiver = callee
    if (argsOut.length > 0 && (callee.kind === 'member' || callee.kind === 'index')) {
      receiver = { ...callee, object: this.builder.atom(callee.object, 'receiver', out) }
    }
    out.push(...argsOut)
    return expression(
      { kind: 'call', callee: receiver, args: withKinds(node.args, args), optional: node.optional },
      base,
    )
  }

  #inlineCall(
    callee: Expression & { kind: 'function' },
    args: readonly Argument[],
    out: MirStatement[],
  ): MirExpression {
    const values = this.all(
      args.map((argument) => argument.value),
      out,
    )
    for (const [index, parameter] of callee.parameters.entries()) {
      this.bind(parameter.id, values[index] ?? literal(undefined), out)
    }
    for (const extra of values.slice(callee.parameters.length)) {
      out.push(statement({ kind: 'expression', value: extra }))
    }
    return this.body(callee.body, out)
  }

  #logical(node: Expression & { kind: 'logical' }, out: MirStatement[]): MirExpression {
    const base = { type: node.type, span: node.span }
    const left = this.expression(node.left, out)
    const before: MirStatement[] = []
    const right = this.expression(node.right, before)
    if (before.length === 0) return expression({ kind: 'logical', operator: node.operator, left, right }, base)
    const result = this.builder.local('result', true)
    out.push(letStatement(result, left))
    const value = local(result, node.type)
    const test =
      node.operator === '&&'
        ? value
        : node.operator === '||'
          ? not(value)
          : expression({ kind: 'binary', operator: '==', left: value, right: literal(null) })
    before.push(statement({ kind: 'assign', local: result, value: right }))
    out.push(statement({ kind: 'if', test, then: before, otherwise: [] }))
    return value
  }

  #conditional(node: Expression & { kind: 'conditional' }, out: MirStatement[]): MirExpression {
    const base = { type: node.type, span: node.span }
    const test = this.expression(node.test, out)
    const thenOut: MirStatement[] = []
    const otherwiseOut: MirStatement[] = []
    const then = this.expression(node.then, thenOut)
    const otherwise = this.expression(node.otherwise, otherwiseOut)
    if (thenOut.length === 0 && otherwiseOut.length === 0) {
      return expression({ kind: 'conditional', test, then, otherwise }, base)
    }
    const result = this.builder.local('result', true)
    thenOut.push(statement({ kind: 'assign', local: result, value: then }))
    otherwiseOut.push(statement({ kind: 'assign', local: result, value: otherwise }))
    out.push(letStatement(result, undefined), statement({ kind: 'if', test, then: thenOut, otherwise: otherwiseOut }))
    return local(result, node.type)
  }

  #object(node: Expression & { kind: 'object' }, out: MirStatement[]): MirExpression {
    const parts = node.members.flatMap((item) => (item.kind === 'computed' ? [item.name, item.value] : [item.value]))
    const values = this.all(parts, out)
    let next = 0
    const take = (): MirExpression => values[next++] ?? literal(undefined)
    const members = node.members.map((item: ObjectMember): MirMember => {
      if (item.kind === 'property') return { kind: 'property', name: item.name, value: take() }
      if (item.kind === 'spread') return { kind: 'spread', value: take() }
      return { kind: 'computed', name: take(), value: take() }
    })
    return expression({ kind: 'object', members }, { type: node.type, span: node.span })
  }

  #function(node: Expression & { kind: 'function' }): MirExpression {
    const parameters = node.parameters.map((parameter) => this.declare(parameter.id))
    const body = this.functionBody(node.body)
    return expression({ kind: 'function', parameters, body }, { type: node.type, span: node.span })
  }

  #pair(left: Expression, right: Expression, out: MirStatement[]): [MirExpression, MirExpression] {
    const [first, second] = this.all([left, right], out)
    if (first === undefined || second === undefined) throw new Error('an operand is missing')
    return [first, second]
  }

  /** Evaluates from left to right; what comes before an expression that needs statements is kept in locals. */
  protected all(nodes: readonly Expression[], out: MirStatement[]): MirExpression[] {
    const lowered = nodes.map((node) => {
      const before: MirStatement[] = []
      return { value: this.expression(node, before), before }
    })
    const last = lowered.findLastIndex((item) => item.before.length > 0)
    return lowered.map(({ value, before }, index) => {
      out.push(...before)
      return index < last && value.kind !== 'function' ? this.builder.atom(value, 'part', out) : value
    })
  }
}

function withKinds(args: readonly Argument[], values: readonly MirExpression[]): MirArgument[] {
  return args.map((argument, index) => ({ kind: argument.kind, value: values[index] ?? literal(undefined) }))
}
