import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBroker } from '../../../embedded/kafka/index.js'
import type { EmbeddedBroker } from '../../../embedded/kafka/index.js'
import { api } from '../../../runtime/kafka/protocol/index.js'
import { transcriptOf } from '../../embedded/kafka/conversations/conversation.js'
import { readGolden, writeGolden } from '../../embedded/kafka/conversations/golden.js'
import { CONVERSATIONS } from '../../embedded/kafka/conversations/index.js'
import { WireClient } from '../../embedded/kafka/wire-client.js'
import { realEnvironment } from '../../kafka/setup/real-environment.js'

/** What the embedded broker is held to is what Kafka says. `MILLRACE_RECORD=1` writes the goldens anew. */
describe('Apache Kafka answers as recorded', () => {
  for (const conversation of CONVERSATIONS) {
    it(conversation.name, async () => {
      const steps = await transcriptOf(conversation, realEnvironment().brokers)
      if (process.env['MILLRACE_RECORD'] === '1') await writeGolden(conversation.name, steps)
      expect(steps).toEqual(await readGolden(conversation.name))
    })
  }
})

describe('the API versions of the embedded broker', () => {
  let embedded: EmbeddedBroker

  beforeAll(async () => {
    embedded = await startBroker()
  })

  afterAll(() => embedded.close())

  const rangesOf = async (bootstrap: string) => {
    const client = await WireClient.open(bootstrap)
    try {
      const { apiKeys } = await client.send(api.ApiVersions, 2, {})
      return new Map(apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, { minVersion, maxVersion }]))
    } finally {
      client.close()
    }
  }

  it('lie within those of Kafka, from the same first one', async () => {
    const real = await rangesOf(realEnvironment().brokers)
    for (const [key, ours] of await rangesOf(embedded.bootstrap)) {
      const theirs = real.get(key)
      expect({ key, minVersion: ours.minVersion }).toEqual({ key, minVersion: theirs?.minVersion })
      expect(ours.maxVersion, `API ${key}`).toBeLessThanOrEqual(theirs?.maxVersion ?? -1)
    }
  })
})
