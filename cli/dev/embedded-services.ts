/**
 * Broker and registry of `millrace dev`. They take the ports of the configuration where these are on this machine and
 * free, so that `produce` and `tail` in another terminal find them; else free ones. Their data stay in `.millrace/dev`,
 * with the state of the pipelines, over restarts; a second `dev` in the same project has data of its own.
 */
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { startBroker, startRegistry, type EmbeddedBroker, type EmbeddedRegistry } from '../../embedded/index.js'
import type { Project } from '../config-file.js'
import { StateDirectory } from '../../runtime/state/state-directory.js'
import type { Terminal } from '../terminal.js'

export interface EmbeddedServices extends AsyncDisposable {
  readonly broker: EmbeddedBroker
  readonly registry: EmbeddedRegistry
  /** For the processes that use them. */
  readonly environment: Readonly<Record<string, string>>
}

const loopback = new Set(['127.0.0.1', 'localhost'])

export interface ServiceOptions {
  /** Forget what was there. */
  readonly fresh: boolean
}

export async function startServices(
  project: Project,
  terminal: Terminal,
  { fresh }: ServiceOptions,
): Promise<EmbeddedServices> {
  const home = StateDirectory.lock(project.path(join('.millrace', 'dev')), 'services')
  try {
    if (fresh) empty(home.path)
    return await startIn(home, project, terminal)
  } catch (error) {
    home.release()
    throw error
  }
}

/** All but the lock. */
function empty(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (!name.startsWith('.')) rmSync(join(directory, name), { recursive: true })
  }
}

async function startIn(home: StateDirectory, { config }: Project, terminal: Terminal): Promise<EmbeddedServices> {
  const [address = ''] = config.kafka.brokers ?? []
  const [host = '', brokerPort = '0'] = address.split(':')
  const url = config.registry.url === undefined ? undefined : new URL(config.registry.url)
  const broker = await onPort(loopback.has(host) ? Number(brokerPort) : 0, (port) =>
    startBroker({ port, dir: join(home.path, 'broker') }),
  )
  try {
    const wanted = url !== undefined && loopback.has(url.hostname) && url.pathname === '/' ? Number(url.port) : 0
    const registry = await onPort(wanted, (port) => startRegistry({ port, file: join(home.path, 'registry.json') }))
    const addresses = { MILLRACE_BROKERS: broker.bootstrap, MILLRACE_REGISTRY_URL: registry.url }
    // State of this broker's topics: it is forgotten with them.
    const environment = { ...addresses, MILLRACE_STATE_DIRECTORY: join(home.path, 'state') }
    terminal.success(`broker ${broker.bootstrap}, registry ${registry.url}`)
    if (broker.bootstrap !== address) {
      const exports = Object.entries(addresses).map(([name, value]) => `${name}=${value}`)
      terminal.note(`for produce and tail in another terminal: export ${exports.join(' ')}`)
    }
    return {
      broker,
      registry,
      environment,
      [Symbol.asyncDispose]: async () => {
        await registry.close()
        await broker.close()
        home.release()
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
