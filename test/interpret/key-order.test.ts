import { json, pipeline, string, topic, tumbling, type Serde } from 'millrace'
import { testDriver } from 'millrace/testing'
import { expect, it } from 'vitest'

/** Keys of final results of one window, in the order in which they go out. */
function order(key: Serde<string>): readonly string[] {
  const events = topic('events', { key, value: json<{ n: number }>() })
  const counts = topic('counts', { key: string(), value: json<number>() })
  const form = pipeline('order', (p) => {
    p.stream(events)
      .groupByKey()
      .windowedBy(tumbling('1m', { grace: '0s', emit: 'final' }))
      .count()
      .toStream()
      .selectKey((_, { key: { key: own } }) => own)
      .to(counts)
  })
  using driver = testDriver(form)
  const value = { n: 1 }
  driver
    .input(events)
    .sendAll([
      ...['a', 'a!', 'a '].map((each) => ({ key: each, value, timestamp: 1 })),
      { key: 'z', value, timestamp: 60_001 },
    ])
  return driver
    .output(counts)
    .readAll()
    .map((record) => record.key)
}

it('is that of the bytes that keys have in their topic', () => {
  expect(order(string())).toEqual(['a', 'a ', 'a!'])
  expect(order(json<string>())).toEqual(['a ', 'a!', 'a'])
})
