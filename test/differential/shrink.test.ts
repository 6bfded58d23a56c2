import { describe, expect, it } from 'vitest'
import { shrink } from './shrink.js'

describe('shrink', () => {
  it('leaves what the failure needs', async () => {
    const numbers = Array.from({ length: 100 }, (_, index) => index)
    const fails = (candidate: readonly number[]) => Promise.resolve(candidate.includes(57) && candidate.includes(80))
    const left = await shrink(numbers, fails, { attempts: 1000 })
    expect(left.filter((number) => number !== 0)).toEqual([57, 80])
  })

  it('keeps to its number of attempts', async () => {
    let attempts = 0
    await shrink([1, 2, 3, 4, 5, 6, 7, 8], () => Promise.resolve(++attempts < 0), { attempts: 3 })
    expect(attempts).toBe(3)
  })
})
