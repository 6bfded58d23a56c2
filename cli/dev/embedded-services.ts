/**
 * Broker and registry of `millrace dev`. They take the ports of the configuration where these are on this machine and
 * free, so that `produce` and `tail` in another terminal find them; else free ones.
 */
import { startBroker, startRegistry, type EmbeddedBroker, type EmbeddedRegistry } from '../../embedded/index.js'
import type { Project } from '../config-file.js'
import type { Terminal } from '../terminal.js'

export interface EmbeddedServices extends AsyncDisposable {
  readonly broker: EmbeddedBroker
  readonly registry: EmbeddedRegistry
  /** For the processes that use them. */
  readonly environment: Readonly<Record<string, string>>
}

const loopback = new Set(['127.0.0.1', 'localhost'])

export async function startServices({ config }: Project, terminal: Terminal): Promise<EmbeddedServices> {
  const [address = ''] = config.kafka.brokers ?? []
  const [host = '', brokerPort = '0'] = address.split(':')
  const url = config.registry.url === undefined ? undefined : new URL(config.registry.url)
  const broker = await onPort(loopback.has(host) ? Number(brokerPort) : 0, (port) => startBroker({ port }))
  try {
    const wanted = url !== undefined && loopback.has(url.hostname) && url.pathname === '/' ? Number(url.port) : 0
    const registry = await onPort(wanted, (port) => startRegistry({ port }))
    const environment = { MILLRACE_BROKERS: broker.bootstrap, MILLRACE_REGISTRY_URL: registry.url }
    terminal.success(`broker ${broker.bootstrap}, registry ${registry.url}`)
    if (broker.bootstrap !== address) {
      const exports = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
      terminal.note(`for produce and tail in another terminal: export ${exports.join(' ')}`)
    }
    return {
      broker,
      registry,
      environment,
      [Symbol.asyncDispose]: async () => {
        await registry.close()
        await broker.close()
      },
    }
  } catch (error) {
    await broker.close()
    throw error
  }
}

async function onPort<T>(port: number, start: (port: number) => Promise<T>): Promise<T> {
  try {
    return await start(port)
  } catch (error) {
    if (port === 0 || !String(error).includes('EADDRINUSE')) throw error
    return start(0)
  }
}
