/**
 * `millrace/config`: the project's settings, `millrace.config.ts`. Everything is optional; command line and environment
 * (`MILLRACE_…`) win over the file. Paths are relative to the folder of the file.
 */

import type { AppConfig } from './app-config.js'

export type * from './app-config.js'

export interface MillraceConfig extends AppConfig {
  /** Files that export pipelines, as globs. Default: `pipelines/**\/*.ts`. */
  readonly pipelines?: string | readonly string[]
  /** Folder of compiler output. Default: `generated`. */
  readonly generated?: string
  /** tsconfig of the pipelines. Default: the nearest `tsconfig.json`. */
  readonly tsconfig?: string
  /** The schema lock. Default: `schemas.lock.json`. */
  readonly lock?: string
  /** The topology lock: what is deployed, see `millrace plan`. Default: `topology.lock.json`. */
  readonly topology?: string
  /**
   * Folder of schemas that `schema register` and `dev` write to a registry: `<subject>.avsc`, or `<subject>.v1.avsc`,
   * `<subject>.v2.avsc`… for a subject with a history. Default: `schemas`.
   */
  readonly schemas?: string
  /** Subjects whose longs are `bigint`, as names or globs. Default: none; longs are numbers that are checked. */
  readonly bigint?: readonly string[]
  /** Limit for one run of a pipeline's builder at build time, in ms. Default: 10,000. */
  readonly builderTimeout?: number
}

export type ConfigInput = MillraceConfig | Promise<MillraceConfig> | (() => MillraceConfig | Promise<MillraceConfig>)

/**
 * Types the settings; returns them as they are.
 *
 * @example
 * ```ts
 * export default defineConfig({
 *   registry: { url: process.env.REGISTRY_URL },
 *   kafka: { brokers: ['localhost:9092'] },
 * })
 * ```
 */
export function defineConfig<const C extends ConfigInput>(config: C): C {
  return config
}
