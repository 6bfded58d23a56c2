/** How keys that an operator makes are written, for operators that make or move them. */
import type { Arguments } from './model/arguments.js'
import type { SerdeSpec } from './model/serde-spec.js'
import { serdeSpec, type SerdeFor } from './serdes.js'

export interface KeySerde<in K> {
  /**
   * How the keys are written from here on: in repartition topics and in state. It decides which partition a key belongs
   * to, and in which order the keys of a store are gone through. Default: as the source has them where the key is the
   * source's, else by the type: strings, bytes, `number` as `double()`, `bigint` as `int64()`, all else as Avro.
   *
   * @example
   * ```ts
   * orders.groupBy((o) => o.customerId, { key: int32() }).count()
   * ```
   */
  readonly key?: SerdeFor<K>
}

export function keySerde(args: Arguments, { key }: Readonly<Record<string, unknown>>): SerdeSpec | undefined {
  if (key === undefined) return undefined
  const spec = serdeSpec(key)
  if (spec === undefined) throw args.wrong(`\`key\` of \`${args.callee}\` is no serde`)
  return spec
}
