/** Kind of a serde without a schema -> its implementation. */
import type { SerdeKind } from '../../../dsl/model/serde-spec.js'
import type { BytesSerde } from './element-serde.js'
import { jsonSerde } from './json.js'
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

export function serdeOfKind(kind: SchemalessKind): BytesSerde {
  return SERDES[kind]
}
