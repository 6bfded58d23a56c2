/** Windows that close when no input comes: time of the wall, moved by the test. */
import { describe, expect, it } from 'vitest'
import { double, pipeline, string, topic, tumbling } from '../../dsl/index.js'
import { testDriver } from '../../testing/index.js'

const words = topic('words', { key: string(), value: string() })
const counts = topic('counts', { key: string(), value: double() })

const idle = pipeline('idle', (p) => {
  p.stream(words)
    .groupByKey()
    .windowedBy(tumbling('1m', { grace: '10s', emit: 'final', idle: { closeAfter: '5s' } }))
    .count({ name: 'per-minute' })
    .toStream()
    .selectKey((_, ctx) => `${ctx.key.key}@${ctx.key.start}`)
    .to(counts)
})

describe('advanceWallClock', () => {
  const open = () => {
    const driver = testDriver(idle, { commits: 'manual', guarantee: 'at_least_once' })
    const results = (): (readonly [string, number])[] =>
      driver
        .output(counts)
        .readAll()
        .map(({ key, value }) => [key, value])
    return Object.assign(driver, { results })
  }

  it('closes windows of a partition that is idle, once; what comes later for them is late', () => {
    using driver = open()
    driver.input(words).sendAll([
      { key: 'a', value: 'x', timestamp: 0 },
      { key: 'b', value: 'y', timestamp: 59_000 },
    ])
    driver.advanceWallClock(4999)
    expect(driver.results()).toEqual([])
    driver.advanceWallClock(1)
    expect(driver.results()).toEqual([
      ['a@0', 1],
      ['b@0', 1],
    ])
    driver.advanceWallClock(60_000)
    expect(driver.results()).toEqual([])
    driver.input(words).sendAll([
      { key: 'a', value: 'late', timestamp: 1 },
      { key: 'a', value: 'z', timestamp: 60_000 },
    ])
    driver.advanceWallClock(5000)
    expect(driver.results()).toEqual([['a@60000', 1]])
  })

  it('begins anew with each record, and a crash takes back what was not committed', () => {
    using driver = open()
    driver.input(words).send({ key: 'a', value: 'x', timestamp: 0 })
    driver.advanceWallClock(4000)
    driver.input(words).send({ key: 'a', value: 'x', timestamp: 1 })
    driver.advanceWallClock(4000)
    expect(driver.results()).toEqual([])
    driver.commit()
    driver.advanceWallClock(1000)
    expect(driver.results()).toEqual([['a@0', 2]])
    driver.crash()
    driver.input(words).send({ key: 'a', value: 'x', timestamp: 2 })
    driver.advanceWallClock(5000)
    expect(driver.results()).toEqual([['a@0', 3]])
    expect(() => {
      driver.advanceWallClock(-1)
    }).toThrow('does not go back')
  })
})
