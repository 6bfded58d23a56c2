/** The part of the project's configuration that a running application takes. */
import type { AppSettings } from '../runtime/config.js'
import type { Project } from './config-file.js'
import { settingNames } from './config-schema.js'

export function appSettings(project: Project): AppSettings {
  const { config } = project
  const { kafka, registry, http, state } = config
  const others = Object.fromEntries(settingNames.map((name) => [name, config[name]]))
  const directory = state.directory === false ? false : project.path(state.directory)
  // Both shapes come from dsl/app-config.ts; the checked one spells out absent options as undefined.
  return withoutUndefined({ ...others, kafka, registry, http, state: { ...state, directory } }) as AppSettings
}

function withoutUndefined(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const entries = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.fromEntries(entries.map(([name, member]) => [name, withoutUndefined(member)]))
}
