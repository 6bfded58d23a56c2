/** Code of a decoder's steps: from bytes at `p` into the locals of fields. */
import type { Field, Read } from '../ir/module-ir.js'
import { decoderName } from './codec-names.js'
import { constantValue } from './constant-value.js'
import { check, checkText } from './check.js'
import { empty, js, type Code } from './code.js'
import type { FunctionScope } from './function-scope.js'
import type { Lines } from './lines.js'
import { fieldName, variables } from './names.js'
import { readNumber } from './read-number.js'
import { readLength, skip, unionBranches, type Bytes } from './skip.js'

const { p, n } = variables

export function printReads(scope: FunctionScope, out: Lines, reads: readonly Read[], bytes: Bytes): void {
  for (const read of reads) printRead(scope, out, read, bytes)
}

function printRead(scope: FunctionScope, out: Lines, read: Read, bytes: Bytes): void {
  const { module } = scope
  switch (read.kind) {
    case 'skip':
      skip(module, out, read.schema, bytes)
      return
    case 'scalar':
      scalar(scope, out, scope.field(read.field), read, bytes)
      return
    case 'enum':
      enumeration(scope, out, scope.field(read.field), read, bytes)
      return
    case 'present': {
      const field = scope.field(read.field)
      if (field.used) out.line(js`${fieldName(field)} = ${read.present}`)
      return
    }
    case 'length': {
      out.line(js`${p} = ${module.countingSkipper(read.array)}(${bytes.buffer}, ${p}, ${bytes.end})`)
      if (scope.field(read.field).used) out.line(js`${fieldName(scope.field(read.field))} = count$`)
      return
    }
    case 'union':
      unionBranches(module, out, bytes, read.branches.length, (index) => {
        printReads(scope, out, read.branches[index] ?? [], bytes)
      })
      return
    case 'value': {
      const field = scope.field(read.field)
      if (!field.used && read.check !== undefined) {
        check(module, out, read.check, bytes)
        return
      }
      const target = field.used ? js`${fieldName(field)} = ` : empty
      out.line(js`${target}${decoderName(read.codec)}(${bytes.buffer}, ${bytes.view}, ${p}, ${bytes.end})`)
      out.line(js`${p} = at$`)
      return
    }
    case 'constant':
      if (scope.field(read.field).used) constant(scope, out, scope.field(read.field), read.value)
      return
    case 'fail':
      out.line(js`${module.helper('unreadable')}(${read.message})`)
  }
}

function scalar(scope: FunctionScope, out: Lines, field: Field, read: Read & { kind: 'scalar' }, bytes: Bytes): void {
  const { writer, reader } = read
  if (writer.type === 'string' || writer.type === 'bytes') {
    if (!field.used) {
      checkText(scope.module, out, bytes, field.name)
      return
    }
    readLength(scope.module, out, bytes)
    out.line(js`${fieldName(field, 'Start')} = ${p}`)
    out.line(js`${fieldName(field, 'End')} = ${p} += ${n}`)
    return
  }
  readNumber(scope.module, out, field.used ? fieldName(field) : undefined, { writer, reader, long: read.long }, bytes)
}

function enumeration(
  scope: FunctionScope,
  out: Lines,
  field: Field,
  read: Read & { kind: 'enum' },
  bytes: Bytes,
): void {
  const { resolution } = read
  const { buffer } = bytes
  const target = fieldName(field)
  out.line(js`${n} = ${buffer}[${p}++]`)
  out.block(
    js`if (${n} > 127)`,
    () => {
      out.line(js`${n} = ${scope.module.helper('readInt')}(${buffer}, ${p} - 1)`)
      out.line(js`while (${buffer}[${p}++] > 127);`)
    },
    js` else ${n} = (${n} >>> 1) ^ -(${n} & 1)`,
  )
  const indices = resolution.symbols.map((symbol) =>
    symbol === undefined ? -1 : resolution.reader.symbols.indexOf(symbol),
  )
  const bad = scope.module.helper('badSymbol')
  if (indices.every((index, position) => index === position)) {
    out.line(js`if (${n} < 0 || ${n} >= ${indices.length}) ${bad}(${n}, ${resolution.writer.name})`)
    if (field.used) out.line(js`${target} = ${n}`)
    return
  }
  const table = scope.module.numbers(`${field.name}Symbols`, indices)
  if (!field.used) {
    out.line(js`if ((${table}[${n}] ?? -1) < 0) ${bad}(${n}, ${resolution.writer.name})`)
    return
  }
  out.line(js`${target} = ${n} < 0 || ${n} >= ${indices.length} ? -1 : ${table}[${n}]`)
  out.line(js`if (${target} < 0) ${bad}(${n}, ${resolution.writer.name})`)
}

function constant(scope: FunctionScope, out: Lines, field: Field, value: unknown): void {
  const name = fieldName(field)
  switch (field.type.kind) {
    case 'text':
      out.line(js`${fieldName(field, 'Start')} = ${fieldName(field, 'End')} = ${value === null ? -1 : 0}`)
      if (value !== null) out.line(js`${fieldName(field, 'Text')} = ${constantValue(scope.module, value)}`)
      return
    case 'enum':
      out.line(js`${name} = ${typeof value === 'string' ? field.type.schema.symbols.indexOf(value) : -1}`)
      return
    case 'length':
      out.line(js`${name} = ${typeof value === 'number' ? value : -1}`)
      return
    case 'date':
      out.line(js`${name} = ${value instanceof Date ? value.getTime() : null}`)
      return
    default:
      out.line(js`${name} = ${constantValue(scope.module, value)}`)
  }
}

/** Declares the locals of a field with what they hold before anything is read. */
export function declareField(field: Field): Code {
  const name = fieldName(field)
  switch (field.type.kind) {
    case 'text': {
      const start = fieldName(field, 'Start')
      return js`let ${start} = -1, ${fieldName(field, 'End')} = -1, ${fieldName(field, 'Text')} = undefined`
    }
    case 'presence':
      return js`let ${name} = false`
    case 'boolean':
      return js`let ${name} = ${field.nullable ? null : false}`
    case 'enum':
    case 'length':
      return js`let ${name} = ${field.nullable ? -1 : 0}`
    case 'bigint':
      return js`let ${name} = ${field.nullable ? null : 0n}`
    case 'value':
      return js`let ${name} = null`
    default:
      return js`let ${name} = ${field.nullable ? null : 0}`
  }
}
