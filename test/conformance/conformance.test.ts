import { beforeAll, describe, expect, it } from 'vitest'
import { readCases } from './read-cases.js'
import { runCases, type CaseResult } from './run-cases.js'

const cases = readCases(new URL('cases', import.meta.url).pathname)

describe('cases computed by Kafka Streams', () => {
  let results: ReadonlyMap<string, CaseResult>
  beforeAll(async () => {
    results = new Map((await runCases(cases)).map((result) => [result.testCase.name, result]))
  }, 300_000)

  for (const { name } of cases) {
    it(`${name}, interpreted and compiled`, () => {
      expect([...(results.get(name)?.problems ?? [])]).toEqual([])
    })
  }
})
