/** Functions that make or write whole JavaScript values: each resolution and schema once. */
import type { Resolution } from '../../avro/resolve.js'
import { isNamed, unqualified, type AvroSchema } from '../../avro/schema.js'
import type { Demand } from '../ir/demand.js'
import type { CodecTable, Decoder, Encoder, LongMode } from '../ir/module-ir.js'

export class CodecBuilder {
  readonly #decoders: Decoder[] = []
  readonly #encoders: Encoder[] = []

  decoder(resolution: Resolution, demand: Demand, long: LongMode): number {
    const same = this.#decoders.find(
      (other) => other.resolution === resolution && other.demand === demand && other.long === long,
    )
    if (same !== undefined) return same.id
    const id = this.#decoders.length
    this.#decoders.push({ id, name: nameOf(resolution.reader), resolution, demand, long })
    return id
  }

  encoder(schema: AvroSchema, long: LongMode): number {
    const same = this.#encoders.find((other) => other.schema === schema && other.long === long)
    if (same !== undefined) return same.id
    const id = this.#encoders.length
    this.#encoders.push({ id, name: nameOf(schema), schema, long })
    return id
  }

  finish(): CodecTable {
    return { decoders: this.#decoders, encoders: this.#encoders }
  }
}

function nameOf(schema: AvroSchema): string {
  return isNamed(schema) ? unqualified(schema.name) : schema.type
}
