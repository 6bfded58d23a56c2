import { beforeAll, describe, expect, it } from 'vitest'
import { readCases } from './read-cases.js'
import { runCases, type CaseResult } from './run-cases.js'
import { translateCase } from './translate.js'

/** Cases of these groups that need windows or aggregations, which come later. */
const LATER = new Set([
  'stateless/object-keys',
  'stateless/timestamp-payload-windowing',
  'branch-merge/merge-then-window',
])

const cases = readCases(new URL('cases', import.meta.url).pathname)

describe('cases computed by Kafka Streams', () => {
  let results: ReadonlyMap<string, CaseResult>
  beforeAll(async () => {
    const now = cases.filter(({ name }) => !LATER.has(name))
    results = new Map((await runCases(now)).map((result) => [result.testCase.name, result]))
  }, 120_000)

  for (const testCase of cases) {
    if (LATER.has(testCase.name)) {
      it(`${testCase.name} waits for its operators`, () => {
        expect(() => translateCase(testCase)).toThrow('not yet: ')
      })
    } else {
      it(`${testCase.name}, interpreted and compiled`, () => {
        expect(Object.fromEntries(results.get(testCase.name)?.problems ?? [])).toEqual({})
      })
    }
  }
})
