/**
 * Arithmetic of translated cases: Kafka Streams' cases use Java's longs and doubles. Written beside each translated
 * pipeline, as helpers of an author in a file of their own.
 */

/** Quotient of whole numbers, truncated toward zero; 0 when the divisor is 0. */
export function divideLongs(a: number, b: number): number {
  return b === 0 ? 0 : Math.trunc(a / b) + 0
}

/** Remainder with the sign of the dividend; 0 when the divisor is 0. */
export function remainderOfLongs(a: number, b: number): number {
  return b === 0 ? 0 : (a % b) + 0
}

export function divideDoubles(a: number, b: number): number {
  return b === 0 ? 0 : a / b
}

export function remainderOfDoubles(a: number, b: number): number {
  return b === 0 ? 0 : a % b
}

export function divideBigints(a: bigint, b: bigint): bigint {
  return b === 0n ? 0n : wrap(a / b)
}

export function remainderOfBigints(a: bigint, b: bigint): bigint {
  return b === 0n ? 0n : a % b
}

/** 64-bit two's complement, as Java's long. */
export function wrap(value: bigint): bigint {
  return BigInt.asIntN(64, value)
}

/** Truncates toward zero and saturates at the ends of a 64-bit integer. NaN gives 0. */
export function toLong(value: number): number {
  if (Number.isNaN(value)) return 0
  return Math.trunc(Math.min(Math.max(value, -(2 ** 63)), 2 ** 63)) + 0
}

export function toBigint(value: number): bigint {
  if (Number.isNaN(value)) return 0n
  if (value >= 2 ** 63) return 2n ** 63n - 1n
  return value <= -(2 ** 63) ? -(2n ** 63n) : BigInt(Math.trunc(value))
}

export function isNull(value: unknown): boolean {
  return value === null
}

/** Where TypeScript would conclude from `??` what `otherwise` cannot be. */
export function orElse<T>(value: T | null, otherwise: T): T {
  return value ?? otherwise
}

export function isSame(a: unknown, b: unknown): boolean {
  return a === b
}

/** A copy without the first item that equals `item`. */
export function without<T>(items: readonly T[], item: T): readonly T[] {
  const index = items.indexOf(item)
  return index < 0 ? items : [...items.slice(0, index), ...items.slice(index + 1)]
}
