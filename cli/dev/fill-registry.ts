/**
 * Gives the embedded registry what the project knows: all versions of the lock, then the schema files. Without a lock
 * the subjects in use are pulled from it, so that a new project needs no other registry.
 */
import { existsSync } from 'node:fs'
import type { CompiledPipeline } from '../../compiler/index.js'
import { readLock, RegistryClient, type SchemaLock } from '../../registry/index.js'
import type { Project } from '../config-file.js'
import { candidateSchemas, derivedCandidates, type Candidate } from '../registry/candidate-schemas.js'
import { printPullProblems } from '../registry/print-pull.js'
import { pullProject } from '../registry/pull-project.js'
import { registerCandidates } from '../registry/register-project.js'
import type { Terminal } from '../terminal.js'

/** Whether everything is there; what is not was told. */
export async function fillRegistry(project: Project, url: string, terminal: Terminal): Promise<boolean> {
  using client = new RegistryClient({ url })
  const lock = await readLock(project.path(project.config.lock))
  if (lock !== undefined) await registerLock(client, lock)
  await register(client, await candidateSchemas(project), terminal)
  if (!existsSync(project.path(project.config.schemas))) return true
  const pull = await pullProject(project, client)
  return !printPullProblems(terminal, pull)
}

/** What sinks write whose schemas are derived from types: pipelines that were just built may have new ones. */
export async function registerDerived(
  pipelines: readonly CompiledPipeline[],
  url: string,
  terminal: Terminal,
): Promise<void> {
  const candidates = derivedCandidates(pipelines.map(({ levels }) => levels.resolved))
  if (candidates.length === 0) return
  using client = new RegistryClient({ url })
  await register(client, candidates, terminal)
}

async function register(client: RegistryClient, candidates: readonly Candidate[], terminal: Terminal): Promise<void> {
  for (const result of await registerCandidates(client, candidates)) {
    if (!('version' in result)) terminal.warn(`${result.subject}: ${result.reason}`)
  }
}

/** References first: a version can refer to those that are registered only. */
async function registerLock(client: RegistryClient, lock: SchemaLock): Promise<void> {
  const done = new Set<string>()
  const registerUpTo = async (subject: string, upTo: number): Promise<void> => {
    const entry = lock.subjects.get(subject)
    for (const { version, schema, references } of entry?.versions ?? []) {
      const key = `${subject} ${version}`
      if (version > upTo || done.has(key)) continue
      done.add(key)
      for (const reference of references) await registerUpTo(reference.subject, reference.version)
      await client.register(subject, { schema, references, type: entry?.type ?? 'AVRO' })
    }
  }
  for (const subject of lock.subjects.keys()) await registerUpTo(subject, Infinity)
}
