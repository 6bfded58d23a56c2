/** Code that steps over Avro values without making anything of them. Arrays, maps and big records get a function. */
import { minEncodedSize } from '../../avro/encoded-size.js'
import type { AvroSchema } from '../../avro/schema.js'
import { js, type Code, type Name } from './code.js'
import { Lines } from './lines.js'
import type { ModuleScope } from './module-scope.js'
import { variables } from './names.js'

const { p, n } = variables

/** Records with more fields than that are stepped over by a function of their own. */
const inlineFields = 6

/** Where the bytes are: a buffer, and the end that no position may pass. */
export interface Bytes {
  readonly buffer: Code
  readonly view: Code
  readonly end: Code
}

export function skip(scope: ModuleScope, out: Lines, schema: AvroSchema, bytes: Bytes): void {
  const { buffer } = bytes
  switch (schema.type) {
    case 'null':
      return
    case 'boolean':
      out.line(js`${p}++`)
      return
    case 'int':
    case 'long':
    case 'enum':
      out.line(js`while (${buffer}[${p}++] > 127);`)
      return
    case 'float':
      out.line(js`${p} += 4`)
      return
    case 'double':
      out.line(js`${p} += 8`)
      return
    case 'fixed':
      out.line(js`${p} += ${schema.size}`)
      return
    case 'string':
    case 'bytes':
      readLength(scope, out, bytes)
      out.line(js`${p} += ${n}`)
      return
    case 'union':
      unionBranches(scope, out, bytes, schema.branches.length, (index) => {
        const branch = schema.branches[index]
        if (branch !== undefined) skip(scope, out, branch, bytes)
      })
      return
    case 'record':
      if (schema.fields.length <= inlineFields && schema.fields.every((field) => isFlat(field.schema))) {
        for (const field of schema.fields) skip(scope, out, field.schema, bytes)
        return
      }
      callSkipper(scope, out, schema, bytes)
      return
    case 'array':
    case 'map':
      callSkipper(scope, out, schema, bytes)
  }
}

function callSkipper(scope: ModuleScope, out: Lines, schema: AvroSchema, bytes: Bytes): void {
  out.line(js`${p} = ${scope.skipper(schema)}(${bytes.buffer}, ${p}, ${bytes.end})`)
}

function isFlat(schema: AvroSchema): boolean {
  return schema.type !== 'record' && schema.type !== 'union'
}

/** Leaves the length of a string or bytes in `n`: checked not to be negative, not yet against the end. */
export function readLength(scope: ModuleScope, out: Lines, { buffer }: Bytes): void {
  out.line(js`${n} = ${buffer}[${p}++]`)
  out.block(
    js`if (${n} > 127 || (${n} & 1) === 1)`,
    () => {
      out.line(js`${n} = ${scope.helper('readLength')}(${buffer}, ${p} - 1)`)
      out.line(js`while (${buffer}[${p}++] > 127);`)
    },
    js` else ${n} >>>= 1`,
  )
}

/** A switch over the branch index on the wire. */
export function unionBranches(
  scope: ModuleScope,
  out: Lines,
  { buffer }: Bytes,
  count: number,
  branch: (index: number) => void,
): void {
  out.line(js`${n} = ${buffer}[${p}++]`)
  out.block(js`if (${n} > 127)`, () => {
    out.line(js`${n} = ${scope.helper('readLength')}(${buffer}, ${p} - 1) << 1`)
    out.line(js`while (${buffer}[${p}++] > 127);`)
  })
  out.block(js`switch (${n})`, () => {
    for (let index = 0; index < count; index++) {
      out.block(js`case ${index * 2}:`, () => {
        branch(index)
        out.line(js`break`)
      })
    }
    out.line(js`default: ${scope.helper('badBranch')}(${n})`)
  })
}

/** A function `(buffer, p, end) => p` for an array, map or record. */
export function printSkipper(scope: ModuleScope, name: Name, schema: AvroSchema, counting: boolean): Lines {
  const out = new Lines()
  const bytes: Bytes = { buffer: js`b$`, view: js`b$`, end: js`end$` }
  out.block(js`function ${name}(b$, ${p}, end$)`, () => {
    out.line(js`let ${n} = 0`)
    if (schema.type === 'array' || schema.type === 'map') skipBlocks(scope, out, schema, bytes, counting)
    else if (schema.type === 'record') for (const field of schema.fields) skip(scope, out, field.schema, bytes)
    out.line(js`if (${p} > end$) ${scope.helper('endOfData')}()`)
    out.line(js`return ${p}`)
  })
  return out
}

function skipBlocks(
  scope: ModuleScope,
  out: Lines,
  schema: AvroSchema & { type: 'array' | 'map' },
  bytes: Bytes,
  counting: boolean,
): void {
  const inner = schema.type === 'array' ? schema.items : schema.values
  const least = minEncodedSize(inner) + (schema.type === 'map' ? 1 : 0)
  if (counting) out.line(js`let total = 0`)
  out.block(js`for (;;)`, () => {
    blockCount(scope, out, bytes)
    // A block with its size in front is stepped over at once.
    out.block(js`if (items < 0)`, () => {
      readLength(scope, out, bytes)
      out.line(js`${p} += ${n}`)
      out.line(js`if (${p} > end$) ${scope.helper('endOfData')}()`)
      if (counting) out.line(js`total -= items`)
      out.line(js`continue`)
    })
    checkCount(scope, out, bytes, least)
    if (counting) out.line(js`total += items`)
    if (least > 0) {
      out.block(js`for (; items > 0; items--)`, () => {
        if (schema.type === 'map') {
          readLength(scope, out, bytes)
          out.line(js`${p} += ${n}`)
        }
        skip(scope, out, inner, bytes)
        out.line(js`if (${p} > end$) ${scope.helper('endOfData')}()`)
      })
    }
  })
  if (counting) out.line(js`count$ = total`)
}

/** Declares `items`, the number of items of the next block, and leaves the loop at the last one. */
export function blockCount(scope: ModuleScope, out: Lines, { buffer }: Bytes): void {
  out.line(js`let items = ${buffer}[${p}++]`)
  out.line(js`if (items === 0) break`)
  out.block(
    js`if (items > 127)`,
    () => {
      out.line(js`items = ${scope.helper('readLong')}(${buffer}, ${p} - 1)`)
      out.line(js`while (${buffer}[${p}++] > 127);`)
    },
    js` else items = (items >>> 1) ^ -(items & 1)`,
  )
  out.line(js`if (items === 0) break`)
}

/** A block cannot hold more items than there are bytes left for; items without bytes are limited by number. */
export function checkCount(scope: ModuleScope, out: Lines, { end }: Bytes, least: number): void {
  const helper = scope.helper('checkItems')
  out.line(js`${helper}(items, ${end} - ${p}, ${least})`)
}
