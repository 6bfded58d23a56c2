import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBroker } from '../../../embedded/kafka/index.js'
import type { EmbeddedBroker } from '../../../embedded/kafka/index.js'
import { readGolden } from './conversations/golden.js'
import { CONVERSATIONS } from './conversations/index.js'
import { transcriptOf } from './conversations/conversation.js'

/** The goldens come from Apache Kafka: see test/oracles/embedded-broker. */
describe('the embedded broker answers as Apache Kafka does', () => {
  let broker: EmbeddedBroker

  beforeAll(async () => {
    broker = await startBroker()
  })

  afterAll(() => broker.close())

  for (const conversation of CONVERSATIONS) {
    it(conversation.name, { timeout: 30_000 }, async () => {
      expect(await transcriptOf(conversation, broker.bootstrap)).toEqual(await readGolden(conversation.name))
    })
  }
})
