import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startBroker, startRegistry, type EmbeddedBroker } from '../embedded/index.js'
import { orderSchema, webOrderSchema } from './orders.js'

/** What the benchmarks run on: a broker and a registry, and the pipeline as the command line has compiled it. */
export interface Setting {
  readonly broker: EmbeddedBroker
  readonly registryUrl: string
  readonly orderId: number
  readonly webOrderId: number
  /** Path of the generated module. */
  readonly pipeline: string
  /** One run of `millrace build` in a process of its own, start-up included, in ms. */
  readonly coldBuildMs: number
  readonly close: () => Promise<void>
}

const root = process.cwd()
const project = join(root, 'bench/project')
const cli = join(root, 'dist/cli/main.js')

export async function openSetting(): Promise<Setting> {
  const [broker, registry] = await Promise.all([startBroker(), startRegistry()])
  const close = async (): Promise<void> => {
    await Promise.all([broker.close(), registry.close()])
  }
  try {
    await rm(join(project, '.millrace'), { recursive: true, force: true })
    const orderId = registry.register('orders-value', JSON.stringify(orderSchema))
    const webOrderId = registry.register('web-orders-value', JSON.stringify(webOrderSchema))
    await millrace(registry.url, 'schema', 'pull', 'orders-value', 'web-orders-value')
    const started = performance.now()
    await millrace(registry.url, 'build')
    const coldBuildMs = Math.round(performance.now() - started)
    const pipeline = join(project, '.millrace/generated/web-orders.js')
    return { broker, registryUrl: registry.url, orderId, webOrderId, pipeline, coldBuildMs, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function millrace(registryUrl: string, ...args: readonly string[]): Promise<void> {
  const env = { ...process.env, MILLRACE_REGISTRY_URL: registryUrl }
  await promisify(execFile)(process.execPath, [cli, ...args], { cwd: project, env })
}
