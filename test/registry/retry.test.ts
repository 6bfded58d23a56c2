import { expect, test } from 'vitest'
import { parseRetryAfter, systemClock } from '../../registry/retry.js'

test('Retry-After in seconds and as a date', () => {
  expect(parseRetryAfter('120', 0)).toBe(120_000)
  expect(parseRetryAfter('Thu, 01 Jan 1970 00:00:10 GMT', 4_000)).toBe(6_000)
  expect(parseRetryAfter('Thu, 01 Jan 1970 00:00:10 GMT', 60_000)).toBe(0)
  expect(parseRetryAfter('soon', 0)).toBe(undefined)
  expect(parseRetryAfter(undefined, 0)).toBe(undefined)
})

test('the system clock sleeps, unless aborted', async () => {
  await systemClock.sleep(1)
  const controller = new AbortController()
  const sleeping = systemClock.sleep(100_000, controller.signal)
  controller.abort(new Error('enough'))
  await expect(sleeping).rejects.toThrow('enough')
  await expect(systemClock.sleep(1, controller.signal)).rejects.toThrow('enough')
})
