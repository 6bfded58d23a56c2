/**
 * `millrace/types`: types for what TypeScript's own cannot say, where Avro schemas are derived from TypeScript types.
 * The flavours are optional phantoms: plain values can be assigned to them without a cast, and nothing exists at run
 * time. Arithmetic widens to `number`: `int(x + 1)` says again what it is.
 */
declare const flavour: unique symbol

interface Flavour<Name extends string> {
  readonly [flavour]?: Name
}

/** Avro `int`: whole, 32 bits. */
export type Int = number & Flavour<'int'>
/** Avro `long`: whole, 64 bits; a `number` is checked to be a safe integer. Use `bigint` beyond 2^53. */
export type Long = number & Flavour<'long'>
/** Avro `float`: 32 bits; digits beyond are lost when it is written. */
export type Float = number & Flavour<'float'>
/** Avro `double`: what a plain `number` is; said explicitly, it silences the hint MR1010. */
export type Double = number & Flavour<'double'>
/** Avro `string` with the logical type `uuid`. */
export type Uuid = string & Flavour<'uuid'>
/** Avro `int` with the logical type `date`: days since the epoch. */
export type EpochDay = number & Flavour<'date'>
/** Avro `long` with the logical type `timestamp-micros`: µs since the epoch. */
export type TimestampMicros = number & Flavour<'timestamp-micros'>
/** Avro `int` with the logical type `time-millis`: ms since midnight. */
export type TimeMillis = number & Flavour<'time-millis'>
/** Avro `long` with the logical type `time-micros`: µs since midnight. */
export type TimeMicros = number & Flavour<'time-micros'>

/** Says that a number is an Avro `int`. Erased: no check, no conversion; the encoder checks the range. */
export function int(value: number): Int {
  return value
}

/** Says that a number is an Avro `long`. Erased: no check, no conversion; the encoder checks that it is safe. */
export function long(value: number): Long {
  return value
}

/** Says that a number is an Avro `float`. Erased: no check, no conversion. */
export function float(value: number): Float {
  return value
}

/** Says that a number is an Avro `double`. Erased. */
export function double(value: number): Double {
  return value
}

/** Says that a string is a UUID. Erased: no check; Avro leaves the form to the writer. */
export function uuid(value: string): Uuid {
  return value
}

/**
 * Avro `bytes` or `fixed` with the logical type `decimal`: exactly `unscaled · 10^-scale`. Values that are read have it;
 * any object with `unscaled` and `scale` can be written.
 */
export interface Decimal {
  /** The value without its decimal point. */
  readonly unscaled: bigint
  /** Digits behind the decimal point, at least 0. */
  readonly scale: number
  /** Plain notation with all digits of the scale: `-12.30`. */
  toString(): string
}

class DecimalValue implements Decimal {
  constructor(
    readonly unscaled: bigint,
    readonly scale: number,
  ) {}

  toString(): string {
    const sign = this.unscaled < 0n ? '-' : ''
    const digits = (this.unscaled < 0n ? -this.unscaled : this.unscaled).toString().padStart(this.scale + 1, '0')
    const point = digits.length - this.scale
    return this.scale === 0 ? sign + digits : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
  }
}

/**
 * A decimal value: `decimal('-12.30')`, or `decimal(-1230n, 2)`.
 * @throws RangeError when the text is no plain decimal number, or the scale is negative.
 */
export function decimal(value: string): Decimal
export function decimal(unscaled: bigint, scale: number): Decimal
export function decimal(value: string | bigint, scale = 0): Decimal {
  if (typeof value === 'bigint') {
    if (!Number.isInteger(scale) || scale < 0) throw new RangeError(`a scale is a whole number from 0, not ${scale}`)
    return new DecimalValue(value, scale)
  }
  const match = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(value)
  if (match === null) throw new RangeError(`${JSON.stringify(value)} is no decimal number`)
  const [, sign, whole = '', fraction = ''] = match
  const unscaled = BigInt(whole + fraction)
  return new DecimalValue(sign === '-' ? -unscaled : unscaled, fraction.length)
}
