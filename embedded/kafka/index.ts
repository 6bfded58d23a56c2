/** An Apache Kafka broker in this process, on a loopback port, for development, demos and tests. */
export type { BrokerStats, ConfigOverrides } from './control.js'
export type { FaultEffect, FaultRule } from './faults.js'
export type { BrokerOptions, LogLevel, TopicSpec } from './options.js'
export { startBroker } from './start-broker.js'
export type { BrokerFaults, EmbeddedBroker } from './start-broker.js'
