import { describe, expect, it } from 'vitest'
import { startBroker } from '../../../../embedded/kafka/index.js'
import { SCENARIOS, play } from './cleaning-scenarios.js'

describe('the embedded broker, when its clock moves', () => {
  it.each(SCENARIOS)('$name', async (scenario) => {
    await using broker = await startBroker({ clock: 'manual', thread: false })
    const under = { brokers: broker.bootstrap, tick: () => broker.advanceClock(15_000) }
    await play(scenario, under, 'cleaned', (found, expected) => {
      expect(found).toEqual(expected)
    })
  })
})
