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
export { startRegistry } from './registry/index.js'
export type {
  EmbeddedRegistry,
  RegistryAuth,
  RegistryFaultEffect,
  RegistryFaultRule,
  RegistryOptions,
  RegistrySnapshot,
} from './registry/index.js'
