/** Finds, loads and checks `millrace.config.ts`. TypeScript is stripped by jiti: no compiler is loaded for it. */
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { createJiti } from 'jiti'
import * as v from 'valibot'
import { configSchema, type CheckedConfig } from './config-schema.js'
import { didYouMean } from './did-you-mean.js'
import { UsageError } from './usage-error.js'

const names = ['millrace.config.ts', 'millrace.config.mts', 'millrace.config.js', 'millrace.config.mjs']

export interface Project {
  /** Folder of the configuration file: what its paths are relative to. */
  readonly root: string
  readonly config: CheckedConfig
  /** Absolute path of a path of the configuration. */
  path(relative: string): string
}

/** Without a file every default holds, so that `millrace dev` works in a folder that has pipelines only. */
export async function loadProject(cwd: string, configFile?: string): Promise<Project> {
  const file = configFile === undefined ? findConfig(cwd) : resolve(cwd, configFile)
  if (file !== undefined && !existsSync(file)) throw new UsageError(`no configuration file ${file}`)
  const root = file === undefined ? cwd : dirname(file)
  const config = withEnvironment(check(file === undefined ? {} : await load(file), file))
  return { root, config, path: (relative) => resolve(root, relative) }
}

function findConfig(cwd: string): string | undefined {
  return names.map((name) => join(cwd, name)).find((file) => existsSync(file))
}

async function load(file: string): Promise<unknown> {
  try {
    const jiti = createJiti(file, { moduleCache: false })
    const exported = await jiti.import(file, { default: true })
    return typeof exported === 'function' ? await (exported as () => unknown)() : await exported
  } catch (error) {
    throw new UsageError(`${file} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** As for a running application: the environment wins over the file. */
function withEnvironment(config: CheckedConfig): CheckedConfig {
  const brokers = given('MILLRACE_BROKERS')
    ?.split(',')
    .map((address) => address.trim())
  const url = given('MILLRACE_REGISTRY_URL')
  const auth = registryAuth()
  return {
    ...config,
    kafka: brokers === undefined ? config.kafka : { ...config.kafka, brokers },
    registry: {
      ...config.registry,
      ...(url === undefined ? {} : { url }),
      ...(auth === undefined ? {} : { auth }),
    },
  }
}

function registryAuth(): CheckedConfig['registry']['auth'] {
  const token = given('MILLRACE_REGISTRY_TOKEN')
  if (token !== undefined) return { bearer: token }
  const username = given('MILLRACE_REGISTRY_USER')
  return username === undefined
    ? undefined
    : { basic: { username, password: given('MILLRACE_REGISTRY_PASSWORD') ?? '' } }
}

/** An empty variable is as good as none. */
function given(name: string): string | undefined {
  const value = process.env[name]
  return value === '' ? undefined : value
}

function check(value: unknown, file: string | undefined): CheckedConfig {
  const result = v.safeParse(configSchema, value)
  if (result.success) return result.output
  const problems = result.issues.map((issue) => {
    const path = v.getDotPath(issue) ?? '(top level)'
    const known = Object.keys(configSchema.entries)
    const near = issue.type === 'strict_object' ? didYouMean(path, known) : undefined
    return `  ${path}: ${issue.message}${near === undefined || near === path ? '' : ` (did you mean ${near}?)`}`
  })
  throw new UsageError(`${file ?? 'configuration'} is not valid:\n${problems.join('\n')}`)
}
