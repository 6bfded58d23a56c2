import { execFile } from 'node:child_process'
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startBroker, startRegistry, type EmbeddedBroker } from '../embedded/index.js'
import { orderSchema, webOrderSchema } from './orders.js'
import { customerMinuteSchema, customerSchema, knownOrderSchema, zipOrdersSchema } from './state-schemas.js'

/** What the benchmarks run on: a broker and a registry, and the pipeline as the command line has compiled it. */
export interface Setting {
  readonly broker: EmbeddedBroker
  readonly registryUrl: string
  readonly orderId: number
  readonly webOrderId: number
  readonly customerId: number
  /** Folder of the project, a copy that may be edited. */
  readonly project: string
  /** Path of the generated module of the pipeline without state. */
  readonly pipeline: string
  /** Path of any generated module, by the pipeline's name. */
  readonly generated: (name: string) => string
  /** One run of `millrace build` in a process of its own, start-up included, in ms. */
  readonly coldBuildMs: number
  readonly close: () => Promise<void>
}

/** Inside of the package, so that `millrace` is found by its name. */
const project = join(process.cwd(), 'dist/bench/project')
const cli = join(process.cwd(), 'dist/cli/main.js')

export async function openSetting(): Promise<Setting> {
  const [broker, registry] = await Promise.all([startBroker(), startRegistry()])
  const close = async (): Promise<void> => {
    await Promise.all([broker.close(), registry.close()])
  }
  try {
    await rm(project, { recursive: true, force: true })
    await cp(join(process.cwd(), 'bench/project'), project, { recursive: true })
    const orderId = registry.register('orders-value', JSON.stringify(orderSchema))
    const webOrderId = registry.register('web-orders-value', JSON.stringify(webOrderSchema))
    const customerId = registry.register('customers-value', JSON.stringify(customerSchema))
    registry.register('customer-minutes-value', JSON.stringify(customerMinuteSchema))
    registry.register('zip-orders-value', JSON.stringify(zipOrdersSchema))
    registry.register('known-orders-value', JSON.stringify(knownOrderSchema))
    await millrace(registry.url, 'schema', 'pull')
    const started = performance.now()
    await millrace(registry.url, 'build')
    const coldBuildMs = Math.round(performance.now() - started)
    const generated = (name: string): string => join(project, 'generated', `${name}.js`)
    const pipeline = generated('web-orders')
    const ids = { orderId, webOrderId, customerId }
    return { broker, registryUrl: registry.url, ...ids, project, pipeline, generated, coldBuildMs, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function millrace(registryUrl: string, ...args: readonly string[]): Promise<void> {
  const env = { ...process.env, MILLRACE_REGISTRY_URL: registryUrl }
  await promisify(execFile)(process.execPath, [cli, ...args], { cwd: project, env })
}
