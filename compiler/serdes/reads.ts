/**
 * The steps that fill a layout from the bytes of one writer version: resolution between the schemas happens here, once
 * and at build time, not for each record. What the writer has and nobody reads is skipped.
 */
import { defaultValue } from '../../avro/default-value.js'
import { schemaFingerprint } from '../../avro/fingerprint.js'
import type { RecordResolution, Resolution } from '../../avro/resolve.js'
import { logicalOf, type AvroSchema } from '../../avro/schema.js'
import type { Demand } from '../ir/demand.js'
import type { Checked, LongMode, Read } from '../ir/module-ir.js'
import type { CodecBuilder } from './codec-table.js'
import type { FieldTable, Layout, RecordLayout } from './layout.js'

export interface Reads {
  readonly reads: readonly Read[]
  /** They go to the end of the datum. */
  readonly complete: boolean
}

export function readsOf(
  fields: FieldTable,
  codecs: CodecBuilder,
  resolution: Resolution,
  layout: Layout,
  long: LongMode,
): Reads {
  const builder = new ReadBuilder(fields, codecs, long)
  const reads = builder.build(resolution, layout)
  const last = lastWanted(reads)
  const kept = reads.slice(0, last + 1)
  return { reads: kept, complete: kept.length === reads.length }
}

/** Steps for a value that is not on the wire because the whole is null. */
export function absentReads(fields: FieldTable, layout: Layout): Read[] {
  return new ReadBuilder(fields, undefined, 'number').absent(layout)
}

class ReadBuilder {
  constructor(
    readonly fields: FieldTable,
    readonly codecs: CodecBuilder | undefined,
    readonly long: LongMode,
  ) {}

  build(resolution: Resolution, layout: Layout): Read[] {
    if (resolution.kind === 'error') return [{ kind: 'fail', message: `${resolution.path}: ${resolution.message}` }]
    if (layout.kind === 'none') return [{ kind: 'skip', schema: resolution.writer }]
    if (layout.kind === 'value') {
      const codec = this.codecs?.decoder(resolution, layout.demand, this.long) ?? 0
      return [{ kind: 'value', field: layout.field, codec, check: checkOf(resolution, layout.demand, this.long) }]
    }
    if (resolution.kind === 'writer-union') {
      return [{ kind: 'union', branches: resolution.branches.map((branch) => this.build(branch, layout)) }]
    }
    if (resolution.kind === 'reader-union') return this.branch(resolution, layout)
    if (layout.kind === 'presence') {
      return [...this.present(layout.field, true), { kind: 'skip', schema: resolution.writer }]
    }
    if (layout.kind === 'record') return this.record(resolution, layout)
    if (layout.kind === 'length') return this.length(resolution, layout.field)
    return this.scalar(resolution, layout.field)
  }

  /** The reader has a nullable union here, the writer this one branch of it. */
  private branch(resolution: Resolution & { kind: 'reader-union' }, layout: Layout): Read[] {
    const target = resolution.reader.branches[resolution.branch]
    if (target?.type === 'null') return this.absent(layout)
    return this.build(resolution.value, layout)
  }

  absent(layout: Layout): Read[] {
    switch (layout.kind) {
      case 'none':
        return []
      case 'presence':
        return this.present(layout.field, false)
      case 'record':
        return this.present(layout.present, false)
      case 'scalar':
      case 'length':
      case 'value':
        return [{ kind: 'constant', field: layout.field, value: null }]
    }
  }

  private present(field: number | undefined, present: boolean): Read[] {
    return field === undefined ? [] : [{ kind: 'present', field, present }]
  }

  private record(resolution: Resolution, layout: RecordLayout): Read[] {
    if (resolution.kind !== 'record') throw new Error(`a record layout for a ${resolution.kind}`)
    return [
      ...this.present(layout.present, true),
      ...resolution.fields.flatMap((step): Read[] => {
        if (step.action === 'skip') return [{ kind: 'skip', schema: step.field.schema }]
        return this.build(step.value, layout.entries.get(step.reader.name) ?? { kind: 'none' })
      }),
      ...this.missing(resolution, layout),
    ]
  }

  private missing(resolution: RecordResolution, layout: RecordLayout): Read[] {
    return resolution.missing.flatMap((missing): Read[] => {
      const entry = layout.entries.get(missing.field.name)
      if (entry === undefined || entry.kind === 'none') return []
      const result = defaultValue(missing.field.schema, missing.default.json, this.long)
      if (!result.ok)
        return [{ kind: 'fail', message: `bad default of field ${missing.field.name}: ${result.message}` }]
      return this.constant(entry, result.value)
    })
  }

  /** A default, spread over the locals that would hold a decoded value. */
  private constant(layout: Layout, value: unknown): Read[] {
    if (value === null) return this.absent(layout)
    switch (layout.kind) {
      case 'none':
        return []
      case 'presence':
        return this.present(layout.field, true)
      case 'length':
        return [{ kind: 'constant', field: layout.field, value: Array.isArray(value) ? value.length : 0 }]
      case 'record': {
        const record = value as Readonly<Record<string, unknown>>
        return [
          ...this.present(layout.present, true),
          ...layout.schema.fields.flatMap((field) =>
            this.constant(layout.entries.get(field.name) ?? { kind: 'none' }, record[field.name]),
          ),
        ]
      }
      case 'scalar':
      case 'value':
        if (this.fields.get(layout.field).type.kind === 'text') this.fields.withoutSpan(layout.field)
        return [{ kind: 'constant', field: layout.field, value }]
    }
  }

  private length(resolution: Resolution, field: number): Read[] {
    if (resolution.kind !== 'array') throw new Error(`a length of a ${resolution.kind}`)
    return [{ kind: 'length', field, array: resolution.writer }]
  }

  private scalar(resolution: Resolution, field: number): Read[] {
    switch (resolution.kind) {
      case 'primitive':
        if (resolution.writer.type === 'null') return [{ kind: 'constant', field, value: null }]
        return [{ kind: 'scalar', field, writer: resolution.writer, reader: resolution.reader, long: this.long }]
      case 'fixed':
        return [{ kind: 'scalar', field, writer: resolution.writer, reader: resolution.reader, long: this.long }]
      case 'enum':
        return [{ kind: 'enum', field, resolution }]
      default:
        throw new Error(`a scalar layout for a ${resolution.kind}`)
    }
  }
}

/** Of data that are of the reader's own schema. */
function checkOf({ writer, reader }: Resolution, demand: Demand, long: LongMode): Checked | undefined {
  const isSame = writer === reader || schemaFingerprint(writer) === schemaFingerprint(reader)
  return isSame && isCheckable(writer, []) ? { schema: writer, demand, long } : undefined
}

/** Whether a value is valid by its bytes alone, whatever it is made into. */
function isCheckable(schema: AvroSchema, outer: readonly AvroSchema[]): boolean {
  if (outer.includes(schema)) return false
  const within = [...outer, schema]
  switch (schema.type) {
    case 'array':
      return isCheckable(schema.items, within)
    case 'map':
      return isCheckable(schema.values, within)
    case 'union':
      return schema.branches.every((branch) => isCheckable(branch, within))
    case 'record':
      return schema.fields.every((field) => isCheckable(field.schema, within))
    case 'bytes':
    case 'fixed':
      return logicalOf(schema) === undefined
    default:
      return true
  }
}

/** Index of the last step that leaves something: behind it nobody looks at the bytes. */
function lastWanted(reads: readonly Read[]): number {
  return reads.findLastIndex((read) => read.kind !== 'skip')
}
