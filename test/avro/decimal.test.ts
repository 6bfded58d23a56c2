import fc from '../fast-check.js'
import { expect, test } from 'vitest'
import { decimal, decimalFromBytes, decimalToBytes, parseDecimal, precisionOf, rescale } from '../../avro/decimal.js'
import { decimal as dslDecimal } from '../../dsl/types.js'

const big = fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n })

test('text and back, trailing zeros kept', () => {
  for (const text of ['0', '-1', '12.30', '-0.05', '100', '0.000']) {
    expect(String(parseDecimal(text))).toBe(text)
    expect(String(dslDecimal(text))).toBe(text)
  }
  fc.assert(
    fc.property(big, fc.nat(30), (unscaled, scale) => {
      const value = decimal(unscaled, scale)
      expect(parseDecimal(String(value))).toEqual(value)
      expect(String(dslDecimal(unscaled, scale))).toBe(String(value))
    }),
  )
})

test('text that is none', () => {
  for (const text of ['', '.', '1.', '.5', '1e3', ' 1', '1,5', 'NaN', '--1', '1'.repeat(2000)]) {
    expect(parseDecimal(text)).toBe(undefined)
  }
  expect(() => dslDecimal('1e3')).toThrow('"1e3" is no decimal number')
})

test('bytes are the shortest two’s complement, big-endian', () => {
  const vectors: [bigint, number[]][] = [
    [0n, [0]],
    [127n, [127]],
    [128n, [0, 128]],
    [-128n, [128]],
    [-129n, [255, 127]],
    [-1n, [255]],
  ]
  for (const [value, bytes] of vectors) expect([...(decimalToBytes(value) ?? [])]).toEqual(bytes)
  fc.assert(
    fc.property(big, (unscaled) => {
      const bytes = decimalToBytes(unscaled) ?? new Uint8Array()
      expect(decimalFromBytes(bytes, 0).unscaled).toBe(unscaled)
      expect(decimalToBytes(unscaled, bytes.length + 3)).toHaveLength(bytes.length + 3)
      if (unscaled !== 0n) expect(decimalToBytes(unscaled, bytes.length - 1)).toBe(undefined)
    }),
  )
})

test('no bytes are zero', () => {
  expect(decimalFromBytes(new Uint8Array(), 2)).toEqual(decimal(0n, 2))
})

test('rescaling loses no digits; precision counts digits', () => {
  expect(rescale(decimal(150n, 2), 1)).toEqual(decimal(15n, 1))
  expect(rescale(decimal(155n, 2), 1)).toBe(undefined)
  expect(rescale(decimal(-5n, 0), 2)).toEqual(decimal(-500n, 2))
  expect(precisionOf(decimal(-12345n, 2))).toBe(5)
})
