/** Values as Avro and the other serdes write them: code for an `Encode` of the plan. */
import type { MirExpression } from '../ir/mir.js'
import type { Encode, TextPart } from '../ir/module-ir.js'
import { encoderName } from './codec-names.js'
import { join, js, Name, type Code } from './code.js'
import type { ExpressionPrinter } from './expression.js'
import type { FunctionScope } from './function-scope.js'
import type { Lines } from './lines.js'
import { fieldName, variables } from './names.js'
import { newTarget, type Target } from './write-target.js'

export class EncodePrinter {
  #variables = 0

  constructor(
    readonly scope: FunctionScope,
    readonly expressions: ExpressionPrinter,
  ) {}

  private declare(target: Target, text: string): Name {
    const name = this.variable(text)
    target.declared.push(name)
    return name
  }

  private variable(text: string): Name {
    return new Name(`${text}$w${this.#variables++}`)
  }

  print(target: Target, encode: Encode): void {
    const { lines } = target
    const { module } = this.scope
    switch (encode.kind) {
      case 'sequence':
        for (const part of encode.parts) this.print(target, part)
        return
      case 'bytes':
        target.fixed += encode.bytes.length
        for (const byte of encode.bytes) lines.line(js`out$[q$++] = ${byte}`)
        return
      case 'choice':
        this.choice(target, encode)
        return
      case 'text-span':
        this.textSpan(target, encode)
        return
      case 'text': {
        const value = this.checkedText(target, encode.value, encode.path)
        target.fixed += 5
        target.bound.push(js`${value}.length * 3`)
        lines.line(js`q$ = ${module.helper('writeText')}(out$, q$, ${value})`)
        return
      }
      case 'join':
        this.join(target, encode)
        return
      case 'symbol': {
        const index = this.variable('symbol')
        const symbols = module.symbols(encode.schema)
        const value = this.expressions.argument(encode.value)
        lines.line(
          js`const ${index} = ${module.helper('symbolOf')}(${value}, ${symbols}, ${encode.schema.name}, ${encode.path})`,
        )
        target.fixed += 5
        this.varint(lines, index)
        return
      }
      case 'call': {
        const start = this.declare(target, 'start')
        const end = this.declare(target, 'end')
        target.before.line(js`${start} = ${variables.scratch}.position`)
        target.before.line(
          js`${encoderName(encode.encoder)}(${variables.scratch}.at(${encode.path}), ${this.expressions.argument(encode.value)})`,
        )
        target.before.line(js`${end} = ${variables.scratch}.position`)
        target.bound.push(js`${end} - ${start}`)
        lines.line(js`q$ = ${module.helper('copyBytes')}(out$, q$, ${variables.scratch}.buffer, ${start}, ${end})`)
        return
      }
      case 'plain':
        this.plain(target, encode)
        return
      default:
        this.number(target, encode)
    }
  }

  private choice(target: Target, encode: Encode & { kind: 'choice' }): void {
    const test = this.expressions.print(encode.test)
    const then = newTarget()
    const otherwise = newTarget()
    this.print(then, encode.then)
    this.print(otherwise, encode.otherwise)
    target.fixed += Math.max(then.fixed, otherwise.fixed)
    const side = (inner: Target): Code => (inner.bound.length === 0 ? js`0` : join(inner.bound, js` + `))
    target.declared.push(...then.declared, ...otherwise.declared)
    if (then.before.isEmpty && otherwise.before.isEmpty) {
      if (then.bound.length + otherwise.bound.length > 0)
        target.bound.push(js`(${test} ? ${side(then)} : ${side(otherwise)})`)
    } else {
      const bound = this.declare(target, 'bound')
      const assign = (inner: Target): void => {
        target.before.append(inner.before)
        target.before.line(js`${bound} = ${side(inner)}`)
      }
      target.before.block(js`if (${test})`, () => {
        assign(then)
      })
      target.before.block(js`else`, () => {
        assign(otherwise)
      })
      target.bound.push(bound)
    }
    target.lines.block(js`if (${test})`, () => {
      target.lines.append(then.lines)
    })
    target.lines.block(js`else`, () => {
      target.lines.append(otherwise.lines)
    })
  }

  private textSpan(target: Target, encode: Encode & { kind: 'text-span' }): void {
    const field = this.scope.field(encode.field)
    const start = fieldName(field, 'Start')
    const end = fieldName(field, 'End')
    target.bound.push(js`${end} - ${start}`)
    const helper = this.scope.module.helper(encode.prefixed ? 'writeSpan' : 'copySpan')
    if (encode.prefixed) target.fixed += 5
    const bytes = js`${this.scope.bufferOf(field)}, ${this.scope.viewOf(field)}, ${start}, ${end}`
    target.lines.line(js`q$ = ${helper}(out$, outView$, q$, ${bytes})`)
  }

  /** A local with the string, checked to be one. */
  private checkedText(target: Target, value: MirExpression, path: string): Code {
    if (value.kind === 'literal' && typeof value.value === 'string') return js`${value.value}`
    const name = this.declare(target, 'text')
    const check = this.scope.module.helper('textOf')
    target.before.line(js`${name} = ${check}(${this.expressions.argument(value)}, ${path})`)
    return name
  }

  private join(target: Target, encode: Encode & { kind: 'join' }): void {
    const { module } = this.scope
    const parts = encode.parts.map((part) => this.textPart(target, part, encode.strict))
    const lengths = parts.map((part) => part.length)
    if (encode.prefixed) {
      const length = this.declare(target, 'length')
      target.before.line(js`${length} = ${join(lengths, js` + `)}`)
      target.fixed += 5
      target.bound.push(length)
      target.lines.line(js`q$ = ${module.helper('writeLength')}(out$, q$, ${length})`)
    } else target.bound.push(...parts.map((part) => part.bound))
    for (const part of parts) target.lines.line(part.write)
  }

  private textPart(target: Target, part: TextPart, strict: boolean): { length: Code; bound: Code; write: Code } {
    const { module } = this.scope
    switch (part.kind) {
      case 'constant': {
        const bytes = Buffer.from(part.text)
        const size = js`${bytes.length}`
        const constant = module.bytes(bytes)
        const write = js`q$ = ${module.helper('copyBytes')}(out$, q$, ${constant}, 0, ${size})`
        return { length: size, bound: size, write }
      }
      case 'field': {
        const field = this.scope.field(part.field)
        const start = fieldName(field, 'Start')
        const end = fieldName(field, 'End')
        const length = js`${end} - ${start}`
        const bytes = js`${this.scope.bufferOf(field)}, ${this.scope.viewOf(field)}, ${start}, ${end}`
        const write = js`q$ = ${module.helper('copySpan')}(out$, outView$, q$, ${bytes})`
        return { length, bound: length, write }
      }
      case 'value': {
        const name = this.declare(target, 'text')
        const check = module.helper(strict ? 'wellFormedText' : 'textOf')
        target.before.line(js`${name} = ${check}(${this.expressions.argument(part.value)}, "")`)
        const length = js`${module.helper('utf8Length')}(${name})`
        return {
          length,
          bound: js`${name}.length * 3`,
          write: js`q$ = ${module.helper('writeUtf8')}(out$, q$, ${name})`,
        }
      }
    }
  }

  private number(target: Target, encode: Encode & { readonly value: MirExpression; readonly path: string }): void {
    const { lines } = target
    const { module } = this.scope
    const value = this.expressions.argument(encode.value)
    switch (encode.kind) {
      case 'boolean':
        target.fixed += 1
        lines.line(js`out$[q$++] = ${module.helper('booleanOf')}(${value}, ${encode.path})`)
        return
      case 'int': {
        const name = this.variable('int')
        target.fixed += 5
        const checked = this.isField(encode.value, ['int', 'enum'])
          ? value
          : js`${module.helper('intOf')}(${value}, ${encode.path})`
        lines.line(js`const ${name} = ${checked}`)
        this.varint(lines, name)
        return
      }
      case 'long':
      case 'date': {
        target.fixed += 10
        const helper = encode.kind === 'long' ? 'writeLong' : 'writeTime'
        lines.line(js`q$ = ${module.helper(helper)}(out$, q$, ${value}, ${encode.path})`)
        return
      }
      case 'bigint':
        target.fixed += 10
        lines.line(js`q$ = ${module.helper('writeBigLong')}(out$, q$, ${value}, ${encode.path})`)
        return
      case 'float':
      case 'double': {
        const size = encode.kind === 'float' ? 4 : 8
        const set = encode.kind === 'float' ? js`setFloat32` : js`setFloat64`
        const checked = this.isField(encode.value, ['double', 'float', 'int', 'long'])
          ? value
          : js`${module.helper('numberOf')}(${value}, ${encode.path})`
        target.fixed += size
        lines.line(js`outView$.${set}(q$, ${checked}, true)`)
        lines.line(js`q$ += ${size}`)
        return
      }
      default:
        throw new Error(`a ${encode.kind} is no number`)
    }
  }

  /** Read from the wire and not null, so there is nothing to check. */
  private isField(value: MirExpression, kinds: readonly string[]): boolean {
    if (value.kind !== 'field' || (value.as.kind !== 'value' && value.as.kind !== 'index')) return false
    const field = this.scope.field(value.field)
    return kinds.includes(field.type.kind) && !field.nullable
  }

  private varint(lines: Lines, value: Code): void {
    const rest = this.variable('rest')
    lines.line(js`let ${rest} = ((${value} << 1) ^ (${value} >> 31)) >>> 0`)
    lines.block(js`while (${rest} > 127)`, () => {
      lines.line(js`out$[q$++] = (${rest} & 127) | 128`)
      lines.line(js`${rest} >>>= 7`)
    })
    lines.line(js`out$[q$++] = ${rest}`)
  }

  /** Serdes that are not Avro: a helper writes into the scratch buffer, which is copied. */
  private plain(target: Target, encode: Encode & { kind: 'plain' }): void {
    const { module } = this.scope
    const start = this.declare(target, 'start')
    const end = this.declare(target, 'end')
    const value = this.expressions.argument(encode.value)
    const helper = module.helper(plainEncoders[encode.serde])
    target.before.line(js`${start} = ${variables.scratch}.position`)
    target.before.line(js`${helper}(${variables.scratch}, ${value})`)
    target.before.line(js`${end} = ${variables.scratch}.position`)
    target.bound.push(js`${end} - ${start}`)
    target.lines.line(js`q$ = ${module.helper('copyBytes')}(out$, q$, ${variables.scratch}.buffer, ${start}, ${end})`)
  }
}

const plainEncoders = {
  json: 'encodeJson',
  string: 'encodeString',
  bytes: 'encodeBytes',
  int32: 'encodeInt32',
  int64: 'encodeInt64',
  double: 'encodeDouble',
  uuid: 'encodeUuid',
} as const

/** Whether something is written into the scratch buffer first. */
export function usesCall(encode: Encode): boolean {
  switch (encode.kind) {
    case 'call':
    case 'plain':
      return true
    case 'sequence':
      return encode.parts.some(usesCall)
    case 'choice':
      return usesCall(encode.then) || usesCall(encode.otherwise)
    default:
      return false
  }
}
