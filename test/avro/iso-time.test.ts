import fc from '../fast-check.js'
import { expect, test } from 'vitest'
import {
  formatDay,
  formatMicros,
  formatTimeOfDay,
  parseDay,
  parseInstant,
  parseMicros,
  parseTimeOfDay,
} from '../../avro/iso-time.js'

const firstDay = -719_528
const lastDay = 2_932_896

test('days', () => {
  expect([formatDay(firstDay), formatDay(0), formatDay(lastDay)]).toEqual(['0000-01-01', '1970-01-01', '9999-12-31'])
  expect([formatDay(firstDay - 1), formatDay(lastDay + 1), formatDay(2 ** 31 - 1)]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  fc.assert(fc.property(fc.integer({ min: firstDay, max: lastDay }), (day) => parseDay(formatDay(day) ?? '') === day))
  for (const text of ['2026-02-30', '2026-1-1', '2026-13-01', 'today', '']) expect(parseDay(text)).toBe(undefined)
})

test('times of day', () => {
  expect(formatTimeOfDay(86_399_999, 3)).toBe('23:59:59.999')
  expect(formatTimeOfDay(86_400_000, 3)).toBe(undefined)
  expect(formatTimeOfDay(-1, 6)).toBe(undefined)
  fc.assert(
    fc.property(fc.nat(86_399_999), fc.constantFrom(3 as const, 6 as const), (value, digits) => {
      expect(parseTimeOfDay(formatTimeOfDay(value, digits) ?? '', digits)).toBe(value)
    }),
  )
  expect(parseTimeOfDay('12:30', 3)).toBe(45_000_000)
  expect(parseTimeOfDay('12:30:01.5', 6)).toBe(45_001_500_000)
  for (const text of ['24:00:00', '12:60', '12', '12:00:00.1234']) expect(parseTimeOfDay(text, 3)).toBe(undefined)
})

test('instants', () => {
  expect(formatMicros(-1n)).toBe('1969-12-31T23:59:59.999999Z')
  expect(formatMicros(10n ** 18n)).toBe(undefined)
  fc.assert(
    fc.property(fc.bigInt({ min: -62_000_000_000_000_000n, max: 253_000_000_000_000_000n }), (micros) => {
      expect(parseMicros(formatMicros(micros) ?? '')).toBe(micros)
    }),
  )
  expect(parseInstant('2026-01-31T12:30:00+02:00')).toBe(Date.UTC(2026, 0, 31, 10, 30))
  expect(parseInstant('2026-01-31T12:30:00.0001Z')).toBe(undefined)
  expect(parseInstant('2026-01-31T12:30:00')).toBe(undefined)
})
