/** The part of the project's configuration that a running application takes. */
import type { AppSettings } from '../runtime/config.js'
import type { Project } from './config-file.js'

export function appSettings({ config }: Project): AppSettings {
  const { kafka, registry, http, threads, standbys, guarantee, commitInterval } = config
  // Both shapes come from dsl/config.ts; the checked one spells out absent options as undefined.
  return withoutUndefined({ kafka, registry, http, threads, standbys, guarantee, commitInterval }) as AppSettings
}

function withoutUndefined(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const entries = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(entries.map(([name, member]) => [name, withoutUndefined(member)]))
}
