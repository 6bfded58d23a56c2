/** One embedded broker and one registry for a test file. Opened before its tests, closed after them. */
import { afterAll, beforeAll } from 'vitest'
import { startBroker, startRegistry, type EmbeddedBroker, type EmbeddedRegistry } from '../../../embedded/index.js'
import type { Services } from './project.js'

export interface EmbeddedServices extends Services {
  readonly broker: EmbeddedBroker
  readonly registry: EmbeddedRegistry
}

export function embeddedServices(): EmbeddedServices {
  let broker: EmbeddedBroker | undefined
  let registry: EmbeddedRegistry | undefined
  beforeAll(async () => {
    ;[broker, registry] = await Promise.all([startBroker(), startRegistry()])
  })
  afterAll(async () => {
    await Promise.all([broker?.close(), registry?.close()])
  })
  const opened = <T>(service: T | undefined): T => {
    if (service === undefined) throw new Error('services are open while tests run')
    return service
  }
  return {
    get broker() {
      return opened(broker)
    },
    get registry() {
      return opened(registry)
    },
    get brokers() {
      return opened(broker).bootstrap
    },
    get registryUrl() {
      return opened(registry).url
    },
  }
}
