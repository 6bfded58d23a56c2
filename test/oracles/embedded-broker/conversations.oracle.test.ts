import { describe, expect, it } from 'vitest'
import { transcriptOf } from '../../embedded/kafka/conversations/conversation.js'
import { readGolden, writeGolden } from '../../embedded/kafka/conversations/golden.js'
import { CONVERSATIONS } from '../../embedded/kafka/conversations/index.js'
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
