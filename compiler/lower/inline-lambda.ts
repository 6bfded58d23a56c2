/**
 * Puts the body of a lambda where it is called: parameters become locals, `return` becomes the result, and calls of
 * functions whose body is known are put in place in turn. Order of evaluation stays: whatever was evaluated before a
 * body that needs statements is kept in a local.
 */
import type { Lambda, LocalId, Statement } from '../ir/lambda.js'
import type { LabelId, MirExpression, MirLocalId, MirStatement } from '../ir/mir.js'
import { expression, letStatement, literal, local, not, statement } from '../ir/mir-build.js'
import { contextObject, type ContextValue } from './context-value.js'
import type { FunctionBuilder } from './function-builder.js'
import { ExpressionInliner } from './inline-expression.js'
import type { ProgramBuilder } from './program-builder.js'
import { endsAlways, returnsInTailPosition, returnsSomewhere } from './returns.js'

type Exit =
  | { readonly kind: 'return' }
  | { readonly kind: 'assign'; readonly result: MirLocalId; readonly label: LabelId | undefined }

/**
 * Evaluates a lambda of these arguments and the record context; `out` takes the statements that have to run before the
 * result is there.
 */
export function inlineLambda(
  program: ProgramBuilder,
  builder: FunctionBuilder,
  lambda: Lambda,
  args: readonly MirExpression[],
  context: ContextValue,
  out: MirStatement[],
): MirExpression {
  if (lambda.opaque !== undefined) return applyOpaque(program, lambda, args, context)
  return new Inliner(program, builder, lambda, context).run(args, out)
}

function applyOpaque(
  program: ProgramBuilder,
  lambda: Lambda,
  args: readonly MirExpression[],
  context: ContextValue,
): MirExpression {
  const takesContext = lambda.parameters.length > args.length || lambda.text.includes('arguments')
  const all = takesContext ? [...args, contextObject(context)] : args
  return expression(
    { kind: 'apply', opaque: program.opaque(lambda), args: all },
    { type: lambda.returns, span: lambda.span },
  )
}

class Inliner extends ExpressionInliner {
  run(args: readonly MirExpression[], out: MirStatement[]): MirExpression {
    for (const [index, parameter] of this.lambda.parameters.entries()) {
      const arg = args[index]
      if (arg !== undefined) this.bind(parameter.id, arg, out)
      else if (index > args.length) this.bind(parameter.id, literal(undefined), out)
      else if (parameter.mutable) this.bind(parameter.id, contextObject(this.context), out)
      else this.bindings.set(parameter.id, { kind: 'context' })
    }
    return this.body(this.lambda.body, out)
  }

  protected body(body: readonly Statement[], out: MirStatement[]): MirExpression {
    const last = body.at(-1)
    if (last?.kind === 'return' && body.slice(0, -1).every((item) => !containsReturn(item))) {
      for (const item of body.slice(0, -1)) this.#statement(item, { kind: 'return' }, out)
      return last.value === undefined ? literal(undefined) : this.expression(last.value, out)
    }
    const result = this.builder.local('result', true)
    if (returnsInTailPosition(body)) {
      const inner = this.#tail(body, { kind: 'assign', result, label: undefined })
      const choice = asConditional(inner, result)
      if (choice !== undefined) return choice
      out.push(letStatement(result, undefined), ...inner)
      return local(result)
    }
    const label = this.builder.label()
    const inner: MirStatement[] = []
    for (const item of body) this.#statement(item, { kind: 'assign', result, label }, inner)
    out.push(
      letStatement(result, undefined),
      statement({ kind: 'assign', local: result, value: literal(undefined) }),
      statement({ kind: 'block', label, body: inner }),
    )
    return local(result)
  }

  /** Statements of which each path ends with an assignment of the result. */
  #tail(body: readonly Statement[], exit: Exit & { kind: 'assign' }): MirStatement[] {
    const out: MirStatement[] = []
    for (const [index, item] of body.entries()) {
      const rest = body.slice(index + 1)
      if (item.kind === 'block' && containsReturn(item)) {
        out.push(...this.#tail([...item.body, ...rest], exit))
        return out
      }
      if (item.kind === 'if' && containsReturn(item)) {
        const test = this.expression(item.test, out)
        const then = this.#tail(endsAlways(item.then) ? item.then : [...item.then, ...rest], exit)
        const otherwise = this.#tail(endsAlways(item.otherwise) ? item.otherwise : [...item.otherwise, ...rest], exit)
        out.push(statement({ kind: 'if', test, then, otherwise }, item.span))
        return out
      }
      this.#statement(item, exit, out)
      if (item.kind === 'return' || item.kind === 'throw') return out
    }
    out.push(statement({ kind: 'assign', local: exit.result, value: literal(undefined) }))
    return out
  }

  protected functionBody(body: readonly Statement[]): MirStatement[] {
    return this.#statements(body, { kind: 'return' })
  }

  #statements(body: readonly Statement[], exit: Exit): MirStatement[] {
    const out: MirStatement[] = []
    for (const item of body) this.#statement(item, exit, out)
    return out
  }

  #statement(item: Statement, exit: Exit, out: MirStatement[]): void {
    const { span } = item
    switch (item.kind) {
      case 'let':
        this.#let(item, out)
        return
      case 'assign': {
        const value = this.expression(item.value, out)
        out.push(statement({ kind: 'assign', local: this.#target(item.local), value }, span))
        return
      }
      case 'store': {
        const [object, property, value] = this.all([item.object, item.property, item.value], out)
        if (object && property && value) out.push(statement({ kind: 'store', object, property, value }, span))
        return
      }
      case 'expression':
        out.push(statement({ kind: 'expression', value: this.expression(item.value, out) }, span))
        return
      case 'if': {
        const test = this.expression(item.test, out)
        const then = this.#statements(item.then, exit)
        out.push(statement({ kind: 'if', test, then, otherwise: this.#statements(item.otherwise, exit) }, span))
        return
      }
      case 'block':
        out.push(...this.#statements(item.body, exit))
        return
      case 'for-of': {
        const iterable = this.expression(item.iterable, out)
        const target = this.declare(item.local)
        out.push(statement({ kind: 'for-of', local: target, iterable, body: this.#statements(item.body, exit) }, span))
        return
      }
      case 'while':
        this.#while(item, exit, out)
        return
      case 'break':
        out.push(statement({ kind: 'break', label: undefined }, span))
        return
      case 'continue':
        out.push(statement({ kind: 'continue' }, span))
        return
      case 'return':
        this.#return(item, exit, out)
        return
      case 'throw':
        out.push(statement({ kind: 'throw', value: this.expression(item.value, out) }, span))
        return
    }
  }

  #let(item: Statement & { kind: 'let' }, out: MirStatement[]): void {
    const mutable = this.names.get(item.local)?.mutable === true
    const init = item.init === undefined ? undefined : this.expression(item.init, out)
    if (!mutable && init !== undefined) {
      this.bind(item.local, init, out)
      return
    }
    // A variable without a value is undefined again each time that the statement runs (a loop, the next record).
    out.push(letStatement(this.declare(item.local), init ?? literal(undefined), item.span))
  }

  #while(item: Statement & { kind: 'while' }, exit: Exit, out: MirStatement[]): void {
    const before: MirStatement[] = []
    const test = this.expression(item.test, before)
    const body = this.#statements(item.body, exit)
    if (before.length === 0) {
      out.push(statement({ kind: 'while', test, body }, item.span))
      return
    }
    const leave = statement({ kind: 'break', label: undefined })
    const check = statement({ kind: 'if', test: not(test), then: [leave], otherwise: [] })
    out.push(statement({ kind: 'while', test: literal(true), body: [...before, check, ...body] }, item.span))
  }

  #return(item: Statement & { kind: 'return' }, exit: Exit, out: MirStatement[]): void {
    const value = item.value === undefined ? undefined : this.expression(item.value, out)
    if (exit.kind === 'return') {
      out.push(statement({ kind: 'return', value }, item.span))
      return
    }
    out.push(statement({ kind: 'assign', local: exit.result, value: value ?? literal(undefined) }, item.span))
    if (exit.label !== undefined) out.push(statement({ kind: 'break', label: exit.label }))
  }

  #target(id: LocalId): MirLocalId {
    const binding = this.bindings.get(id)
    if (binding?.kind === 'value' && binding.value.kind === 'local') return binding.value.local
    throw new Error(`local ${id} of lambda ${this.lambda.id} is assigned, but no variable`)
  }
}

/** `if (c) r = a; else r = b` with nothing else in it. */
function asConditional(body: readonly MirStatement[], result: MirLocalId): MirExpression | undefined {
  const [only, ...others] = body
  if (only === undefined || others.length > 0) return undefined
  if (only.kind === 'assign' && only.local === result) return only.value
  if (only.kind !== 'if') return undefined
  const then = asConditional(only.then, result)
  const otherwise = asConditional(only.otherwise, result)
  if (then === undefined || otherwise === undefined || then.kind === 'object' || otherwise.kind === 'object')
    return undefined
  return expression({ kind: 'conditional', test: only.test, then, otherwise }, { type: then.type, span: only.span })
}

function containsReturn(item: Statement): boolean {
  return returnsSomewhere([item])
}
