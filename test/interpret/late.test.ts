import { describe, expect, it } from 'vitest'
import { hopping, pipeline, session, sliding, string, topic, tumbling } from '../../dsl/index.js'
import type { Window, WindowKind } from '../../dsl/index.js'
import { testDriver } from '../../testing/index.js'

const words = topic('words', { key: string(), value: string() })
const late = topic('late', { key: string(), value: string() })

/** Values that come late, of records `key@timestamp`. */
function lateOf(window: Window<WindowKind, boolean>, ...records: readonly `${string}@${number}`[]): string[] {
  const windows = pipeline('windows', (p) => {
    p.stream(words).groupByKey().windowedBy(window).late.to(late)
  })
  using driver = testDriver(windows)
  for (const value of records) {
    const [key = '', timestamp] = value.split('@')
    driver.input(words).send({ key, value, timestamp: Number(timestamp) })
  }
  return driver.output(late).readValues()
}

describe('late records', () => {
  it('are those whose windows are all closed', () => {
    expect(lateOf(tumbling('10ms', { grace: '5ms' }), 'a@9', 'b@14', 'a@8', 'b@15', 'a@9', 'c@10')).toEqual(['a@9'])
    expect(lateOf(hopping('10ms', { advance: '5ms', grace: '0ms' }), 'a@14', 'a@4', 'a@5', 'a@15', 'a@9')).toEqual([
      'a@4',
      'a@9',
    ])
    expect(lateOf(sliding('10ms', { grace: '5ms' }), 'a@30', 'a@15', 'a@14')).toEqual(['a@14'])
  })

  it('are not those that extend a session which is open', () => {
    const records = ['a@100', 'a@120', 'b@145', 'a@105', 'b@90'] as const
    expect(lateOf(session('20ms', { grace: '10ms' }), ...records)).toEqual(['b@90'])
  })
})
