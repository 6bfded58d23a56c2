/** What a sink needs of the values that it writes: the fields of its schema. */
import type { AvroSchema } from '../../avro/schema.js'
import { whole, type Demand } from '../ir/demand.js'
import type { ResolvedSerde } from '../ir/resolved-plan.js'

export function sinkDemand(serde: ResolvedSerde): Demand {
  return serde.kind === 'avro' ? schemaDemand(serde.schema, []) : whole
}

/** `outer`: records that this one is within; a recursive one is needed whole. */
function schemaDemand(schema: AvroSchema, outer: readonly AvroSchema[]): Demand {
  if (outer.includes(schema)) return whole
  switch (schema.type) {
    case 'record': {
      const within = [...outer, schema]
      return {
        kind: 'fields',
        fields: new Map(schema.fields.map((field) => [field.name, schemaDemand(field.schema, within)])),
      }
    }
    case 'array':
      return { kind: 'items', items: schemaDemand(schema.items, outer) }
    case 'union': {
      const others = schema.branches.filter((branch) => branch.type !== 'null')
      const [only] = others
      return others.length === 1 && only !== undefined ? schemaDemand(only, outer) : whole
    }
    default:
      return whole
  }
}
