/** Each lambda of the zoo does in a compiled pipeline what it does by itself, with all optimisations and without. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { encodeValue } from '../../../avro/encode.js'
import { parseSchemaOrThrow } from '../../../avro/parse-schema.js'
import { optimizations, type Optimization } from '../../../compiler/ir/optimizations.js'
import { backHalf, frontHalf, type FrontHalf } from '../support/compile-project.js'
import { framed, run } from '../support/run-module.js'
import { orders, throwing, zoo } from './project/zoo.js'

const pipelineText = (zoo: string): string => `
import { avro, json, pipeline, string, topic } from 'millrace'
import { ${zoo} as zoo, type Order } from './zoo.js'

const input = topic('orders', { key: string(), value: avro<Order>() })

export const made = pipeline('made', (p) => {
  for (const [name, f] of Object.entries(zoo)) p.stream(input).map(f).to(topic(name, { key: string(), value: json<unknown>() }))
})
`

type Outcomes = Readonly<Record<string, readonly unknown[]>>

/** What JSON keeps of a result; undefined becomes a tombstone, as null does. */
function throughJson(value: unknown): unknown {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as unknown)
}

function files(text: string): Readonly<Record<string, string>> {
  return { 'pipeline.ts': text, 'zoo.ts': readFileSync(new URL('./project/zoo.ts', import.meta.url), 'utf8') }
}

async function compiled(
  names: readonly string[],
  front: FrontHalf,
  disabled: readonly Optimization[],
): Promise<Outcomes> {
  const { pipeline } = await backHalf(front, disabled)
  const reader = pipeline.manifest.schemas.find((schema) => schema.subject === 'orders-value')
  if (reader === undefined) throw new Error('there is no schema of orders')
  const schema = parseSchemaOrThrow(reader.schema)
  const records = orders.map((order) => ({ value: framed(pipeline, reader.fingerprint, encodeValue(schema, order)) }))
  const { written, errors } = run(pipeline, records, { partitions: 1 })
  const valuesOf = (name: string): unknown[] =>
    written
      .filter((record) => record.topic === name)
      .map((record) => (record.value === null ? null : (JSON.parse(record.value.toString()) as unknown)))
  return {
    ...Object.fromEntries(names.map((name) => [name, valuesOf(name)])),
    errors: errors.map((error) => error.message),
  }
}

const all: readonly (readonly [string, readonly Optimization[]])[] = [
  ['all optimisations', []],
  ['none', optimizations],
  ...optimizations.map((one) => [`all but ${one}`, [one]] as const),
]

test('each lambda does what it does by itself', async () => {
  const front = await frontHalf(files(pipelineText('zoo')))
  const direct = Object.entries(zoo).map(([name, f]) => [name, orders.map((order) => throughJson(f(order)))])
  const expected: Outcomes = { ...(Object.fromEntries(direct) as Outcomes), errors: [] }
  for (const [optimised, disabled] of all) {
    expect(await compiled(Object.keys(zoo), front, disabled), `with ${optimised}`).toEqual(expected)
  }
}, 60_000)

describe('what throws by itself', () => {
  test.each(Object.entries(throwing))('%s fails for the same records', async (name, f) => {
    const values: unknown[] = []
    const errors: string[] = []
    for (const order of orders) {
      try {
        values.push(throughJson(f(order)))
      } catch (error) {
        errors.push(error instanceof Error ? error.message : String(error))
      }
    }
    const one = `Object.entries(zoo).filter(([name]) => name === '${name}')`
    const front = await frontHalf(files(pipelineText('throwing').replace('Object.entries(zoo)', one)))
    for (const [, disabled] of all.slice(0, 2)) {
      expect(await compiled([name], front, disabled)).toEqual({ [name]: values, errors })
    }
  })
})
