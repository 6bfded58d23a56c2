import { beforeAll, describe, expect, it } from 'vitest'
import { readCases } from './read-cases.js'
import { runCases, type CaseResult } from './run-cases.js'

/** What the compiler does not have yet: interpreted all the same. */
const NOT_YET = / (is|are) not compiled yet/

const cases = readCases(new URL('cases', import.meta.url).pathname)

describe('cases computed by Kafka Streams', () => {
  let results: ReadonlyMap<string, CaseResult>
  beforeAll(async () => {
    results = new Map((await runCases(cases)).map((result) => [result.testCase.name, result]))
  }, 300_000)

  for (const { name } of cases) {
    it(`${name}, interpreted and, where all of it is compiled, compiled`, () => {
      const problems = [...(results.get(name)?.problems ?? [])]
      expect(problems.filter(([, problem]) => !NOT_YET.test(problem))).toEqual([])
      expect(problems.map(([form]) => form)).not.toContain('interpreted')
    })
  }
})
