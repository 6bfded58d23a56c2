import { startBroker } from '../../embedded/kafka/index.js'
import { openRealBroker } from '../e2e/real-cluster.js'
import { realEnvironment } from '../kafka/setup/real-environment.js'

export interface BrokerUnderTest {
  readonly brokers: string
  readonly close: () => Promise<void>
}

/** The embedded broker answers clients of others as Apache Kafka does: suites over both show it. Each is opened empty. */
export const brokersUnderTest = [
  {
    name: 'Apache Kafka',
    open: async (): Promise<BrokerUnderTest> => {
      const { brokers } = realEnvironment()
      await openRealBroker(brokers)
      return { brokers, close: () => Promise.resolve() }
    },
  },
  {
    name: 'the embedded broker',
    open: async (): Promise<BrokerUnderTest> => {
      const broker = await startBroker()
      return { brokers: broker.bootstrap, close: () => broker.close() }
    },
  },
] as const
