/** An embedded registry with a client, and a clock that does not wait. */
import { startRegistry, type EmbeddedRegistry, type RegistryOptions } from '../../embedded/registry/index.js'
import { RegistryClient, type Clock, type RegistryClientOptions } from '../../registry/index.js'

export interface Fixture extends AsyncDisposable {
  readonly registry: EmbeddedRegistry
  readonly client: RegistryClient
  /** Pauses that the client made, in ms. */
  readonly pauses: readonly number[]
}

export async function fixture(
  options: Partial<RegistryClientOptions> = {},
  registryOptions: RegistryOptions = {},
): Promise<Fixture> {
  const registry = await startRegistry(registryOptions)
  const pauses: number[] = []
  const clock: Clock = {
    now: () => 0,
    sleep: (ms, signal) => {
      pauses.push(ms)
      return signal?.aborted === true ? Promise.reject(new Error('aborted')) : Promise.resolve()
    },
  }
  const client = new RegistryClient({ url: registry.url, clock, ...options })
  return {
    registry,
    client,
    pauses,
    [Symbol.asyncDispose]: async () => {
      client.close()
      await registry.close()
    },
  }
}

export const field = (name: string, type: unknown, more: object = {}): object => ({ name, type, ...more })

export function recordText(name: string, ...fields: object[]): string {
  return JSON.stringify({ type: 'record', name, fields })
}
