/** Schema slots of a manifest: one for each schema text, shared by subjects (ids of a registry are, too). */
import type { AvroSchema } from '../../avro/schema.js'

export interface SchemaSlot {
  readonly slot: number
  readonly subject: string
  readonly fingerprint: string
  readonly schema: AvroSchema
}
