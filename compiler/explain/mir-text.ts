/** MIR as text that reads like JavaScript, for people who work on the compiler. It is printed, never run. */
import type { MirArgument, MirExpression, MirFunction, MirLocalId, MirProgram, MirStatement } from '../ir/mir.js'

export function mirText(program: MirProgram): string {
  return program.functions.map((fn) => new FunctionPrinter(program, fn).print()).join('\n\n')
}

class FunctionPrinter {
  readonly #lines: string[] = []
  #indent = 0

  constructor(
    readonly program: MirProgram,
    readonly fn: MirFunction,
  ) {}

  print(): string {
    const { subTopology, input, timestamp, body, subroutines } = this.fn
    this.#block(`sub-topology ${subTopology}, input ${input}`, () => {
      if (timestamp !== undefined) {
        this.#block('event time', () => {
          this.#statements(timestamp.body)
          this.#line(`return ${this.#expression(timestamp.result)}`)
        })
      }
      this.#statements(body)
      for (const [index, subroutine] of subroutines.entries()) {
        const parameters = subroutine.parameters.map((id) => this.#local(id)).join(', ')
        this.#block(`subroutine ${index}, ${subroutine.name}(${parameters})`, () => this.#statements(subroutine.body))
      }
    })
    return this.#lines.join('\n')
  }

  #line(text: string): void {
    this.#lines.push('  '.repeat(this.#indent) + text)
  }

  #block(header: string, body: () => void): void {
    this.#line(`${header} {`)
    this.#indent++
    body()
    this.#indent--
    this.#line('}')
  }

  #statements(body: readonly MirStatement[]): void {
    for (const node of body) this.#statement(node)
  }

  #statement(node: MirStatement): void {
    switch (node.kind) {
      case 'let':
        this.#line(
          `let ${this.#local(node.local)}${node.init === undefined ? '' : ` = ${this.#expression(node.init)}`}`,
        )
        return
      case 'assign':
        this.#line(`${this.#local(node.local)} = ${this.#expression(node.value)}`)
        return
      case 'store':
        this.#line(
          `${this.#expression(node.object)}[${this.#expression(node.property)}] = ${this.#expression(node.value)}`,
        )
        return
      case 'expression':
        this.#line(this.#expression(node.value))
        return
      case 'throw':
        this.#line(`throw ${this.#expression(node.value)}`)
        return
      case 'return':
        this.#line(node.value === undefined ? 'return' : `return ${this.#expression(node.value)}`)
        return
      case 'break':
        this.#line(node.label === undefined ? 'break' : `break label${node.label}`)
        return
      case 'continue':
        this.#line('continue')
        return
      case 'enter':
        this.#line(`enter operator ${node.operator}${node.count ? '' : ', without counting'}`)
        return
      case 'print':
        this.#line(
          `print ${JSON.stringify(node.label)}, ${this.#expression(node.key)}, ${this.#expression(node.value)}`,
        )
        return
      case 'emit':
        this.#emit(node)
        return
      case 'seek':
        this.#line(`seek state of operator ${node.operator}, key ${this.#expression(node.key)}`)
        return
      case 'invoke':
        this.#line(`invoke subroutine ${node.subroutine}: ${node.args.map(this.#expression).join(', ')}`)
        return
      default:
        this.#nested(node)
    }
  }

  #nested(node: Extract<MirStatement, { kind: 'if' | 'block' | 'for-of' | 'while' }>): void {
    switch (node.kind) {
      case 'if':
        this.#block(`if (${this.#expression(node.test)})`, () => this.#statements(node.then))
        if (node.otherwise.length > 0) this.#block('else', () => this.#statements(node.otherwise))
        return
      case 'block':
        this.#block(node.label === undefined ? 'block' : `label${node.label}:`, () => this.#statements(node.body))
        return
      case 'for-of':
        this.#block(`for (${this.#local(node.local)} of ${this.#expression(node.iterable)})`, () =>
          this.#statements(node.body),
        )
        return
      case 'while':
        this.#block(`while (${this.#expression(node.test)})`, () => this.#statements(node.body))
    }
  }

  #emit(node: Extract<MirStatement, { kind: 'emit' }>): void {
    const parts = [`key ${this.#expression(node.key)}`, `value ${this.#expression(node.value)}`]
    if (node.topic !== undefined) parts.push(`topic ${this.#expression(node.topic)}`)
    if (node.timestamp !== undefined) parts.push(`timestamp ${this.#expression(node.timestamp)}`)
    if (node.headers !== undefined) parts.push(`headers ${this.#expression(node.headers)}`)
    this.#line(`emit to sink ${node.sink}: ${parts.join(', ')}`)
  }

  #local(id: MirLocalId): string {
    return `${this.fn.locals.get(id)?.name ?? 'local'}$${id}`
  }

  readonly #expression = (node: MirExpression): string => {
    switch (node.kind) {
      case 'literal':
        return literalText(node.value)
      case 'regexp':
        return `/${node.source}/${node.flags}`
      case 'local':
        return this.#local(node.local)
      case 'input':
        return node.part
      case 'field':
        return `field ${node.field} as ${node.as.kind}`
      case 'context':
        return `ctx.${node.property}`
      case 'constant':
        return `${this.program.constants[node.constant]?.name ?? 'constant'}#${node.constant}`
      case 'link':
        return this.program.links[node.link]?.name ?? 'link'
      case 'global':
        return node.name
      case 'helper':
        return `${node.name}(${node.args.map(this.#expression).join(', ')})`
      case 'state':
        return `state${node.operator}.${node.method}(${node.args.map(this.#expression).join(', ')})`
      case 'apply':
        return `${this.program.opaques[node.opaque]?.name ?? 'lambda'}(${node.args.map(this.#expression).join(', ')})`
      case 'opaque':
        return node.text.map((part) => (typeof part === 'string' ? part : this.#expression(part))).join('')
      default:
        return this.#compound(node)
    }
  }

  #compound(node: Compound): string {
    switch (node.kind) {
      case 'member':
        return `${this.#operand(node.object)}${node.optional ? '?.' : '.'}${node.property}`
      case 'index':
        return `${this.#operand(node.object)}${node.optional ? '?.' : ''}[${this.#expression(node.index)}]`
      case 'call':
        return `${this.#operand(node.callee)}${node.optional ? '?.' : ''}(${this.#arguments(node.args)})`
      case 'new':
        return `new ${this.#operand(node.callee)}(${this.#arguments(node.args)})`
      case 'unary':
        return `${node.operator}${node.operator.length > 1 ? ' ' : ''}${this.#operand(node.operand)}`
      case 'binary':
      case 'logical':
        return `${this.#operand(node.left)} ${node.operator} ${this.#operand(node.right)}`
      case 'conditional':
        return `${this.#operand(node.test)} ? ${this.#operand(node.then)} : ${this.#operand(node.otherwise)}`
      case 'template':
        return `\`${node.strings.map((part, index) => part + this.#hole(node.expressions[index])).join('')}\``
      case 'object':
        return this.#object(node)
      case 'array':
        return `[${this.#arguments(node.items)}]`
      case 'function':
        return this.#function(node)
    }
  }

  #hole(expression: MirExpression | undefined): string {
    return expression === undefined ? '' : `\${${this.#expression(expression)}}`
  }

  #operand(node: MirExpression): string {
    const text = this.#expression(node)
    const loose = ['binary', 'logical', 'conditional', 'unary', 'function', 'opaque', 'field'].includes(node.kind)
    return loose ? `(${text})` : text
  }

  #arguments(args: readonly MirArgument[]): string {
    return args
      .map(({ kind, value }) => (kind === 'spread' ? `...${this.#expression(value)}` : this.#expression(value)))
      .join(', ')
  }

  #object(node: Extract<Compound, { kind: 'object' }>): string {
    const members = node.members.map((item) => {
      const value = this.#expression(item.value)
      if (item.kind === 'spread') return `...${value}`
      return item.kind === 'computed' ? `[${this.#expression(item.name)}]: ${value}` : `${item.name}: ${value}`
    })
    return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
  }

  #function(node: Extract<Compound, { kind: 'function' }>): string {
    const [only, ...more] = node.body
    const parameters = node.parameters.map((id) => this.#local(id)).join(', ')
    if (only?.kind === 'return' && only.value !== undefined && more.length === 0) {
      return `(${parameters}) => ${this.#operand(only.value)}`
    }
    const inner = new FunctionPrinter(this.program, this.fn)
    inner.#indent = this.#indent + 1
    inner.#statements(node.body)
    return [`(${parameters}) => {`, ...inner.#lines, `${'  '.repeat(this.#indent)}}`].join('\n')
  }
}

type Compound = Exclude<
  MirExpression,
  {
    kind:
      | 'literal'
      | 'regexp'
      | 'local'
      | 'input'
      | 'field'
      | 'context'
      | 'constant'
      | 'link'
      | 'global'
      | 'helper'
      | 'apply'
      | 'state'
      | 'opaque'
  }
>

function literalText(value: string | number | boolean | bigint | null | undefined): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  return Object.is(value, -0) ? '-0' : String(value)
}
