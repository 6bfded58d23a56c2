/**
 * Values of the logical type decimal: exact, immutable, without arithmetic of their own. Any object with these two
 * members is one; the class adds how it prints.
 */
export interface Decimal {
  /** The value without decimal point. */
  readonly unscaled: bigint
  /** Digits behind the decimal point, at least 0. */
  readonly scale: number
  toString(): string
}

class DecimalValue implements Decimal {
  constructor(
    readonly unscaled: bigint,
    readonly scale: number,
  ) {
    Object.freeze(this)
  }

  toString(): string {
    return formatDecimal(this)
  }

  toJSON(): string {
    return formatDecimal(this)
  }
}

export function decimal(unscaled: bigint, scale: number): Decimal {
  return new DecimalValue(unscaled, scale)
}

/** `-12.30`; undefined when the text is no plain decimal number. Exponents are not accepted. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text)
  if (match === null || text.length > 1000) return undefined
  const [, sign, whole = '', fraction = ''] = match
  const unscaled = BigInt(whole + fraction)
  return decimal(sign === '-' ? -unscaled : unscaled, fraction.length)
}

/** Keeps trailing zeros: the scale is part of the value. */
export function formatDecimal(value: Decimal): string {
  const negative = value.unscaled < 0n
  const digits = (negative ? -value.unscaled : value.unscaled).toString().padStart(value.scale + 1, '0')
  const point = digits.length - value.scale
  const text = value.scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`
  return negative ? `-${text}` : text
}

/** The same number with another scale, or undefined when digits would be lost. */
export function rescale(value: Decimal, scale: number): Decimal | undefined {
  if (scale >= value.scale) return decimal(value.unscaled * 10n ** BigInt(scale - value.scale), scale)
  const divisor = 10n ** BigInt(value.scale - scale)
  return value.unscaled % divisor === 0n ? decimal(value.unscaled / divisor, scale) : undefined
}

export function isDecimal(value: unknown): value is Decimal {
  if (typeof value !== 'object' || value === null) return false
  const { unscaled, scale } = value as Partial<Record<keyof Decimal, unknown>>
  return typeof unscaled === 'bigint' && typeof scale === 'number' && Number.isInteger(scale) && scale >= 0
}

/** Number of decimal digits of the unscaled value: what a precision limits. */
export function precisionOf(value: Decimal): number {
  return (value.unscaled < 0n ? -value.unscaled : value.unscaled).toString().length
}

/** Big-endian two's complement, as Avro stores it. */
export function decimalFromBytes(bytes: Uint8Array, scale: number): Decimal {
  let hex = ''
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0')
  const unscaled = hex === '' ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`))
  return decimal(unscaled, scale)
}

/**
 * Two's complement, shortest form, or sign-extended to `size` bytes; undefined when it needs more than that.
 */
export function decimalToBytes(unscaled: bigint, size?: number): Uint8Array | undefined {
  const magnitude = unscaled < 0n ? -unscaled - 1n : unscaled
  const needed = magnitude === 0n ? 1 : Math.floor(magnitude.toString(2).length / 8) + 1
  const length = size ?? needed
  if (needed > length && !(length === 0 && unscaled === 0n)) return undefined
  const bytes = new Uint8Array(length)
  let rest = BigInt.asUintN(length * 8, unscaled)
  for (let index = length - 1; index >= 0; index--) {
    bytes[index] = Number(rest & 0xffn)
    rest >>= 8n
  }
  return bytes
}
