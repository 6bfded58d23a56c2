import fc from '../../fast-check.js'
import { describe, expect, it } from 'vitest'
import { jsonLongsSerde } from '../../../compiler/interpret/serdes/json-longs.js'
import type { JsonLongs } from '../../../dsl/model/json-longs.js'
import { decodeJsonLongs } from '../../../runtime/generated/json-longs.js'

/** `{ n: bigint; list: bigint[]; rest: Record<string, …the same>; d: number; s: string }` */
const LONGS: JsonLongs = [
  { members: [['n', 1], ['list', 2], ['rest', 3]] },
  { long: true },
  { items: 1 },
  { values: 0 },
]

function read(text: string, longs = LONGS): unknown {
  const bytes = Buffer.from(text)
  return decodeJsonLongs(bytes, 0, bytes.length, longs)
}

describe('JSON whose type has bigints', () => {
  it('has whole numbers of any length as bigints where the type says so, and there alone', () => {
    expect(read('{"n":9223372036854775807,"d":9223372036854775807,"list":[1,-9007199254740993]}')).toEqual({
      n: 9223372036854775807n,
      d: 9223372036854775807,
      list: [1n, -9007199254740993n],
    })
    expect(read('{"n":5,"d":5,"list":[],"s":"1234567890123456789"}')).toEqual({
      n: 5n,
      d: 5,
      list: [],
      s: '1234567890123456789',
    })
    expect(read('12345678901234567890', [{ long: true }])).toBe(12345678901234567890n)
  })

  it('takes null, strings and what is missing as they are', () => {
    expect(read('{"n":null,"list":"none","rest":{}}')).toEqual({ n: null, list: 'none', rest: {} })
  })

  it('takes a name for what it is', () => {
    const value = read('{"__proto__":1,"rest":{"__proto__":{"n":12345678901234567890}}}') as { rest: object }
    expect(Object.getOwnPropertyDescriptor(value.rest, '__proto__')?.value).toEqual({ n: 12345678901234567890n })
  })

  it.each(['{"n":1.5}', '{"n":1e30}', '{"n":12345678901234567.5}', '{"n":01234567890123456}', '{"n":1'])(
    'refuses %s',
    (text) => {
      expect(() => read(text)).toThrow()
      expect(() => jsonLongsSerde(LONGS).decode(Buffer.from(text))).toThrow()
    },
  )

  it('is read alike by both forms, and comes back as it was', () => {
    const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    const leaf = fc.record(
      { n: long, list: fc.array(long), d: fc.double({ noNaN: true, noDefaultInfinity: true }), s: fc.string() },
      { requiredKeys: [] },
    )
    const value = fc.record({ n: long, rest: fc.dictionary(fc.string(), leaf), s: fc.string() })
    const serde = jsonLongsSerde(LONGS)
    fc.assert(
      fc.property(value, (written) => {
        const bytes = serde.encode(written)
        const back = serde.decode(bytes)
        expect(back).toEqual(JSON.parse(JSON.stringify(written, tagged), untagged))
        expect(decodeJsonLongs(bytes, 0, bytes.length, LONGS)).toEqual(back)
      }),
    )
  })
})

/** -0 has no JSON of its own. */
function tagged(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? { bigint: String(value) } : value
}

function untagged(_: string, value: unknown): unknown {
  const isBigint = typeof value === 'object' && value !== null && 'bigint' in value
  return isBigint && typeof value.bigint === 'string' ? BigInt(value.bigint) : value
}
