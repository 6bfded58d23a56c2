/**
 * Code of a write: key into the scratch buffer or as a span of the input, then partition, then the value straight into
 * the batch of that partition. The bound of the value's size is computed first, so that nothing is checked per byte.
 */
import type { MirEmit, MirExpression, MirStatementOf } from '../ir/mir.js'
import type { Encode, TextPart, WritePart, WritePlan } from '../ir/module-ir.js'
import { encoderName } from './codec-names.js'
import { comma, empty, join, js, Name, type Code } from './code.js'
import type { ExpressionPrinter } from './expression.js'
import type { FunctionScope } from './function-scope.js'
import { Lines } from './lines.js'
import { fieldName, kernelName, variables } from './names.js'

const q = js`q$`

/** Where bytes go: names of the buffer, its view and the position in the code around. */
interface Target {
  readonly lines: Lines
  /** Before the target's buffer is taken: values that are looked at twice, parts that need the scratch buffer. */
  readonly before: Lines
  /** Variables that `before` assigns. */
  readonly declared: Name[]
  /** Upper bound of what is written, as terms of a sum. */
  readonly bound: Code[]
  fixed: number
}

/** Bytes of the input. */
interface Bytes {
  readonly buffer: Code
  readonly view: Code
  readonly start: Code
  readonly end: Code
}

export class WritePrinter {
  #variables = 0

  constructor(
    readonly scope: FunctionScope,
    readonly expressions: ExpressionPrinter,
  ) {}

  print(lines: Lines, emit: MirEmit, plan: WritePlan): void {
    lines.block(empty, () => {
      this.emit(lines, emit, plan)
    })
  }

  /** The key as bytes of the scratch buffer or of the input; the kernel copies what it keeps. */
  seek(lines: Lines, node: MirStatementOf<'seek'>, plan: WritePart): void {
    lines.block(empty, () => {
      if (isEncoded(plan)) lines.line(js`${variables.scratch}.position = 0`)
      const { buffer, start, end } = this.key(lines, plan)
      const timestamp = this.expressions.argument(node.timestamp)
      const input = node.input === 0 ? empty : js`, ${node.input}`
      lines.line(js`this.${kernelName(node)}.seek(${buffer}, ${start}, ${end}, ${timestamp}${input})`)
    })
  }

  private emit(lines: Lines, emit: MirEmit, plan: WritePlan): void {
    const usesScratch = needsScratch(plan.key) || needsScratch(plan.value)
    if (usesScratch || isEncoded(plan.key)) lines.line(js`${variables.scratch}.position = 0`)
    const output = emit.topic === undefined ? js`this.sink${plan.sink}` : this.chosenTopic(lines, emit.topic)
    lines.line(js`const output$ = ${output}`)
    const timestamp = emit.timestamp === undefined ? variables.timestamp : js`time$`
    if (emit.timestamp !== undefined) lines.line(js`const time$ = ${this.expressions.print(emit.timestamp)}`)
    const headers = this.headers(lines, emit)
    const key = this.key(lines, plan.key)
    const partition = js`output$.partitions === 1 ? 0 : output$.partitionOf(${key.buffer}, ${key.start}, ${key.end})`
    const chosen = key.present === undefined ? partition : js`${key.present} ? ${partition} : output$.stickyPartition()`
    lines.line(
      js`const writer$ = output$.writers[${plan.key.kind === 'null' ? js`output$.stickyPartition()` : chosen}]`,
    )
    const keyArgument =
      plan.key.kind === 'null'
        ? js`null`
        : key.present === undefined
          ? key.buffer
          : js`${key.present} ? ${key.buffer} : null`
    const begin = (bound: Code): Code =>
      js`writer$.beginRecord(${variables.serial}, ${timestamp}, ${keyArgument}, ${key.start}, ${key.end}, ${bound})`
    this.value(lines, plan.value, begin, headers)
    lines.line(js`if (writer$.full) ${variables.outputs}.full = true`)
  }

  private chosenTopic(lines: Lines, topic: MirExpression): Code {
    const { module } = this.scope
    lines.line(js`const topic$ = ${this.expressions.print(topic)}`)
    return js`${variables.outputs}.topic(topic$) ?? ${module.helper('unknownTopic')}(topic$)`
  }

  /** Names of a header block, and whether there is one. */
  private headers(lines: Lines, emit: MirEmit): { buffer: Code; start: Code; end: Code; any: Code } {
    const { buffer, headersStart, next } = variables
    if (emit.headers === undefined) {
      return { buffer, start: headersStart, end: next, any: js`${buffer}[${headersStart}] !== 0` }
    }
    lines.line(
      js`const block$ = ${this.scope.module.helper('headerBlock')}(${this.expressions.argument(emit.headers)})`,
    )
    return { buffer: js`block$`, start: js`0`, end: js`block$.length`, any: js`block$.length > 1` }
  }

  private key(lines: Lines, part: WritePart): { buffer: Code; start: Code; end: Code; present: Code | undefined } {
    if (part.kind === 'null') return { buffer: js`null`, start: js`0`, end: js`0`, present: undefined }
    if (part.kind === 'text') return { ...this.textBytes(part.field), present: undefined }
    if (part.kind === 'span') {
      const span = this.span(part)
      return { ...span, present: part.present && this.expressions.print(part.present) }
    }
    lines.line(js`let keyEnd$ = 0`)
    lines.line(js`let keyStart$ = 0`)
    const present = part.present && this.expressions.print(part.present)
    const write = (): void => {
      const target = this.written(part)
      appendBefore(lines, target)
      lines.line(js`let q$ = ${variables.scratch}.reserve(${boundOf(target)})`)
      lines.line(js`keyStart$ = q$`)
      lines.line(js`const out$ = ${variables.scratch}.buffer, outView$ = ${variables.scratch}.view`)
      lines.append(target.lines)
      lines.line(js`keyEnd$ = ${variables.scratch}.position = q$`)
    }
    if (present === undefined) lines.block(empty, write)
    else {
      lines.line(js`const keyed$ = ${present}`)
      lines.block(js`if (keyed$)`, write)
    }
    return {
      buffer: js`${variables.scratch}.buffer`,
      start: js`keyStart$`,
      end: js`keyEnd$`,
      present: present === undefined ? undefined : js`keyed$`,
    }
  }

  /** The bytes of the whole key or value of the input. */
  private span({ part }: WritePart & { kind: 'span' }): Bytes {
    const { buffer, view } = variables
    return part === 'key'
      ? { buffer, view, start: variables.keyFrom, end: variables.keyTo }
      : { buffer, view, start: variables.valueFrom, end: variables.valueTo }
  }

  private textBytes(id: number): Bytes {
    const { scope } = this
    const field = scope.field(id)
    const bounds = { start: fieldName(field, 'Start'), end: fieldName(field, 'End') }
    return { buffer: scope.bufferOf(field), view: scope.viewOf(field), ...bounds }
  }

  private value(
    lines: Lines,
    part: WritePart,
    begin: (bound: Code) => Code,
    headers: { buffer: Code; start: Code; end: Code; any: Code },
  ): void {
    const end = (position: Code): void => {
      const plain = position.toString() === '-1' ? js`writer$.endNull()` : js`writer$.endRecord(${position})`
      const block = js`${headers.buffer}, ${headers.start}, ${headers.end}`
      lines.line(js`if (${headers.any}) writer$.endRecordWithHeaders(${position}, ${block})`)
      lines.line(js`else ${plain}`)
    }
    const tombstone = (): void => {
      lines.line(begin(js`0`))
      end(js`-1`)
    }
    if (part.kind === 'null') {
      tombstone()
      return
    }
    const write = (): void => {
      const target = this.written(part)
      appendBefore(lines, target)
      lines.line(js`let q$ = ${begin(boundOf(target))}`)
      lines.line(js`const out$ = writer$.buffer, outView$ = writer$.view`)
      lines.append(target.lines)
      end(q)
    }
    const present = part.kind === 'text' ? undefined : part.present
    if (present === undefined) write()
    else {
      lines.block(js`if (${this.expressions.print(present)})`, write)
      lines.block(js`else`, tombstone)
    }
  }

  private written(part: Exclude<WritePart, { kind: 'null' }>): Target {
    switch (part.kind) {
      case 'encoded':
        return this.encoded(part)
      case 'text':
        return this.copied(newTarget(), this.textBytes(part.field))
      case 'span':
        return this.copied(newTarget(), this.span(part))
      case 'datum': {
        const { valueBuffer, valueView, datum, datumEnd } = variables
        const bytes = { buffer: valueBuffer, view: valueView, start: datum, end: datumEnd }
        return this.copied(this.framed(part.slot), bytes)
      }
    }
  }

  private copied(target: Target, { buffer, view, start, end }: Bytes): Target {
    target.bound.push(js`${end} - ${start}`)
    const helper = this.scope.module.helper('copySpan')
    target.lines.line(js`q$ = ${helper}(out$, outView$, q$, ${buffer}, ${view}, ${start}, ${end})`)
    return target
  }

  private encoded(part: WritePart & { kind: 'encoded' }): Target {
    const target = this.framed(part.slot)
    this.encode(target, part.encode)
    return target
  }

  /** With the frame of a schema in front. */
  private framed(slot: number | undefined): Target {
    const target = newTarget()
    if (slot === undefined) return target
    target.fixed += 5
    target.lines.line(js`out$[q$] = 0`)
    target.lines.line(js`outView$.setInt32(q$ + 1, this.id${slot})`)
    target.lines.line(js`q$ += 5`)
    return target
  }

  private declare(target: Target, text: string): Name {
    const name = this.variable(text)
    target.declared.push(name)
    return name
  }

  private variable(text: string): Name {
    return new Name(`${text}$w${this.#variables++}`)
  }

  private encode(target: Target, encode: Encode): void {
    const { lines } = target
    const { module } = this.scope
    switch (encode.kind) {
      case 'sequence':
        for (const part of encode.parts) this.encode(target, part)
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
    this.encode(then, encode.then)
    this.encode(otherwise, encode.otherwise)
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

function newTarget(): Target {
  return { lines: new Lines(), before: new Lines(), declared: [], bound: [], fixed: 0 }
}

function boundOf(target: Target): Code {
  return join([js`${target.fixed}`, ...target.bound], js` + `)
}

function isEncoded(part: WritePart): boolean {
  return part.kind === 'encoded'
}

function needsScratch(part: WritePart): boolean {
  return part.kind === 'encoded' && usesCall(part.encode)
}

function usesCall(encode: Encode): boolean {
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

function appendBefore(lines: Lines, target: Target): void {
  if (target.declared.length > 0) lines.line(js`let ${join(target.declared, comma)}`)
  lines.append(target.before)
}
