/** A registry client from the project's configuration. */
import { existsSync, readFileSync } from 'node:fs'
import { RegistryClient } from '../../registry/index.js'
import type { Project } from '../config-file.js'
import { UsageError } from '../usage-error.js'

/** undefined: no registry is configured. Close it when done. */
export function registryClient(project: Project): RegistryClient | undefined {
  const { url, auth, ca, timeout, retries } = project.config.registry
  return url === undefined
    ? undefined
    : new RegistryClient({ url, auth, ca: certificate(project, ca), timeout, retries })
}

export function requireRegistry(project: Project): RegistryClient {
  const client = registryClient(project)
  if (client !== undefined) return client
  throw new UsageError(
    'no schema registry is configured',
    "registry: { url: 'http://…' } in millrace.config.ts, or MILLRACE_REGISTRY_URL",
  )
}

/** PEM text as it is, or the file that holds it. */
function certificate(project: Project, ca: string | undefined): string | undefined {
  if (ca === undefined || ca.includes('-----BEGIN')) return ca
  const file = project.path(ca)
  if (!existsSync(file)) throw new UsageError(`registry.ca: there is no file ${file}`)
  return readFileSync(file, 'utf8')
}
