/** The scenarios that the embedded broker is tested with are what Apache Kafka does. */
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { realEnvironment } from '../../kafka/setup/real-environment.js'
import { openRealBroker } from '../../e2e/real-cluster.js'
import { SCENARIOS, play } from '../../embedded/kafka/cleaning/cleaning-scenarios.js'

describe('Apache Kafka, in time', () => {
  it.each(SCENARIOS.map((scenario, index) => ({ ...scenario, index })))('$name', async (scenario) => {
    const { brokers } = realEnvironment()
    await openRealBroker(brokers)
    const under = { brokers, tick: () => sleep(100) }
    await play(scenario, under, `cleaned-${scenario.index}`, (found, expected) => {
      expect(found).toEqual(expected)
    })
  })
})
