/** A schema registry in this process, on a loopback port, for development, demos and tests. */
export { RegistryFailure } from './failure.js'
export type { RegistryFaultEffect, RegistryFaultRule } from './faults.js'
export type { SchemaReference, SchemaType } from './schema-content.js'
export type { RegistryAuth, RequestLogEntry } from './server.js'
export { startRegistry, type EmbeddedRegistry, type RegistryOptions } from './start-registry.js'
export type { RegistrySnapshot, SchemaRequest } from './store.js'
