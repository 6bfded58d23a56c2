/**
 * The function that processes records of one input: the record cursor, key and value decoders, event time, then the
 * fused body. All state of the loop is in locals; fields of the task are written once a call.
 */
import type { MirFunction } from '../ir/mir.js'
import type { ModuleIR, PartReader, Recoding } from '../ir/module-ir.js'
import { decoderName, encoderName } from './codec-names.js'
import { comma, empty, join, js, Name, type Code } from './code.js'
import { hasClock } from './clock.js'
import { FunctionScope } from './function-scope.js'
import { Lines } from './lines.js'
import type { ModuleScope } from './module-scope.js'
import { fieldName, identifier, numbered, variables } from './names.js'
import { declareField, printReads } from './reads.js'
import { StatementPrinter, type Methods } from './statement.js'

const { buffer, view, p, n, timestamp, offset, headersStart, next, operator } = variables

/** How the parts of a record are called in the loop. */
interface PartNames {
  readonly from: Code
  readonly to: Code
  readonly buffer: Code
  readonly view: Code
  readonly inKey: boolean
}

const keyNames: PartNames = {
  from: js`${variables.keyFrom}`,
  to: js`${variables.keyTo}`,
  buffer: variables.keyBuffer,
  view: variables.keyView,
  inKey: true,
}
const valueNames: PartNames = {
  from: js`${variables.valueFrom}`,
  to: js`${variables.valueTo}`,
  buffer: variables.valueBuffer,
  view: variables.valueView,
  inKey: false,
}

export function processName(fn: MirFunction): Name {
  return new Name(`process${fn.input}`)
}

/**
 * V8 does not optimise functions of more than 61,440 bytes of bytecode (a fall by a factor of seven, measured). Generated
 * code has about one byte for each 2.3 characters; from here on, writes become methods.
 */
const sizeBudget = 90_000

export interface PrintedProcess {
  readonly lines: Lines
  /** Characters of the record loop's function. */
  readonly size: number
}

export function printProcess(module: ModuleScope, ir: ModuleIR, fn: MirFunction, index: number): PrintedProcess {
  const inline = printWith(module, ir, fn, index, false)
  return inline.size <= sizeBudget ? inline : printWith(module, ir, fn, index, true)
}

function printWith(
  module: ModuleScope,
  ir: ModuleIR,
  fn: MirFunction,
  index: number,
  outlineWrites: boolean,
): PrintedProcess {
  const reader = ir.readers[index]
  if (reader === undefined) throw new Error(`function ${index} has no reader`)
  const scope = new FunctionScope(module, fn, reader, keyFieldsOf(reader.key))
  const methods = new MethodPrinter(scope, ir, outlineWrites)
  const loop = new Lines()
  // The function of the clock has no topic.
  const advancesClock = reader.topic !== '' && hasClock(ir, fn.subTopology)
  const hasState = ir.kernels.some((kernel) => kernel.subTopology === fn.subTopology)
  const printer = new ProcessPrinter(scope, new StatementPrinter(scope, ir, methods), hasState, advancesClock)
  printer.record(loop)
  const out = new Lines()
  out.block(js`${processName(fn)}(${buffer}, ${view}, start, end, section, untilTimestamp)`, () => {
    printer.function(out, loop)
  })
  const { size } = out
  out.append(methods.lines)
  return { lines: out, size }
}

/** Subroutines and outlined writes: methods of the task that get what they mention of the record loop. */
class MethodPrinter implements Methods {
  readonly lines = new Lines()
  readonly #printed = new Map<number, { readonly name: Name; readonly outer: readonly Name[] }>()

  constructor(
    readonly scope: FunctionScope,
    readonly ir: ModuleIR,
    readonly writes: boolean,
  ) {}

  subroutine(index: number): { readonly name: Name; readonly outer: readonly Name[] } {
    const known = this.#printed.get(index)
    if (known !== undefined) return known
    const { fn } = this.scope
    const subroutine = fn.subroutines[index]
    if (subroutine === undefined) throw new Error(`there is no subroutine ${index}`)
    const name = new Name(`${identifier(subroutine.name)}$${fn.input}s${index}`)
    const scope = this.scope.inMethod()
    const body = new Lines()
    new StatementPrinter(scope, this.ir, this).body(body, subroutine.body)
    const parameters = subroutine.parameters.map((parameter) =>
      numbered(fn.locals.get(parameter)?.name ?? '', parameter),
    )
    const outer = scope.outerNames(body.identifiers, new Set(fn.locals.keys()))
    const printed = { name, outer }
    this.#printed.set(index, printed)
    this.lines.block(js`${name}(${join([...parameters, ...outer], comma)})`, () => {
      this.lines.append(body)
    })
    return printed
  }
}

function keyFieldsOf(part: PartReader): ReadonlySet<number> {
  const fields = new Set<number>()
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit)
    else if (typeof value === 'object' && value !== null && 'kind' in value) {
      if ('field' in value && typeof value.field === 'number') fields.add(value.field)
      if ('branches' in value) visit(value.branches)
    }
  }
  if (part.kind === 'plain') fields.add(part.field)
  if (part.kind === 'avro') {
    visit(part.absent)
    for (const version of part.versions) visit(version.reads)
  }
  return fields
}

class ProcessPrinter {
  constructor(
    readonly scope: FunctionScope,
    readonly statements: StatementPrinter,
    /** Whether the task has stores. */
    readonly hasState: boolean,
    /** Whether its records move the time of the task on. */
    readonly advancesClock: boolean,
  ) {}

  function(out: Lines, loop: Lines): void {
    out.line(js`const { baseOffset, baseTimestamp, fromOffset, appendTimestamp } = section`)
    out.line(js`const ${variables.outputs} = this.outputs, ${variables.scratch} = this.scratch`)
    out.line(js`let position$ = start, nextOffset$ = fromOffset, stop$ = 0, turns$ = 0`)
    out.line(js`let ${variables.serial} = this.serial, ${operator} = -1, ${p} = 0, ${n} = 0`)
    for (const names of [keyNames, valueNames]) {
      if (this.cachesIds(names)) out.line(js`let ${idName(names)} = -1, ${slotName(names)} = -1`)
    }
    for (const counter of this.scope.counters) out.line(js`let ${counter.name} = 0`)
    out.block(js`try`, () => {
      out.block(js`records: while (position$ < end)`, () => {
        out.append(loop)
      })
    })
    out.block(js`catch (error)`, () => {
      out.line(js`${variables.outputs}.rollback(${variables.serial})`)
      if (this.hasState) out.line(js`this.context.stores.rollback()`)
      out.line(js`stop$ = this.failed(error, ${operator})`)
    })
    out.line(js`this.serial = ${variables.serial}`)
    out.line(js`this.position = position$`)
    out.line(js`this.nextOffset = nextOffset$`)
    for (const counter of this.scope.counters) {
      for (const id of counter.operators) out.line(js`this.counts[${id}] += ${counter.name}`)
    }
    out.line(js`return stop$`)
  }

  private cachesIds(names: PartNames): boolean {
    const part = names.inKey ? this.scope.reader.key : this.scope.reader.value
    return part.kind === 'avro' && part.framed
  }

  /** One turn of the loop. */
  record(out: Lines): void {
    const { module, reader, fn } = this.scope
    out.line(js`${p} = position$`)
    varint(out, module, js`length$`)
    out.line(js`const ${next} = ${p} + (length$ >>> 1)`)
    out.line(js`if ((length$ & 1) === 1 || ${next} > end) ${module.helper('corruptRecord')}()`)
    out.line(js`${p}++`)
    timeDelta(out, module)
    out.line(js`${timestamp} = appendTimestamp < 0 ? baseTimestamp + ${timestamp} : appendTimestamp`)
    varint(out, module, js`offsetDelta$`)
    out.line(js`const ${offset} = baseOffset + (offsetDelta$ >>> 1)`)
    out.block(js`if (${offset} < fromOffset)`, () => {
      out.line(js`position$ = ${next}`)
      out.line(js`continue`)
    })
    out.line(js`${variables.serial}++`)
    if (this.hasState) out.line(js`this.context.stores.mark()`)
    out.line(js`${operator} = -1`)
    this.bounds(out, keyNames)
    this.bounds(out, valueNames)
    out.line(js`const ${headersStart} = ${p}`)
    out.line(js`if (${p} >= ${next}) ${module.helper('corruptRecord')}()`)
    for (const field of reader.fields) if (field.used) out.line(declareField(field))
    this.part(out, reader.key, keyNames)
    this.part(out, reader.value, valueNames)
    this.time(out)
    this.statements.body(out, fn.body)
    if (this.advancesClock) out.line(js`const due$ = this.clock.advance(${timestamp})`)
    out.line(js`position$ = ${next}`)
    out.line(js`nextOffset$ = ${offset} + 1`)
    if (this.advancesClock) {
      out.block(js`if (due$)`, () => {
        out.line(js`stop$ = 7`)
        out.line(js`break`)
      })
    }
    out.block(js`if (${variables.outputs}.full)`, () => {
      out.line(js`stop$ = 3`)
      out.line(js`break`)
    })
    out.block(js`if ((++turns$ & 255) === 0 && performance.now() > this.context.deadline)`, () => {
      out.line(js`stop$ = 4`)
      out.line(js`break`)
    })
  }

  /** Start and end of a key or value; an absent one has the end -1. */
  private bounds(out: Lines, names: PartNames): void {
    const { module } = this.scope
    const length = names.inKey ? js`keyLength$` : js`valueLength$`
    varint(out, module, length)
    out.line(js`const ${names.from} = ${p}`)
    out.line(js`const ${names.to} = (${length} & 1) === 1 ? -1 : ${p} += ${length} >>> 1`)
  }

  private part(out: Lines, part: PartReader, names: PartNames): void {
    const { module } = this.scope
    const what = names.inKey ? 'key' : 'value'
    const missing = js`${module.helper(part.nullable ? 'corruptRecord' : 'nullRefused')}(${what})`
    if (part.kind === 'unread') {
      if (!part.nullable) out.line(js`if (${names.to} < 0) ${missing}`)
      return
    }
    if (!part.nullable) out.line(js`if (${names.to} < 0) ${missing}`)
    if (part.kind === 'avro') {
      this.avro(out, part, names)
      return
    }
    if (part.nullable) {
      out.block(js`if (${names.to} >= 0)`, () => {
        this.plain(out, part, names)
      })
    } else this.plain(out, part, names)
    out.line(js`const ${names.buffer} = ${buffer}`)
  }

  private plain(out: Lines, part: PartReader & { kind: 'plain' }, names: PartNames): void {
    const { module } = this.scope
    const field = this.scope.field(part.field)
    const bytes = js`${buffer}, ${names.from}, ${names.to}`
    if (field.type.kind === 'text') {
      out.line(
        js`if (!${module.helper('isText')}(${buffer}, ${view}, ${names.from}, ${names.to})) ${module.helper('badUtf8')}(${names.inKey ? 'key' : 'value'})`,
      )
      if (!field.used) return
      out.line(js`${fieldName(field, 'Start')} = ${names.from}`)
      out.line(js`${fieldName(field, 'End')} = ${names.to}`)
      return
    }
    const target = field.used ? js`${fieldName(field)} = ` : empty
    const decoded =
      part.longs === undefined
        ? js`${module.helper(plainDecoders[part.serde])}(${bytes})`
        : js`${module.helper('decodeJsonLongs')}(${bytes}, ${module.jsonLongs(part.longs)})`
    out.line(js`${target}${decoded}`)
  }

  private avro(out: Lines, part: PartReader & { kind: 'avro' }, names: PartNames): void {
    const { module } = this.scope
    out.line(js`let ${names.buffer} = ${buffer}, ${names.view} = ${view}`)
    if (part.copied !== undefined) out.line(js`let ${variables.datum} = 0, ${variables.datumEnd} = 0`)
    const decode = (): void => {
      out.line(js`let end$ = ${names.to}`)
      out.line(js`${p} = ${names.from}`)
      if (part.framed) this.frame(out, part, names)
      if (part.copied !== undefined) out.line(js`${variables.datum} = ${p}`)
      if (part.versions.length === 1) this.version(out, part, 0, names)
      else {
        out.block(js`switch (${slotName(names)})`, () => {
          for (const [index, version] of part.versions.entries()) {
            out.block(js`case ${version.slot}:`, () => {
              this.version(out, part, index, names)
              out.line(js`break`)
            })
          }
        })
      }
      out.line(js`if (${p} > end$) ${module.helper('endOfData')}()`)
      if (part.copied !== undefined) out.line(js`${variables.datumEnd} = ${p}`)
      this.checkTexts(out, names)
    }
    if (!part.nullable) {
      out.block(empty, decode)
      return
    }
    out.block(js`if (${names.to} >= 0)`, decode)
    const absent = new Lines()
    printReads(this.scope, absent, part.absent, { buffer, view, end: js`0` })
    if (!absent.isEmpty) {
      out.block(js`else`, () => {
        out.append(absent)
      })
    }
  }

  /** Five bytes: magic 0, schema id. Tells by the id which reader it is. */
  private frame(out: Lines, part: PartReader & { kind: 'avro' }, names: PartNames): void {
    const { module } = this.scope
    const slots = part.versions.map((version) => version.slot)
    out.line(js`if (end$ - ${p} < 5 || ${buffer}[${p}] !== 0) ${module.helper('badFrame')}(${buffer}, ${p}, end$)`)
    out.line(js`const id$ = ${view}.getInt32(${p} + 1)`)
    out.line(js`${p} += 5`)
    out.block(js`if (id$ !== ${idName(names)})`, () => {
      out.line(js`${slotName(names)} = this.context.schemas.slotOf(id$)`)
      out.block(js`if (${slotName(names)} === -1)`, () => {
        out.line(js`this.unknownSchemaId = id$`)
        out.line(js`this.unknownSchemaInKey = ${names.inKey}`)
        out.line(js`stop$ = 2`)
        out.line(js`break records`)
      })
      out.line(js`${idName(names)} = id$`)
    })
    for (const recoding of part.copied ?? []) {
      out.block(js`if (${slotName(names)} === ${recoding.slot})`, () => {
        this.recode(out, recoding, names)
      })
    }
    const known = [...slots, ...(part.copied ?? []).map(({ slot }) => slot)].map(
      (slot) => js`${slotName(names)} !== ${slot}`,
    )
    out.block(js`if (${known.reduce((left, right) => js`${left} && ${right}`)})`, () => {
      const transcoded = js`this.context.schemas.transcode(id$, ${part.readerSlot}, ${buffer}, ${p}, end$)`
      out.line(js`${names.buffer} = ${names.inKey ? js`Buffer.from(${transcoded})` : transcoded}`)
      out.line(js`${names.view} = ${module.helper('viewOf')}(${names.buffer})`)
      out.line(js`${p} = 0`)
      out.line(js`end$ = ${names.buffer}.length`)
      out.line(js`${slotName(names)} = ${part.readerSlot}`)
      // The next record must not take this for its schema.
      out.line(js`${idName(names)} = -1`)
    })
  }

  /** The datum as the reader's schema has it, in a buffer of the task's. */
  private recode(out: Lines, { decoder, encoder, complete }: Recoding, names: PartNames): void {
    const { module } = this.scope
    out.line(js`const decoded$ = ${decoderName(decoder)}(${buffer}, ${view}, ${p}, end$)`)
    if (complete) out.line(js`if (at$ !== end$) ${module.helper('wrongEnd')}(end$ - at$)`)
    out.line(js`const recoded$ = this.recoded`)
    out.line(js`recoded$.position = 0`)
    out.line(js`${encoderName(encoder)}(recoded$.at(""), decoded$)`)
    out.line(js`${names.buffer} = recoded$.buffer`)
    out.line(js`${names.view} = recoded$.view`)
    out.line(js`${p} = 0`)
    out.line(js`end$ = recoded$.position`)
  }

  private version(out: Lines, part: PartReader & { kind: 'avro' }, index: number, names: PartNames): void {
    const version = part.versions[index]
    if (version === undefined) return
    printReads(this.scope, out, version.reads, { buffer: names.buffer, view: names.view, end: js`end$` })
    if (version.complete) out.line(js`if (${p} !== end$) ${this.scope.module.helper('wrongEnd')}(end$ - ${p})`)
  }

  private checkTexts(out: Lines, names: PartNames): void {
    const { module, reader, keyFields } = this.scope
    for (const field of reader.fields) {
      if (field.type.kind !== 'text' || !field.used || keyFields.has(field.id) !== names.inKey) continue
      const start = fieldName(field, 'Start')
      const check = js`${module.helper('isText')}(${names.buffer}, ${names.view}, ${start}, ${fieldName(field, 'End')})`
      out.line(js`if (!${check}) ${module.helper('badUtf8')}(${field.name})`)
    }
  }

  private time(out: Lines): void {
    const { fn } = this.scope
    if (fn.timestamp !== undefined) {
      this.statements.body(out, fn.timestamp.body)
      out.line(js`${timestamp} = ${this.statements.expressions.print(fn.timestamp.result)}`)
    }
    out.block(js`if (${timestamp} > untilTimestamp)`, () => {
      out.line(js`this.headTimestamp = ${timestamp}`)
      out.line(js`stop$ = 1`)
      out.line(js`break`)
    })
    // As in Kafka Streams, a record without a time before which nothing is does not exist.
    out.block(js`if (${timestamp} < 0)`, () => {
      out.line(js`position$ = ${next}`)
      out.line(js`nextOffset$ = ${offset} + 1`)
      out.line(js`continue`)
    })
  }
}

const plainDecoders = {
  json: 'decodeJson',
  string: 'checkedText',
  bytes: 'copyOf',
  int32: 'decodeInt32',
  int64: 'decodeInt64',
  double: 'decodeDouble',
  uuid: 'decodeUuid',
} as const

function idName(names: PartNames): Code {
  return names.inKey ? js`keyId$` : js`valueId$`
}

function slotName(names: PartNames): Code {
  return names.inKey ? js`keySlot$` : js`valueSlot$`
}

/** Declares a raw varint: zigzag is left to the caller. */
function varint(out: Lines, module: ModuleScope, name: Code): void {
  out.line(js`let ${name} = ${buffer}[${p}++]`)
  out.block(js`if (${name} > 127)`, () => {
    secondByte(out, js`${name} = (${name} & 127) | (${n} << 7)`, js`${name} = ${module.helper('readVarint')}`)
  })
}

/** Lengths of up to 8 KiB and nearby times take two bytes: those are not worth a call. */
function secondByte(out: Lines, short: Code, long: Code): void {
  out.line(js`${n} = ${buffer}[${p}++]`)
  out.line(js`if (${n} < 128) ${short}`)
  out.block(js`else`, () => {
    out.line(js`${long}(${buffer}, ${p} - 2)`)
    out.line(js`${p}--`)
    out.line(js`while (${buffer}[${p}++] > 127);`)
  })
}

/** The record's time, from the batch's on. */
function timeDelta(out: Lines, module: ModuleScope): void {
  out.line(js`let ${timestamp} = ${buffer}[${p}++]`)
  out.block(
    js`if (${timestamp} > 127)`,
    () => {
      const raw = js`(${timestamp} & 127) | (${n} << 7)`
      secondByte(out, js`${timestamp} = ${zigzag(raw)}`, js`${timestamp} = ${module.helper('readLong')}`)
    },
    js` else ${timestamp} = ${zigzag(timestamp)}`,
  )
}

function zigzag(raw: Code): Code {
  return js`((${raw}) >>> 1) ^ -((${raw}) & 1)`
}
