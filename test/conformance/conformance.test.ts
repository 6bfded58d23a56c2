import { describe, expect, it } from 'vitest'
import { interpreted } from './forms.js'
import { readCases } from './read-cases.js'
import { runCase } from './run-case.js'
import { translateCase } from './translate.js'

/** Cases of these groups that need windows or aggregations, which come later. */
const LATER = new Set([
  'stateless/object-keys',
  'stateless/timestamp-payload-windowing',
  'branch-merge/merge-then-window',
])

const cases = readCases(new URL('cases', import.meta.url).pathname)

describe('cases computed by Kafka Streams', () => {
  for (const testCase of cases) {
    if (LATER.has(testCase.name)) {
      it(`${testCase.name} waits for its operators`, () => {
        expect(() => translateCase(testCase)).toThrow('not yet: ')
      })
      continue
    }
    it(`${testCase.name}, interpreted`, async () => {
      const translated = translateCase(testCase)
      using driver = await interpreted(translated)
      expect(runCase(testCase, driver, translated.long), [...translated.files.values()][0]).toBeUndefined()
    })
  }
})
