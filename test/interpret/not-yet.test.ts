import { describe, expect, it } from 'vitest'
import { pipeline, session, string, topic, type GroupedStream } from '../../dsl/index.js'
import { testDriver } from '../../testing/index.js'

/** What is recorded but not interpreted is refused when the driver is made, never left out silently. */
describe('not interpreted yet', () => {
  const words = topic('words', { key: string(), value: string() })
  const counted = (count: (words: GroupedStream<string, string>) => void) =>
    pipeline('counted', (p) => {
      count(p.stream(words).groupByKey())
    })

  it('late records of windows that close when input is idle', () => {
    const late = counted((group) => {
      group.windowedBy(session('1m', { grace: '0s', idle: { closeAfter: '5s' } })).late.print()
    })
    expect(() => testDriver(late)).toThrow('late records of session windows that close without input are not yet')
  })
})
