/** In-process Kafka broker and schema registry. */
export { startBroker } from './kafka/index.js'
export type {
  BrokerFaults,
  BrokerOptions,
  BrokerStats,
  EmbeddedBroker,
  FaultEffect,
  FaultRule,
  TopicSpec,
} from './kafka/index.js'
