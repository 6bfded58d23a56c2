/** Commits are due at the beats of their interval, and only when there is something to commit. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { CommitBeat } from '../../../runtime/executor/commit-beat.js'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

it('beats at multiples of the interval, whenever it is asked to, and not by itself', () => {
  const times: number[] = []
  const beat = new CommitBeat(100, () => times.push(performance.now()))
  vi.advanceTimersByTime(1000)
  beat.begin()
  expect(vi.getTimerCount()).toBe(0)
  vi.advanceTimersByTime(30)
  beat.atNext()
  beat.atNext()
  vi.advanceTimersByTime(300)
  expect(times).toEqual([1100])
  beat.atNext()
  vi.advanceTimersByTime(70)
  expect(times).toEqual([1100, 1400])
  beat.atNext()
  beat.stop()
  vi.advanceTimersByTime(1000)
  expect(times).toHaveLength(2)
})
