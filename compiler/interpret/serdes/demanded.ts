/**
 * Decodes what is demanded of an Avro datum, in the order of the bytes, and steps over the rest. What lies behind the
 * last demanded part is not looked at, so a record is refused if and only if the compiled form refuses it (rule 3).
 */
import { BinaryReader } from '../../../avro/binary-reader.js'
import { Decoder } from '../../../avro/decode.js'
import { defaultValue } from '../../../avro/default-value.js'
import type { RecordResolution, Resolution } from '../../../avro/resolve.js'
import { namedSchemas, type AvroSchema } from '../../../avro/schema.js'
import { unionShape, type LongMode } from '../../../avro/union-shape.js'
import { fieldOf, type Demand } from '../../ir/demand.js'
import { SerdeError } from './element-serde.js'
import { undemanded, undemandedAs } from './undemanded.js'

export function decodeDemanded(resolution: Resolution, demand: Demand, bytes: Uint8Array, long: LongMode): unknown {
  const reader = new BinaryReader(bytes)
  const decoder = new DemandDecoder(new Decoder(reader, long), long)
  let value = undemandedAs(resolution.reader)
  const steps = decoder.steps(resolution, demand, (decoded) => (value = decoded))
  const kept = steps.slice(0, steps.findLastIndex((step) => step.kind !== 'skip') + 1)
  for (const step of kept) decoder.run(step)
  if (kept.length === steps.length && reader.remaining > 0)
    throw new SerdeError(`${reader.remaining} bytes are left over`)
  return value
}

type Step =
  { readonly kind: 'skip'; readonly schema: AvroSchema } | { readonly kind: 'read'; readonly read: () => void }

type Receive = (value: unknown) => void

class DemandDecoder {
  constructor(
    readonly decoder: Decoder,
    readonly long: LongMode,
  ) {}

  run(step: Step): void {
    if (step.kind === 'skip') this.decoder.skip(step.schema)
    else step.read()
  }

  /** Records are taken apart; everything else is one step. */
  steps(resolution: Resolution, demand: Demand, receive: Receive): Step[] {
    const { decoder } = this
    if (resolution.kind === 'error') return [read(() => decoder.value(resolution))]
    if (demand.kind === 'none') return [{ kind: 'skip', schema: resolution.writer }]
    if (isPlainNullable(resolution.reader, this.long)) return this.nullable(resolution, demand, receive)
    if (demand.kind === 'presence') {
      // It is there whatever the bytes say: nothing is read for that.
      receive(undemandedAs(resolution.reader))
      return [{ kind: 'skip', schema: resolution.writer }]
    }
    if (resolution.kind === 'record' && !isRecursive(resolution.reader)) return this.record(resolution, demand, receive)
    return [
      read(() => {
        receive(this.value(resolution, demand))
      }),
    ]
  }

  private nullable(resolution: Exclude<Resolution, { kind: 'error' }>, demand: Demand, receive: Receive): Step[] {
    if (resolution.kind === 'reader-union') {
      const target = resolution.reader.branches[resolution.branch]
      if (target?.type !== 'null') {
        const steps = this.steps(resolution.value, demand, receive)
        // Whether it is there is noted where its bytes are.
        return demand.kind === 'presence' ? [read(() => undefined), ...steps] : steps
      }
    }
    if (resolution.kind !== 'writer-union') {
      return [
        read(() => {
          receive(this.decoder.value(resolution))
        }),
      ]
    }
    const chosen = read(() => {
      const branch = resolution.branches[this.decoder.branch(resolution.branches.length)]
      if (branch !== undefined) for (const step of this.branchSteps(branch, demand, receive)) this.run(step)
    })
    return [chosen]
  }

  private branchSteps(branch: Resolution, demand: Demand, receive: Receive): Step[] {
    if (branch.kind !== 'reader-union') return this.steps(branch, demand, receive)
    return this.nullable(branch, demand, receive)
  }

  private record(resolution: RecordResolution, demand: Demand, receive: Receive): Step[] {
    const record: Record<string, unknown> = Object.fromEntries(
      resolution.reader.fields.map(({ name, schema }) => [name, undemandedAs(schema)]),
    )
    receive(record)
    const fields = resolution.fields.flatMap((step): Step[] => {
      if (step.action === 'skip') return [{ kind: 'skip', schema: step.field.schema }]
      const { name } = step.reader
      return this.steps(step.value, fieldOf(demand, name), (value) => (record[name] = value))
    })
    return [...fields, ...this.missing(resolution, demand, record)]
  }

  private missing(resolution: RecordResolution, demand: Demand, record: Record<string, unknown>): Step[] {
    return resolution.missing.flatMap(({ field, default: fallback }): Step[] => {
      if (fieldOf(demand, field.name).kind === 'none') return []
      return [
        read(() => {
          const result = defaultValue(field.schema, fallback.json, this.long)
          if (!result.ok) throw new SerdeError(`bad default of field ${field.name}: ${result.message}`)
          record[field.name] = result.value
        }),
      ]
    })
  }

  /** A value in one piece: parts that are not demanded are stepped over, to the end of the value. */
  private value(resolution: Resolution, demand: Demand): unknown {
    const { decoder } = this
    if (demand.kind === 'length' && resolution.kind === 'array') return this.items(resolution, { kind: 'none' })
    if (demand.kind === 'items' && resolution.kind === 'array') return this.items(resolution, demand.items)
    if (demand.kind !== 'fields' || resolution.kind !== 'record') return decoder.value(resolution)
    let value = undemanded
    for (const step of this.record(resolution, demand, (record) => (value = record))) this.run(step)
    return value
  }

  private items(resolution: Extract<Resolution, { kind: 'array' }>, demand: Demand): unknown[] {
    const items: unknown[] = []
    this.decoder.blocks(resolution.writer.items, () => {
      let item = undemanded
      for (const step of this.steps(resolution.items, demand, (value) => (item = value))) this.run(step)
      items.push(item)
    })
    return items
  }
}

function read(run: () => void): Step {
  return { kind: 'read', read: run }
}

/** `T | null` that is written plain. */
function isPlainNullable(schema: AvroSchema, long: LongMode): boolean {
  if (schema.type !== 'union') return false
  const { nullable, wrapped } = unionShape(schema, long)
  return nullable && !wrapped
}

function isRecursive(schema: AvroSchema): boolean {
  return (
    schema.type === 'record' && schema.fields.some((field) => [...namedSchemas(field.schema).values()].includes(schema))
  )
}
