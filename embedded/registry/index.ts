/** A schema registry in this process, on a loopback port, for development, demos and tests. */
export type { RegistryFaultEffect, RegistryFaultRule } from './faults.js'
export type { RegistryAuth } from './server.js'
export { startRegistry, type EmbeddedRegistry, type RegistryOptions } from './start-registry.js'
export type { RegistrySnapshot } from './store.js'
