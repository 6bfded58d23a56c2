import { afterAll, beforeAll } from 'vitest'
import { startRegistry, type EmbeddedRegistry } from '../../../embedded/registry/index.js'
import { registryConformance } from './conformance.js'

let registry: EmbeddedRegistry | undefined
beforeAll(async () => {
  registry = await startRegistry()
})
afterAll(() => registry?.close())

registryConformance(() => registry?.url ?? '', { kind: 'confluent' })
