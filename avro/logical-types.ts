/**
 * Logical types: which types may carry them, and how their values look in TypeScript.
 *
 * | Avro                                  | TypeScript                          | meaning of the value                       |
 * |---------------------------------------|-------------------------------------|--------------------------------------------|
 * | int                                   | number                              | integer, checked to fit 32 bits            |
 * | long                                  | number, or bigint by choice         | integer; as a number checked: ±(2^53 - 1)  |
 * | float, double                         | number                              |                                            |
 * | boolean, string, null                 | boolean, string, null               |                                            |
 * | bytes, fixed                          | Uint8Array                          | a copy, never a view of the input          |
 * | enum                                  | string                              | union of its symbols                       |
 * | array, map, record                    | array, null-prototype object, object| fields in schema order                     |
 * | union                                 | see union-shape.ts                  | plain where branches can be told apart     |
 * | long, timestamp-millis                | Date                                | an instant                                 |
 * | long, timestamp-micros                | number (bigint if long is)          | microseconds since the epoch, UTC          |
 * | long, local-timestamp-millis, -micros | number (bigint if long is)          | the same without time zone                 |
 * | int, date                             | number                              | days since 1970-01-01                      |
 * | int, time-millis                      | number                              | milliseconds since midnight                |
 * | long, time-micros                     | number (bigint if long is)          | microseconds since midnight                |
 * | bytes or fixed, decimal               | Decimal { unscaled, scale }         | unscaled · 10^-scale, exact                |
 * | string, uuid                          | string                              | not checked, as the specification leaves it|
 *
 * Reasons: Date is what TypeScript people hold instants in, but it ends at milliseconds, so microseconds stay numbers
 * (safe until the year 2255). A day or a time of day is no instant, so neither is a Date. A logical type on a type that
 * cannot carry it, or with bad parameters, is ignored, as the specification demands.
 */
import type { JsonObject, LogicalType, SimpleLogicalKind } from './schema.js'

const carriers: ReadonlyMap<string, string> = new Map<SimpleLogicalKind, string>([
  ['date', 'int'],
  ['time-millis', 'int'],
  ['time-micros', 'long'],
  ['timestamp-millis', 'long'],
  ['timestamp-micros', 'long'],
  ['local-timestamp-millis', 'long'],
  ['local-timestamp-micros', 'long'],
  ['uuid', 'string'],
])

/** The logical type that `json` declares for a type, or undefined when there is none to be honoured. */
export function logicalTypeOf(type: string, json: JsonObject, fixedSize?: number): LogicalType | undefined {
  const name = json['logicalType']
  if (typeof name !== 'string') return undefined
  if (name === 'decimal') return decimalOf(type, json, fixedSize)
  return carriers.get(name) === type ? { kind: name as SimpleLogicalKind } : undefined
}

function decimalOf(type: string, json: JsonObject, fixedSize: number | undefined): LogicalType | undefined {
  if (type !== 'bytes' && type !== 'fixed') return undefined
  const precision = json['precision']
  const scale = json['scale'] ?? 0
  if (!isCount(precision) || precision === 0 || !isCount(scale) || scale > precision) return undefined
  if (fixedSize !== undefined && precision > maxFixedPrecision(fixedSize)) return undefined
  return { kind: 'decimal', precision, scale }
}

/** Decimal digits that always fit a two's complement number of that many bytes. */
function maxFixedPrecision(size: number): number {
  return Math.floor((8 * size - 1) * Math.log10(2))
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}

/** `decimal(12, 2)`, `timestamp-millis`: for messages. */
export function describeLogical(logical: LogicalType): string {
  return logical.kind === 'decimal' ? `decimal(${logical.precision}, ${logical.scale})` : logical.kind
}
