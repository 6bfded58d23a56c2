/**
 * Interpreting decoder: bytes to values, along a Resolution. For the interpreter, tests, `tail` and tools; the hot path
 * is generated code, which must accept and refuse the same bytes. Every read is checked, counts are checked before
 * anything is allocated, and nothing may be left over. What is skipped is only stepped over, not validated.
 */
import { AvroDecodeError, BinaryReader, MalformedBytes } from './binary-reader.js'
import { decimalFromBytes } from './decimal.js'
import { defaultValue } from './default-value.js'
import { maxRecordDepth, maxZeroSizeItems, minEncodedSize } from './encoded-size.js'
import { resolveSchemas, type RecordResolution, type Resolution } from './resolve.js'
import type { AvroSchema, LogicalType, PrimitiveSchema } from './schema.js'
import { unionShape, type LongMode } from './union-shape.js'

export interface DecodeOptions {
  /** Default `number`. */
  readonly long?: LongMode
  /** The schema in which the value is wanted; default: the writer's. */
  readonly reader?: AvroSchema
}

/**
 * Decodes one datum that fills `bytes` (without wire header).
 * @throws AvroDecodeError on bytes that are no such datum, or that the reader cannot take.
 */
export function decodeValue(writer: AvroSchema, bytes: Uint8Array, options: DecodeOptions = {}): unknown {
  const { resolution } = resolveSchemas(writer, options.reader ?? writer)
  return decodeResolved(resolution, bytes, options.long)
}

/** The same along a resolution made before. */
export function decodeResolved(resolution: Resolution, bytes: Uint8Array, long: LongMode = 'number'): unknown {
  const decoder = new Decoder(new BinaryReader(bytes), long)
  try {
    const value = decoder.value(resolution)
    const { reader } = decoder
    return reader.remaining > 0 ? reader.fail(`${reader.remaining} bytes are left over`) : value
  } catch (error) {
    if (!(error instanceof MalformedBytes)) throw error
    throw new AvroDecodeError(error.reason, error.offset, decoder.path.join(''))
  }
}

/** The decoder itself, for those who take a datum apart step by step. It throws MalformedBytes. */
export class Decoder {
  /** Where the decoder is; on an error it stays there. */
  readonly path: string[] = []
  private depth = 0
  private zeroSizeItems = 0

  constructor(
    readonly reader: BinaryReader,
    private readonly long: LongMode,
  ) {}

  value(resolution: Resolution): unknown {
    const { reader } = this
    switch (resolution.kind) {
      case 'primitive':
        return this.primitive(resolution.writer, resolution.reader)
      case 'fixed':
        return bytesValue(reader.fixed(resolution.writer.size), resolution.reader.logical)
      case 'enum': {
        const start = reader.position
        const index = reader.int()
        if (!(index in resolution.writer.symbols)) reader.fail(`no symbol with index ${index}`, start)
        const unknown = `the reader's enum lacks ${resolution.writer.symbols[index]}, and has no default`
        return resolution.symbols[index] ?? reader.fail(unknown, start)
      }
      case 'array': {
        const items: unknown[] = []
        this.blocks(resolution.writer.items, (index) => {
          items.push(this.inside(`[${index}]`, () => this.value(resolution.items)))
        })
        return items
      }
      case 'map':
        return this.map(resolution.writer.values, resolution.values)
      case 'record':
        return this.record(resolution)
      case 'writer-union':
        return this.value(resolution.branches[this.branch(resolution.branches.length)] ?? reader.fail('no such branch'))
      case 'reader-union': {
        const value = this.value(resolution.value)
        const shape = unionShape(resolution.reader, this.long)
        const branch = shape.branches[resolution.branch]
        return shape.wrapped && branch !== undefined && branch.shape !== 'null' ? { [branch.name]: value } : value
      }
      case 'error':
        return reader.fail(`${resolution.path}: ${resolution.message}`)
    }
  }

  private primitive(writer: PrimitiveSchema, target: PrimitiveSchema): unknown {
    const { reader } = this
    switch (writer.type) {
      case 'null':
        return null
      case 'boolean':
        return reader.boolean()
      case 'int': {
        const value = reader.int()
        return target.type === 'long' ? this.longValue(BigInt(value), target, reader.position) : rounded(value, target)
      }
      case 'long': {
        const start = reader.position
        const value = reader.bigLong()
        if (target.type === 'long') return this.longValue(value, target, start)
        return rounded(Number(value), target)
      }
      case 'float':
        return reader.float()
      case 'double':
        return reader.double()
      case 'string':
        return target.type === 'bytes' ? reader.lengthPrefixed() : reader.string()
      case 'bytes':
        return target.type === 'string' ? reader.string() : bytesValue(reader.lengthPrefixed(), target.logical)
    }
  }

  private longValue(value: bigint, target: PrimitiveSchema, start: number): unknown {
    const number = Number(value)
    if (target.logical?.kind === 'timestamp-millis') {
      const date = new Date(number)
      return Number.isNaN(date.getTime()) ? this.reader.fail(`${value} ms is beyond what a Date can hold`, start) : date
    }
    if (this.long === 'bigint') return value
    if (Number.isSafeInteger(number)) return number
    return this.reader.fail('a long beyond ±(2^53 - 1): choose bigint for the longs of the subject', start)
  }

  private map(writerValues: AvroSchema, values: Resolution): unknown {
    const map = Object.create(null) as Record<string, unknown>
    this.blocks(
      writerValues,
      () => {
        const key = this.reader.string()
        if (key === '__proto__') this.reader.fail('the map key __proto__ is refused')
        map[key] = this.inside(`[${JSON.stringify(key)}]`, () => this.value(values))
      },
      1,
    )
    return map
  }

  private record(resolution: RecordResolution): unknown {
    if (++this.depth > maxRecordDepth) this.reader.fail(`records nested more than ${maxRecordDepth} deep`)
    const values: unknown[] = []
    for (const step of resolution.fields) {
      this.inside(`.${step.field.name}`, () => {
        if (step.action === 'skip') this.skip(step.field.schema)
        else values[step.index] = this.value(step.value)
      })
    }
    for (const { field, index, default: fallback } of resolution.missing) {
      const result = defaultValue(field.schema, fallback.json, this.long)
      if (!result.ok) this.reader.fail(`bad default of field ${field.name}: ${result.message}`)
      else values[index] = result.value
    }
    this.depth--
    return Object.fromEntries(resolution.reader.fields.map((field, index) => [field.name, values[index]]))
  }

  skip(schema: AvroSchema): void {
    const { reader } = this
    switch (schema.type) {
      case 'null':
        return
      case 'boolean':
        reader.take(1)
        return
      case 'int':
      case 'long':
      case 'enum':
        reader.bigLong()
        return
      case 'float':
        reader.take(4)
        return
      case 'double':
        reader.take(8)
        return
      case 'string':
      case 'bytes':
        reader.take(reader.length('length'))
        return
      case 'fixed':
        reader.take(schema.size)
        return
      case 'array':
        this.blocks(schema.items, () => this.skip(schema.items), 0, true)
        return
      case 'map':
        this.blocks(
          schema.values,
          () => {
            reader.take(reader.length('length'))
            this.skip(schema.values)
          },
          1,
          true,
        )
        return
      case 'union':
        this.skip(schema.branches[this.branch(schema.branches.length)] ?? reader.fail('no such branch'))
        return
      case 'record':
        if (++this.depth > maxRecordDepth) reader.fail(`records nested more than ${maxRecordDepth} deep`)
        for (const field of schema.fields) this.skip(field.schema)
        this.depth--
    }
  }

  /** The blocks of an array or map; `overhead`: least bytes an item takes beside its value. */
  blocks(schema: AvroSchema, item: (index: number) => void, overhead = 0, mayJump = false): void {
    const { reader } = this
    const least = minEncodedSize(schema) + overhead
    for (let index = 0; ;) {
      const start = reader.position
      let count = reader.long()
      if (count === 0) return
      if (count < 0) {
        count = -count
        const size = reader.length('block size')
        if (mayJump) {
          reader.take(size)
          continue
        }
      }
      if (least > 0 && count > reader.remaining / least) {
        reader.fail(`a block of ${count} items, with ${reader.remaining} bytes left`, start)
      }
      if (least === 0 && (this.zeroSizeItems += count) > maxZeroSizeItems) {
        reader.fail(`more than ${maxZeroSizeItems} items that may take no bytes`, start)
      }
      for (; count > 0; count--) item(index++)
    }
  }

  branch(count: number): number {
    const start = this.reader.position
    const index = this.reader.long()
    if (index < 0 || index >= count) this.reader.fail(`no union branch with index ${index}`, start)
    return index
  }

  private inside<T>(segment: string, run: () => T): T {
    this.path.push(segment)
    const result = run()
    this.path.pop()
    return result
  }
}

function bytesValue(bytes: Uint8Array, logical: LogicalType | undefined): unknown {
  return logical?.kind === 'decimal' ? decimalFromBytes(bytes, logical.scale) : bytes
}

/** A promoted number; a float holds fewer digits than an int. */
function rounded(value: number, target: PrimitiveSchema): number {
  return target.type === 'float' ? Math.fround(value) : value
}
