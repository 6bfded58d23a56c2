import { describe, expect, test } from 'vitest'
import { checkCompatibility, compatibilityLevels, isCompatibilityLevel } from '../../avro/compatibility.js'
import { parseSchemaOrThrow } from '../../avro/parse-schema.js'

const order = (...fields: object[]) => parseSchemaOrThrow(JSON.stringify({ type: 'record', name: 'Order', fields }))
const id = { name: 'id', type: 'string' }
const optional = { name: 'note', type: 'string', default: '' }
const required = { name: 'note', type: 'string' }
const v1 = order(id)
const v2 = order(id, optional)
const v3 = order(id, required)

describe.each([
  // new schema, old versions, levels that accept it
  [
    'a field with a default is added',
    v2,
    [v1],
    ['NONE', 'BACKWARD', 'BACKWARD_TRANSITIVE', 'FORWARD', 'FORWARD_TRANSITIVE', 'FULL', 'FULL_TRANSITIVE'],
  ],
  ['a field without default is added', v3, [v1], ['NONE', 'FORWARD', 'FORWARD_TRANSITIVE']],
  ['a field without default is removed', v1, [v3], ['NONE', 'BACKWARD', 'BACKWARD_TRANSITIVE']],
  [
    'a default is removed, two versions after',
    v3,
    [v1, v2],
    ['NONE', 'BACKWARD', 'FORWARD', 'FORWARD_TRANSITIVE', 'FULL'],
  ],
  ['a field comes back without default', v1, [v3, v2], ['NONE', 'BACKWARD', 'BACKWARD_TRANSITIVE', 'FORWARD', 'FULL']],
  ['the first version', v1, [], [...compatibilityLevels]],
] as const)('%s', (_, schema, old, accepted) => {
  test.each(compatibilityLevels)('%s', (level) => {
    const problems = checkCompatibility(schema, old, level)
    expect(problems.length === 0, JSON.stringify(problems)).toBe((accepted as readonly string[]).includes(level))
  })
})

test('problems tell path, reason, version, and who would be the reader', () => {
  expect(checkCompatibility(v3, [v1, v2], 'FULL_TRANSITIVE')).toEqual([
    {
      kind: 'READER_FIELD_MISSING_DEFAULT_VALUE',
      path: 'Order.note',
      message: 'the writer does not have the field, and the reader has no default for it',
      conditional: false,
      old: 0,
      reader: 'new',
    },
  ])
})

test('logical types are not looked at, as registries do', () => {
  const time = (logicalType: string) => order({ name: 'at', type: { type: 'long', logicalType } })
  expect(checkCompatibility(time('timestamp-micros'), [time('timestamp-millis')], 'FULL')).toEqual([])
})

test('levels', () => {
  expect(isCompatibilityLevel('FULL')).toBe(true)
  expect(isCompatibilityLevel('full')).toBe(false)
  expect(isCompatibilityLevel(undefined)).toBe(false)
})
