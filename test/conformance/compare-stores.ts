/** What named stores hold when all inputs are processed. */
import type { TestDriver } from '../../testing/index.js'
import type { Case, NodeTypes } from './case-format.js'
import type { LongForm } from './case-types.js'
import { canonicalText, valueOf } from './case-values.js'
import { PUNCTUATE_ROWS } from './operators/punctuate.js'

/**
 * Stores of windows are left out: they show what Kafka Streams' retention has left of them, and so does every store of a
 * case whose results depend on it. Compiled code computes the
 * rows of filters, maps and joins where they are needed, and holds global tables in stores of the join: what it does not
 * have by that name is compared in the interpreted form only. undefined: no difference.
 */
export function compareStores(testCase: Case, driver: TestDriver, long: LongForm, form: string): string | undefined {
  if (testCase.longRetentionExpected !== undefined) return undefined
  for (const [name, rows] of Object.entries(testCase.expectedStores ?? {})) {
    const types = typesOf(testCase, name)
    if (rows === null || types === undefined || isWindowed(types)) continue
    const store = isPunctuated(testCase, name) ? `${name}-${PUNCTUATE_ROWS}` : name
    if (form !== 'interpreted' && !hasStore(driver, store)) continue
    const wanted = rows.map(({ key, value }) =>
      rowText(valueOf(key, types.key, long), valueOf(value, types.value, long), types),
    )
    const held = driver
      .store(store)
      .rows()
      .map(({ key, value }) => rowText(key, value, types))
    const [expected, actual] = [wanted.sort().join(', '), held.sort().join(', ')]
    if (expected !== actual) return `store ${name}: expected ${expected || 'nothing'}, got ${actual || 'nothing'}`
  }
  return undefined
}

/** The store of a processor is called after it. */
function isPunctuated(testCase: Case, store: string): boolean {
  return testCase.ops.some((operator) => operator.op === 'punctuate' && operator['store'] === store)
}

function hasStore(driver: TestDriver, name: string): boolean {
  try {
    driver.store(name)
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

function typesOf(testCase: Case, store: string): NodeTypes | undefined {
  const owner = [...testCase.sources, ...testCase.ops].find((node) => node['store' as never] === store)
  return owner === undefined ? undefined : testCase.types[owner.id]
}

function isWindowed({ key }: NodeTypes): boolean {
  return typeof key === 'object' && 'windowed' in key
}

function rowText(key: unknown, value: unknown, types: NodeTypes): string {
  return `${canonicalText(key, types.key)} -> ${canonicalText(value, types.value)}`
}
