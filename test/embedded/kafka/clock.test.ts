import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../../embedded/kafka/clock.js'

describe('ManualClock', () => {
  it('runs what falls due in order, also what is scheduled meanwhile', () => {
    const clock = new ManualClock(1000)
    const seen: string[] = []
    const note = (name: string) => () => void seen.push(`${name} at ${clock.now()}`)
    clock.schedule(20, note('second'))
    clock.schedule(10, () => {
      note('first')()
      clock.schedule(5, note('nested'))
    })
    clock.schedule(15, note('cancelled')).cancel()
    clock.schedule(100, note('later'))
    clock.advance(50)
    expect(seen).toEqual(['first at 1010', 'nested at 1015', 'second at 1020'])
    expect(clock.now()).toBe(1050)
    clock.advance(50)
    expect(seen.at(-1)).toBe('later at 1100')
  })
})
