/** Batches leave at once while nothing is under way to the brokers, and wait for more records while something is. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Linger } from '../../../runtime/executor/linger.js'

const LINGER_MS = 5

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  // At 0, no batch would be open.
  vi.advanceTimersByTime(1000)
})
afterEach(() => {
  vi.useRealTimers()
})

class Batches {
  openSince = 0
  sealed = 0

  write(): void {
    if (this.openSince === 0) this.openSince = performance.now()
  }

  seal(): void {
    this.openSince = 0
    this.sealed++
  }
}

const setUp = (lingersOnlyBehind: boolean) => {
  const first = new Batches()
  const second = new Batches()
  const producer = { isIdle: true }
  const linger = new Linger(
    { lingerMs: LINGER_MS, lingersOnlyBehind },
    () => producer.isIdle,
    () => {
      linger.sealDue([first, second], false)
    },
  )
  return { first, second, producer, linger, turn: (more: boolean) => linger.sealDue([first, second], more) }
}

describe('batches that wait only behind others', () => {
  it('leave at once when nothing is under way', () => {
    const { first, turn } = setUp(true)
    first.write()
    turn(false)
    expect(first.sealed).toBe(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('wait for the linger when something is', () => {
    const { first, producer, turn } = setUp(true)
    producer.isIdle = false
    first.write()
    turn(false)
    vi.advanceTimersByTime(LINGER_MS - 1)
    expect(first.sealed).toBe(0)
    vi.advanceTimersByTime(1)
    expect(first.sealed).toBe(1)
  })

  it('leave as soon as it has arrived', () => {
    const { first, producer, linger, turn } = setUp(true)
    producer.isIdle = false
    first.write()
    turn(false)
    producer.isIdle = true
    linger.onIdle()
    expect(first.sealed).toBe(1)
  })

  it('wait while more input is at hand', () => {
    const { first, turn } = setUp(true)
    first.write()
    turn(true)
    expect(first.sealed).toBe(0)
    turn(false)
    expect(first.sealed).toBe(1)
  })
})

describe('batches that always wait', () => {
  it('do so when nothing is under way, too', () => {
    const { first, linger, turn } = setUp(false)
    first.write()
    turn(false)
    linger.onIdle()
    vi.advanceTimersByTime(LINGER_MS - 1)
    expect(first.sealed).toBe(0)
    vi.advanceTimersByTime(1)
    expect(first.sealed).toBe(1)
  })

  it('leave together with those that have waited longest', () => {
    const { first, second, turn } = setUp(false)
    first.write()
    turn(false)
    vi.advanceTimersByTime(LINGER_MS - 1)
    second.write()
    turn(false)
    vi.advanceTimersByTime(1)
    expect([first.sealed, second.sealed]).toEqual([1, 1])
  })

  it('are forgotten at the end', () => {
    const { first, linger, turn } = setUp(false)
    first.write()
    turn(false)
    linger.stop()
    expect(vi.getTimerCount()).toBe(0)
  })
})
