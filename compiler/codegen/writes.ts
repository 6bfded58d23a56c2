/**
 * Code of a write: key into the scratch buffer or as a span of the input, then partition, then the value straight into
 * the batch of that partition. The bound of the value's size is computed first, so that nothing is checked per byte.
 */
import type { MirEmit, MirExpression, MirStatementOf } from '../ir/mir.js'
import type { WritePart, WritePlan } from '../ir/module-ir.js'
import { empty, js, type Code } from './code.js'
import { EncodePrinter, usesCall } from './encode-value.js'
import type { ExpressionPrinter } from './expression.js'
import type { FunctionScope } from './function-scope.js'
import type { Lines } from './lines.js'
import { fieldName, kernelName, variables } from './names.js'
import { appendBefore, boundOf, newTarget, type Target } from './write-target.js'

const q = js`q$`

/** Bytes of the input. */
interface Bytes {
  readonly buffer: Code
  readonly view: Code
  readonly start: Code
  readonly end: Code
}

export class WritePrinter {
  private readonly encodes: EncodePrinter

  constructor(
    readonly scope: FunctionScope,
    readonly expressions: ExpressionPrinter,
  ) {
    this.encodes = new EncodePrinter(scope, expressions)
  }

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
    this.encodes.print(target, part.encode)
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
}

function isEncoded(part: WritePart): boolean {
  return part.kind === 'encoded'
}

function needsScratch(part: WritePart): boolean {
  return part.kind === 'encoded' && usesCall(part.encode)
}
