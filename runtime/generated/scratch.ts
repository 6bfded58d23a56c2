/**
 * A growing buffer of one task for what cannot be written into a batch at once: keys, whose bytes choose the partition,
 * and values of any shape, whose size is not known before they are written. Its methods write Avro and check values;
 * they accept and refuse what avro/encode.ts does.
 */
import { decimalToBytes, isDecimal, precisionOf, rescale } from '../../avro/decimal.js'
import { AvroEncodeError, show } from '../../avro/encode.js'
import { maxRecordDepth } from '../../avro/encoded-size.js'
import { shapeOfValue } from '../../avro/union-shape.js'
import { copyBytes, utf8Length, writeLength, writeText } from './text.js'
import { writeBigLong, writeLong, writeTime } from './write-number.js'

const INITIAL_BYTES = 1024

export class Scratch {
  buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES)
  view = new DataView(this.buffer.buffer)
  /** Bytes in use. */
  position = 0
  /** Where the value stands that is being written, for messages. */
  #base = ''
  #depth = 0

  /** Makes room for so many bytes and returns where they start. */
  reserve(bytes: number): number {
    const needed = this.position + bytes
    if (needed > this.buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.buffer.length))
      this.buffer.copy(larger, 0, 0, this.position)
      this.buffer = larger
      this.view = new DataView(larger.buffer)
    }
    return this.position
  }

  at(path: string): this {
    this.#base = path
    this.#depth = 0
    return this
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.buffer.set(bytes, this.position)
    this.position += bytes.length
  }

  /** A view of so many new bytes. */
  big(bytes: number): DataView {
    const start = this.reserve(bytes)
    this.position += bytes
    return new DataView(this.buffer.buffer, start, bytes)
  }

  byte(value: number): void {
    this.reserve(1)
    this.buffer[this.position++] = value
  }

  nothing(value: unknown, path: string): void {
    if (value !== null) this.#mismatch('null', value, path)
  }

  boolean(value: unknown, path: string): void {
    if (typeof value !== 'boolean') this.#mismatch('a boolean', value, path)
    this.byte(value ? 1 : 0)
  }

  int(value: unknown, path: string): void {
    if (typeof value !== 'number' || value !== (value | 0)) this.#mismatch('a whole number of 32 bits', value, path)
    this.reserve(10)
    this.position = writeLong(this.buffer, this.position, value, path)
  }

  long(value: unknown, path: string): void {
    this.reserve(10)
    this.position = writeLong(this.buffer, this.position, value, this.#base + path)
  }

  bigint(value: unknown, path: string): void {
    this.reserve(10)
    this.position = writeBigLong(this.buffer, this.position, value, this.#base + path)
  }

  date(value: unknown, path: string): void {
    if (!(value instanceof Date)) this.#mismatch('a valid Date', value, path)
    this.reserve(10)
    this.position = writeTime(this.buffer, this.position, value.getTime(), this.#base + path)
  }

  float(value: unknown, path: string): void {
    if (typeof value !== 'number') this.#mismatch('a number', value, path)
    this.view.setFloat32(this.reserve(4), value, true)
    this.position += 4
  }

  double(value: unknown, path: string): void {
    if (typeof value !== 'number') this.#mismatch('a number', value, path)
    this.view.setFloat64(this.reserve(8), value, true)
    this.position += 8
  }

  text(value: unknown, path: string): void {
    if (typeof value !== 'string') this.#mismatch('a string', value, path)
    this.reserve(5 + utf8Length(value))
    // Short texts are written by a loop that stays within their bytes; long ones by the engine, which stops at the end.
    this.reserve(5 + value.length * 3)
    this.position = writeText(this.buffer, this.position, value)
  }

  bytes(value: unknown, path: string): void {
    if (!(value instanceof Uint8Array)) this.#mismatch('a Uint8Array', value, path)
    this.#prefixed(value)
  }

  fixed(value: unknown, size: number, name: string, path: string): void {
    if (!(value instanceof Uint8Array)) this.#mismatch('a Uint8Array', value, path)
    if (value.length !== size) this.#fail(`${name} has ${size} bytes, the value ${value.length}`, path)
    this.raw(value)
  }

  /** `size` undefined: bytes with their length in front. */
  decimal(value: unknown, precision: number, scale: number, size: number | undefined, path: string): void {
    if (!isDecimal(value)) this.#mismatch('a Decimal', value, path)
    const exact = rescale(value, scale)
    if (exact === undefined) this.#fail(`a decimal of scale ${value.scale} does not fit scale ${scale}`, path)
    if (precisionOf(exact) > precision) this.#fail(`the decimal has more than ${precision} digits`, path)
    const bytes = decimalToBytes(exact.unscaled, size)
    if (bytes === undefined) this.#fail(`the decimal does not fit ${size} bytes`, path)
    if (size === undefined) this.#prefixed(bytes)
    else this.raw(bytes)
  }

  symbol(value: unknown, symbols: readonly string[], name: string, path: string): void {
    const index = symbols.findIndex((symbol) => symbol === value)
    if (index < 0) this.#fail(`${show(value)} is no symbol of ${name} (${symbols.join(', ')})`, path)
    this.reserve(5)
    this.position = writeLength(this.buffer, this.position, index)
  }

  /** The value as an array, its length written. */
  array(value: unknown, path: string): readonly unknown[] {
    if (!Array.isArray(value)) this.#mismatch('an array', value, path)
    if (value.length > 0) this.#length(value.length)
    return value as readonly unknown[]
  }

  /** The entries of a map, their number written. */
  entries(value: unknown, path: string): readonly (readonly [string, unknown])[] {
    const entries = Object.entries(this.object(value, path))
    if (entries.some(([key]) => key === '__proto__')) this.#fail('the map key __proto__ is refused', path)
    if (entries.length > 0) this.#length(entries.length)
    return entries
  }

  object(value: unknown, path: string): Readonly<Record<string, unknown>> {
    if (shapeOfValue(value) !== 'object') this.#mismatch('an object', value, path)
    return value as Readonly<Record<string, unknown>>
  }

  /** Index of the branch that the value belongs to, written. Undefined counts as null. */
  branch(value: unknown, shapes: readonly string[], nullIndex: number, path: string): number {
    const shape = shapeOfValue(value ?? null)
    const index = shape === 'null' ? nullIndex : shape === undefined ? -1 : shapes.indexOf(shape)
    if (index < 0) this.#mismatch(`one of ${shapes.join(', ')}`, value, path)
    this.#length(index)
    return index
  }

  /** The same where values are `{ [name]: value }`. */
  wrappedBranch(value: unknown, names: readonly string[], nullIndex: number, path: string): number {
    const keys = shapeOfValue(value) === 'object' ? Object.keys(value as object) : []
    const [key] = keys
    const isNull = value === null || value === undefined
    const index = isNull ? nullIndex : keys.length === 1 && key !== undefined && key !== 'null' ? names.indexOf(key) : -1
    if (index < 0) this.#mismatch(`an object { "<branch>": value } for one of ${names.join(', ')}`, value, path)
    this.#length(index)
    return index
  }

  unwrapped(value: unknown): unknown {
    return typeof value === 'object' && value !== null ? Object.values(value)[0] : value
  }

  /** A record within a record of its own type. */
  enter(): void {
    if (++this.#depth > maxRecordDepth) this.#fail(`records nested more than ${maxRecordDepth} deep`, '')
  }

  leave(): void {
    this.#depth--
  }

  #length(length: number): void {
    this.reserve(5)
    this.position = writeLength(this.buffer, this.position, length)
  }

  #prefixed(bytes: Uint8Array): void {
    this.#length(bytes.length)
    this.reserve(bytes.length)
    this.position = copyBytes(this.buffer, this.position, bytes, 0, bytes.length)
  }

  #mismatch(expected: string, value: unknown, path: string): never {
    const what = value === undefined ? `the value is missing; expected ${expected}` : `expected ${expected}, not ${show(value)}`
    this.#fail(what, path)
  }

  #fail(reason: string, path: string): never {
    throw new AvroEncodeError(reason, this.#base + path)
  }
}
