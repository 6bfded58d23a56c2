/** MIR statements as JavaScript. */
import type { MirStatement } from '../ir/mir.js'
import { isPure } from '../ir/mir-purity.js'
import type { ModuleIR } from '../ir/module-ir.js'
import { at, js, join, token, type Code, type Name } from './code.js'
import { ExpressionPrinter } from './expression.js'
import type { FunctionScope } from './function-scope.js'
import { Lines } from './lines.js'
import { numbered, variables } from './names.js'
import { WritePrinter } from './writes.js'

/** Methods beside the record loop, and what is put into them. */
export interface Methods {
  /** Each write is a method, because the record loop would grow beyond what V8 optimises. */
  readonly writes: boolean
  readonly lines: Lines
  /** Name and arguments of a subroutine's method. */
  subroutine(index: number): { readonly name: Name; readonly outer: readonly Name[] }
}

export class StatementPrinter {
  readonly expressions: ExpressionPrinter
  readonly #writes: WritePrinter

  constructor(
    readonly scope: FunctionScope,
    readonly ir: ModuleIR,
    readonly methods: Methods,
  ) {
    this.expressions = new ExpressionPrinter(scope, (body) => this.inline(body))
    this.#writes = new WritePrinter(scope, this.expressions)
  }

  body(out: Lines, body: readonly MirStatement[]): void {
    let counter: { readonly name: Code; readonly operators: number[] } | undefined
    for (const [index, node] of body.entries()) {
      if (node.kind !== 'enter') {
        this.statement(out, node)
        // A record that fails here does not come to the operators behind.
        if (!cannotFail(node, this.scope.fn.locals)) counter = undefined
        continue
      }
      if (this.scope.outlined) {
        if (node.count) out.line(js`this.counts[${node.operator}]++`)
        out.line(js`this.operator = ${node.operator}`)
        continue
      }
      if (node.count && counter === undefined) {
        this.scope.counter()
        counter = this.scope.counters.at(-1)
        if (counter !== undefined) out.line(js`${counter.name}++`)
      }
      if (node.count) counter?.operators.push(node.operator)
      if (body[index + 1]?.kind !== 'enter') out.line(js`${variables.operator} = ${node.operator}`)
    }
  }

  private invoke(out: Lines, node: MirStatement & { kind: 'invoke' }): void {
    const { name, outer } = this.methods.subroutine(node.subroutine)
    const args = node.args.map((argument) => this.expressions.argument(argument))
    if (!this.scope.outlined) out.line(js`${variables.operator} = ${inMethod}`)
    out.line(at(node.span, js`this.${name}(${join([...args, ...outer], js`, `)})`))
  }

  private emit(out: Lines, node: MirStatement & { kind: 'emit' }): void {
    const plan = this.ir.writes.get(node.emit)
    if (plan === undefined) throw new Error(`write ${node.emit} has no plan`)
    if (!this.methods.writes) {
      this.#writes.print(out, node, plan)
      return
    }
    const body = new Lines()
    this.#writes.print(body, node, plan)
    const outer = join(this.scope.outerNames(body.identifiers), js`, `)
    const name = numbered('write', node.emit)
    this.methods.lines.block(js`${name}(${outer})`, () => {
      this.methods.lines.append(body)
    })
    out.line(js`this.${name}(${outer})`)
  }

  private statement(out: Lines, node: MirStatement): void {
    const mark = (code: Code): Code => at(node.span, code)
    switch (node.kind) {
      case 'let':
        this.declaration(out, node)
        return
      case 'assign':
        out.line(mark(js`${this.scope.local(node.local)} = ${this.expressions.argument(node.value)}`))
        return
      case 'store': {
        const object = this.expressions.print(node.object, 18)
        const property = this.expressions.print(node.property)
        out.line(mark(js`;${object}[${property}] = ${this.expressions.argument(node.value)}`))
        return
      }
      case 'expression':
        out.line(mark(js`void ${this.expressions.print(node.value, 15)}`))
        return
      case 'if':
        this.branches(out, node)
        return
      case 'block':
        out.block(node.label === undefined ? token('') : js`${labelOf(node.label)}:`, () => {
          this.body(out, node.body)
        })
        return
      case 'for-of': {
        const iterable = this.expressions.print(node.iterable)
        const local = this.scope.fn.locals.get(node.local)
        const keyword = local?.mutable === true ? js`let` : js`const`
        out.block(mark(js`for (${keyword} ${this.scope.local(node.local)} of ${iterable})`), () => {
          this.body(out, node.body)
        })
        return
      }
      case 'while':
        out.block(mark(js`while (${this.expressions.print(node.test)})`), () => {
          this.body(out, node.body)
        })
        return
      case 'break':
        out.line(node.label === undefined ? js`break` : js`break ${labelOf(node.label)}`)
        return
      case 'continue':
        out.line(js`continue`)
        return
      case 'return':
        out.line(mark(node.value === undefined ? js`return` : js`return ${this.expressions.print(node.value)}`))
        return
      case 'throw':
        out.line(mark(js`throw ${this.expressions.print(node.value)}`))
        return
      case 'enter':
        return
      case 'emit':
        this.emit(out, node)
        return
      case 'seek': {
        const part = this.ir.seeks.get(node.seek)
        if (part === undefined) throw new Error(`key ${node.seek} has no plan`)
        this.#writes.seek(out, node, part)
        return
      }
      case 'invoke':
        this.invoke(out, node)
        return
      case 'print': {
        const args = [js`${node.label}`, this.expressions.argument(node.key), this.expressions.argument(node.value)]
        out.line(mark(js`this.context.log.print(${join(args, js`, `)})`))
        return
      }
    }
  }

  private declaration(out: Lines, node: MirStatement & { kind: 'let' }): void {
    const mutable = this.scope.fn.locals.get(node.local)?.mutable === true
    const name = this.scope.local(node.local)
    if (node.init === undefined) out.line(js`let ${name}`)
    else {
      const init = this.expressions.argument(node.init)
      out.line(at(node.span, js`${mutable ? js`let` : js`const`} ${name} = ${init}`))
    }
  }

  private branches(out: Lines, node: MirStatement & { kind: 'if' }): void {
    const test = this.expressions.print(node.test)
    const [first] = node.otherwise
    out.block(at(node.span, js`if (${test})`), () => {
      this.body(out, node.then)
    })
    if (first === undefined) return
    out.block(js`else`, () => {
      this.body(out, node.otherwise)
    })
  }

  /** The body of a nested function, on the lines of its own statement. */
  private inline(body: readonly MirStatement[]): Code {
    const lines = new Lines()
    this.body(lines, body)
    return lines.joined(js`; `)
  }
}

function cannotFail(node: MirStatement, locals: FunctionScope['fn']['locals']): boolean {
  return node.kind === 'let' && (node.init === undefined || isPure(node.init, locals))
}

/** In place of an operator's id: the method that was called keeps it in the task. */
export const inMethod = -2

function labelOf(label: number): Code {
  return numbered('done', label)
}
