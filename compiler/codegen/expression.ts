/** MIR expressions as JavaScript, with the parentheses that precedence demands and no others. */
import type { FieldUse, MirArgument, MirExpression, MirMember, MirStatement } from '../ir/mir.js'
import { at, authorText, comma, js, join, Name, quote, token, type Code } from './code.js'
import { fieldUse } from './field-use.js'
import { kernelName } from './names.js'
import type { FunctionScope } from './function-scope.js'

/** Binding strengths; higher binds tighter. */
const level = {
  lowest: 0,
  conditional: 3,
  nullish: 4,
  or: 4,
  and: 5,
  bitOr: 6,
  bitXor: 7,
  bitAnd: 8,
  equality: 9,
  relational: 10,
  shift: 11,
  additive: 12,
  multiplicative: 13,
  exponent: 14,
  unary: 15,
  postfix: 18,
  primary: 20,
} as const

const binaryLevel: Readonly<Record<string, number>> = {
  '|': level.bitOr,
  '^': level.bitXor,
  '&': level.bitAnd,
  '===': level.equality,
  '!==': level.equality,
  '==': level.equality,
  '!=': level.equality,
  '<': level.relational,
  '<=': level.relational,
  '>': level.relational,
  '>=': level.relational,
  in: level.relational,
  instanceof: level.relational,
  '<<': level.shift,
  '>>': level.shift,
  '>>>': level.shift,
  '+': level.additive,
  '-': level.additive,
  '*': level.multiplicative,
  '/': level.multiplicative,
  '%': level.multiplicative,
  '**': level.exponent,
}

export interface Printed {
  readonly code: Code
  readonly level: number
}

/** Statements within an expression: bodies of nested functions. */
export type BodyPrinter = (body: readonly MirStatement[]) => Code

export class ExpressionPrinter {
  constructor(
    readonly scope: FunctionScope,
    readonly printBody: BodyPrinter,
  ) {}

  /** As an operand of something that binds with at least `minimum`. */
  print(node: MirExpression, minimum: number = level.lowest): Code {
    const printed = this.printed(node)
    const code = printed.level < minimum ? js`(${printed.code})` : printed.code
    return at(isMarked(node) ? node.span : undefined, code)
  }

  /** As an argument, item or value: anything but a comma expression. */
  argument(node: MirExpression): Code {
    return this.print(node, level.conditional)
  }

  private printed(node: MirExpression): Printed {
    switch (node.kind) {
      case 'literal':
        return literalOf(node.value)
      case 'regexp':
        return primary(authorText(`/${node.source}/${node.flags}`))
      case 'local':
        return primary(this.scope.local(node.local))
      case 'input':
        throw new Error('a read of the input is left')
      case 'field':
        return this.field(node.field, node.as)
      case 'context':
        return primary(this.scope.context(node.property))
      case 'constant':
        return primary(this.scope.module.constant(node.constant))
      case 'link':
        return primary(this.scope.module.link(node.link))
      case 'global':
        return primary(authorText(node.name))
      case 'member':
        return postfix(js`${this.print(node.object, level.postfix)}${propertyAccess(node.property, node.optional)}`)
      case 'index': {
        const object = this.print(node.object, level.postfix)
        return postfix(js`${object}${node.optional ? token('?.') : token('')}[${this.print(node.index)}]`)
      }
      case 'call':
        return postfix(this.call(node))
      case 'new':
        return postfix(js`new ${this.print(node.callee, level.primary)}(${this.arguments(node.args)})`)
      case 'helper': {
        const args = node.args.map((argument) => this.argument(argument))
        return postfix(js`${this.scope.module.helper(node.name)}(${join(args, comma)})`)
      }
      case 'state': {
        const args = node.args.map((argument) => this.argument(argument))
        return postfix(js`this.${kernelName(node)}.${new Name(node.method)}(${join(args, comma)})`)
      }
      case 'apply': {
        const args = node.args.map((argument) => this.argument(argument))
        return postfix(js`${this.scope.module.opaque(node.opaque)}(${join(args, comma)})`)
      }
      case 'unary':
        return this.unary(node)
      case 'binary':
        return this.binary(node)
      case 'logical':
        return this.logical(node)
      case 'conditional': {
        const test = this.print(node.test, level.nullish)
        const code = js`${test} ? ${this.print(node.then, level.conditional)} : ${this.print(node.otherwise, level.conditional)}`
        return { code, level: level.conditional }
      }
      case 'template':
        return primary(this.template(node.strings, node.expressions))
      case 'object':
        return primary(this.object(node.members))
      case 'array':
        return primary(js`[${this.arguments(node.items)}]`)
      case 'function':
        return { code: this.arrow(node.parameters, node.body), level: level.conditional - 1 }
      case 'opaque': {
        const parts = node.text.map((part) =>
          typeof part === 'string' ? authorText(part) : this.print(part, level.primary),
        )
        return { code: js`(${join(parts, token(''))})`, level: level.primary }
      }
    }
  }

  private field(field: number, as: FieldUse): Printed {
    return { code: js`(${fieldUse(this.scope, this.scope.field(field), as)})`, level: level.primary }
  }

  private call(node: MirExpression & { kind: 'call' }): Code {
    // A function that is called on the spot is no statement of its own.
    const minimum = node.callee.kind === 'function' ? level.primary : level.postfix
    const callee = this.print(node.callee, minimum)
    return js`${callee}${node.optional ? token('?.') : token('')}(${this.arguments(node.args)})`
  }

  private arguments(args: readonly MirArgument[]): Code {
    const codes = args.map((argument) =>
      argument.kind === 'spread' ? js`...${this.argument(argument.value)}` : this.argument(argument.value),
    )
    return join(codes, comma)
  }

  private unary(node: MirExpression & { kind: 'unary' }): Printed {
    const operand = this.print(node.operand, level.unary)
    const space = /^[a-z]/.test(node.operator) || operand.toString().startsWith(node.operator) ? ' ' : ''
    return { code: js`${token(node.operator + space)}${operand}`, level: level.unary }
  }

  private binary(node: MirExpression & { kind: 'binary' }): Printed {
    const own = binaryLevel[node.operator] ?? level.lowest
    // `**` binds to the right and takes no unary operator on its left.
    const power = node.operator === '**'
    const left = this.print(node.left, power ? level.postfix : own)
    const right = this.print(node.right, power ? own : own + 1)
    return { code: js`${left} ${token(node.operator)} ${right}`, level: own }
  }

  private logical(node: MirExpression & { kind: 'logical' }): Printed {
    if (node.operator === '??') {
      // It must not be mixed with `&&` and `||` without parentheses.
      const code = js`${this.print(node.left, level.bitOr)} ?? ${this.print(node.right, level.bitOr)}`
      return { code, level: level.nullish }
    }
    const own = node.operator === '&&' ? level.and : level.or
    const guard = (side: MirExpression, minimum: number): Code =>
      side.kind === 'logical' && side.operator === '??' ? js`(${this.print(side)})` : this.print(side, minimum)
    return { code: js`${guard(node.left, own)} ${token(node.operator)} ${guard(node.right, own + 1)}`, level: own }
  }

  private template(strings: readonly string[], expressions: readonly MirExpression[]): Code {
    const parts = strings.flatMap((text, index) => {
      const inner = expressions[index]
      const raw = authorText(templateText(text))
      return inner === undefined ? [raw] : [raw, js`\${${this.print(inner)}}`]
    })
    return js`\`${join(parts, token(''))}\``
  }

  private object(members: readonly MirMember[]): Code {
    if (members.length === 0) return js`{}`
    const codes = members.map((item) => {
      if (item.kind === 'spread') return js`...${this.argument(item.value)}`
      const value = this.argument(item.value)
      return item.kind === 'computed'
        ? js`[${this.print(item.name)}]: ${value}`
        : js`${propertyKey(item.name)}: ${value}`
    })
    return js`{ ${join(codes, comma)} }`
  }

  private arrow(parameters: readonly number[], body: readonly MirStatement[]): Code {
    const names = join(
      parameters.map((parameter) => this.scope.local(parameter)),
      comma,
    )
    const [only] = body
    if (body.length === 1 && only?.kind === 'return' && only.value !== undefined) {
      const value = this.argument(only.value)
      return js`(${names}) => ${only.value.kind === 'object' ? js`(${value})` : value}`
    }
    return js`(${names}) => { ${this.printBody(body)} }`
  }
}

function literalOf(value: string | number | boolean | bigint | null | undefined): Printed {
  const negative =
    (typeof value === 'number' && (value < 0 || Object.is(value, -0))) || (typeof value === 'bigint' && value < 0n)
  return { code: js`${value}`, level: negative ? level.unary : level.primary }
}

function primary(code: Code): Printed {
  return { code, level: level.primary }
}

function postfix(code: Code): Printed {
  return { code, level: level.postfix }
}

const plainName = /^[A-Za-z_$][\w$]*$/

function propertyAccess(name: string, optional: boolean): Code {
  if (plainName.test(name)) return authorText(`${optional ? '?.' : '.'}${name}`)
  return js`${optional ? token('?.') : token('')}[${name}]`
}

/** `__proto__: x` would set the prototype; a computed name is a property. */
function propertyKey(name: string): Code {
  if (name === '__proto__') return js`["__proto__"]`
  return plainName.test(name) ? authorText(name) : js`${name}`
}

function templateText(text: string): string {
  return quote(text).slice(1, -1).replace(/\\"/g, '"').replace(/`/g, '\\`').replace(/\$\{/g, '\\${')
}

/** Places where something can throw: what a stack trace should name. */
function isMarked(node: MirExpression): boolean {
  return ['call', 'new', 'member', 'index', 'opaque', 'apply', 'binary'].includes(node.kind)
}

export { level }
