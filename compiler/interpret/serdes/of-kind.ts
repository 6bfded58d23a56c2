/** Kind of a serde without a schema -> its implementation. */
import type { JsonLongs } from '../../../dsl/model/json-longs.js'
import type { SerdeKind } from '../../../dsl/model/serde-spec.js'
import type { BytesSerde } from './element-serde.js'
import { jsonSerde } from './json.js'
import { jsonLongsSerde } from './json-longs.js'
import { bytesSerde, doubleSerde, int32Serde, int64Serde, stringSerde, uuidSerde } from './primitives.js'

export type SchemalessKind = Exclude<SerdeKind, 'avro' | 'nullable'>

const SERDES: Readonly<Record<SchemalessKind, BytesSerde>> = {
  json: jsonSerde,
  string: stringSerde,
  bytes: bytesSerde,
  int32: int32Serde,
  int64: int64Serde,
  double: doubleSerde,
  uuid: uuidSerde,
}

/** As manifest and plan name it. */
export type PlainSerde =
  { readonly kind: Exclude<SchemalessKind, 'json'> } | { readonly kind: 'json'; readonly longs?: JsonLongs | undefined }

export function plainSerde(serde: PlainSerde): BytesSerde {
  return serde.kind === 'json' ? jsonLongsSerde(serde.longs) : serdeOfKind(serde.kind)
}

export function serdeOfKind(kind: SchemalessKind): BytesSerde {
  return SERDES[kind]
}
