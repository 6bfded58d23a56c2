import { describe, expect, it } from 'vitest'
import type { ManifestStateSerde } from '../../../runtime/abi/index.js'
import { shortValueBytes } from '../../../runtime/state/short-values.js'

const avro = (schema: unknown): ManifestStateSerde => ({
  ...{ kind: 'avro', fingerprint: '', schema: JSON.stringify(schema), long: 'number' },
})
const record = (...types: unknown[]): ManifestStateSerde =>
  avro({ type: 'record', name: 'R', fields: types.map((type, i) => ({ name: `f${i}`, type })) })

describe('values that stand in their rows', () => {
  it('are those whose length has a bound that is small', () => {
    expect(shortValueBytes(record('double', 'double'))).toBe(16)
    expect(shortValueBytes(record('long', 'int', 'float', 'boolean', ['null', 'long']))).toBe(35)
    expect(shortValueBytes({ kind: 'double' })).toBe(8)
    expect(shortValueBytes(record('double', 'double', 'double', 'double', 'double', 'double', 'double'))).toBe(0)
  })

  it('are none that may be of any length', () => {
    expect(shortValueBytes(record('double', 'string'))).toBe(0)
    expect(shortValueBytes({ kind: 'json' })).toBe(0)
    expect(shortValueBytes(undefined)).toBe(0)
    expect(shortValueBytes(record(['null', 'R']))).toBe(0)
  })

  it('are none that are read as a view of the row', () => {
    expect(shortValueBytes(record({ type: 'fixed', name: 'F', size: 8 }))).toBe(0)
  })
})
