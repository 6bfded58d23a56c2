import { expect, it } from 'vitest'
import { parseSchemaOrThrow } from '../../avro/parse-schema.js'
import { undemandedAs } from '../../compiler/interpret/serdes/undemanded.js'

it('what nobody reads can be copied and touched', () => {
  const inner = { type: 'record', name: 'Inner', fields: [{ name: 'text', type: 'string' }] }
  const schema = { type: 'record', name: 'Outer', fields: [{ name: 'inner', type: inner }] }
  const value = undemandedAs(parseSchemaOrThrow(JSON.stringify(schema))) as { inner: { text: string } }
  const { inner: copy } = { ...value }
  expect(() => ({ ...copy }).text.toLowerCase().at(-1)).not.toThrow()
})
