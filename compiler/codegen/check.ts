/**
 * Code that steps over Avro values and refuses what a decoder would: for bytes that are copied as they are, and for values
 * that are demanded but that nobody looks at any more.
 */
import { minEncodedSize } from '../../avro/encoded-size.js'
import type { AvroSchema } from '../../avro/schema.js'
import { unionShape } from '../../avro/union-shape.js'
import { fieldOf, whole, type Demand } from '../ir/demand.js'
import type { Checked } from '../ir/module-ir.js'
import { js, type Name } from './code.js'
import { Lines } from './lines.js'
import type { ModuleScope } from './module-scope.js'
import { variables } from './names.js'
import { readNumber } from './read-number.js'
import { blockCount, checkCount, readLength, skip, unionBranches, type Bytes } from './skip.js'

const { p, n } = variables

export function check(scope: ModuleScope, out: Lines, checked: Checked, bytes: Bytes): void {
  const { schema, demand, long } = checked
  const within = (inner: AvroSchema, wanted: Demand): void => {
    check(scope, out, { schema: inner, demand: wanted, long }, bytes)
  }
  if (demand.kind === 'none' || demand.kind === 'presence') {
    skip(scope, out, schema, bytes)
    return
  }
  switch (schema.type) {
    case 'null':
      return
    case 'string':
      checkText(scope, out, bytes, '')
      return
    case 'bytes':
    case 'fixed':
      skip(scope, out, schema, bytes)
      out.line(js`if (${p} > ${bytes.end}) ${scope.helper('endOfData')}()`)
      return
    case 'enum': {
      const bad = scope.helper('badSymbol')
      out.line(js`${n} = ${scope.helper('readInt')}(${bytes.buffer}, ${p})`)
      out.line(js`while (${bytes.buffer}[${p}++] > 127);`)
      out.line(js`if (${n} < 0 || ${n} >= ${schema.symbols.length}) ${bad}(${n}, ${schema.name})`)
      return
    }
    case 'union': {
      const { nullable, wrapped } = unionShape(schema, long)
      unionBranches(scope, out, bytes, schema.branches.length, (index) => {
        const branch = schema.branches[index]
        if (branch !== undefined) within(branch, nullable && !wrapped ? demand : whole)
      })
      return
    }
    case 'record':
      for (const field of schema.fields) within(field.schema, fieldOf(demand, field.name))
      return
    case 'array':
    case 'map':
      out.line(js`${p} = ${scope.checker(checked)}(${bytes.buffer}, ${bytes.view}, ${p}, ${bytes.end})`)
      return
    default:
      readNumber(scope, out, undefined, { writer: schema, reader: schema, long }, bytes)
  }
}

/** Length and bytes of a string. */
export function checkText(scope: ModuleScope, out: Lines, bytes: Bytes, name: string): void {
  readLength(scope, out, bytes)
  out.line(js`if (${p} + ${n} > ${bytes.end}) ${scope.helper('endOfData')}()`)
  const isText = js`${scope.helper('isText')}(${bytes.buffer}, ${bytes.view}, ${p}, ${p} += ${n})`
  out.line(js`if (!${isText}) ${scope.helper('badUtf8')}(${name})`)
}

/** A function `(buffer, view, p, end) => p` for an array or map. */
export function printChecker(scope: ModuleScope, name: Name, { schema, demand, long }: Checked): Lines {
  const out = new Lines()
  const bytes: Bytes = { buffer: js`b$`, view: js`v$`, end: js`end$` }
  if (schema.type !== 'array' && schema.type !== 'map') throw new Error(`a checker of a ${schema.type}`)
  const inner: Checked =
    schema.type === 'array'
      ? { schema: schema.items, demand: ofItems(demand), long }
      : { schema: schema.values, demand: whole, long }
  const least = minEncodedSize(inner.schema) + (schema.type === 'map' ? 1 : 0)
  out.block(js`function ${name}(b$, v$, ${p}, end$)`, () => {
    out.line(js`let ${n} = 0`)
    out.block(js`for (;;)`, () => {
      blockCount(scope, out, bytes)
      out.block(js`if (items < 0)`, () => {
        out.line(js`items = -items`)
        readLength(scope, out, bytes)
      })
      checkCount(scope, out, bytes, least)
      out.block(js`for (; items > 0; items--)`, () => {
        if (schema.type === 'map') checkKey(scope, out, bytes)
        check(scope, out, inner, bytes)
        out.line(js`if (${p} > end$) ${scope.helper('endOfData')}()`)
      })
    })
    out.line(js`return ${p}`)
  })
  return out
}

function checkKey(scope: ModuleScope, out: Lines, bytes: Bytes): void {
  readLength(scope, out, bytes)
  out.line(js`if (${p} + ${n} > ${bytes.end}) ${scope.helper('endOfData')}()`)
  out.line(js`${scope.helper('checkKey')}(${bytes.buffer}, ${bytes.view}, ${p}, ${p} += ${n})`)
}

function ofItems(demand: Demand): Demand {
  if (demand.kind === 'items') return demand.items
  return demand.kind === 'length' ? { kind: 'none' } : whole
}
