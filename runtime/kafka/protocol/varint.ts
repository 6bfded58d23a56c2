/**
 * Sizes of Kafka's variable-length integers. Unsigned ones (protocol, "compact" lengths) take 7 bits a byte, low bits
 * first; signed ones (records) are zigzag-mapped first. Values are safe integers, so 64-bit ones work to ±2^52.
 */

export const sizeOfUnsignedVarint = (value: number): number => {
  let size = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++
  return size
}

/** 0, -1, 1, -2, 2… as 0, 1, 2, 3, 4… */
export const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value)

export const unzigzag = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2)

export const sizeOfVarint = (value: number): number => sizeOfUnsignedVarint(zigzag(value))
