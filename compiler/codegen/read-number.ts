/** Code that reads a boolean or number at `p`. */
import { logicalOf, type FixedSchema, type PrimitiveSchema } from '../../avro/schema.js'
import { js, type Code } from './code.js'
import type { Lines } from './lines.js'
import type { ModuleScope } from './module-scope.js'
import { variables } from './names.js'
import type { Bytes } from './skip.js'

const { p, n } = variables

export interface NumberRead {
  readonly writer: PrimitiveSchema | FixedSchema
  readonly reader: PrimitiveSchema | FixedSchema
  readonly long: 'number' | 'bigint'
}

/** A boolean or number; a timestamp in ms as a number. Without a target it is only checked. */
export function readNumber(
  module: ModuleScope,
  out: Lines,
  target: Code | undefined,
  read: NumberRead,
  bytes: Bytes,
): void {
  const { buffer, view, end } = bytes
  const fround = read.reader.type === 'float' && (read.writer.type === 'int' || read.writer.type === 'long')
  const isTime = read.reader.type === 'long' && logicalOf(read.reader)?.kind === 'timestamp-millis'
  const isBig = read.reader.type === 'long' && read.long === 'bigint' && !isTime
  switch (read.writer.type) {
    case 'boolean':
      out.line(js`${n} = ${buffer}[${p}++]`)
      out.line(js`if (${n} > 1) ${module.helper('badBoolean')}(${n})`)
      if (target !== undefined) out.line(js`${target} = ${n} === 1`)
      return
    case 'int':
    case 'long': {
      const widened = read.writer.type === 'long' && (read.reader.type === 'float' || read.reader.type === 'double')
      const slow = isTime
        ? 'readTime'
        : isBig
          ? 'readBigLong'
          : widened
            ? 'readWide'
            : read.writer.type === 'int'
              ? 'readInt'
              : 'readLong'
      if (target === undefined) {
        // Below that many bytes any number is valid.
        const harmless = read.writer.type === 'int' ? 4 : 7
        out.line(js`${n} = ${p}`)
        out.line(js`while (${buffer}[${p}++] > 127);`)
        out.line(js`if (${p} - ${n} > ${harmless}) ${module.helper(slow)}(${buffer}, ${n})`)
        return
      }
      out.line(js`${n} = ${buffer}[${p}++]`)
      out.block(
        js`if (${n} > 127)`,
        () => {
          out.line(js`${target} = ${module.helper(slow)}(${buffer}, ${p} - 1)`)
          out.line(js`while (${buffer}[${p}++] > 127);`)
        },
        js` else ${target} = ${isBig ? js`BigInt((${n} >>> 1) ^ -(${n} & 1))` : js`(${n} >>> 1) ^ -(${n} & 1)`}`,
      )
      if (fround) out.line(js`${target} = Math.fround(${target})`)
      return
    }
    case 'float':
    case 'double': {
      const size = read.writer.type === 'float' ? 4 : 8
      const get = read.writer.type === 'float' ? js`getFloat32` : js`getFloat64`
      out.line(js`if (${p} + ${size} > ${end}) ${module.helper('endOfData')}()`)
      if (target !== undefined) out.line(js`${target} = ${view}.${get}(${p}, true)`)
      out.line(js`${p} += ${size}`)
      return
    }
    default:
      throw new Error(`a ${read.writer.type} is no number`)
  }
}
