/** Pins the subjects that a project uses in its lock, and writes their types. */
import { join } from 'node:path'
import { generateTypes } from '../../avro/typescript.js'
import {
  pullSchemas,
  readLock,
  typedSubjects,
  writeIfChanged,
  writeLock,
  type PullResult,
  type RegistryClient,
} from '../../registry/index.js'
import type { Project } from '../config-file.js'
import { matchesGlob } from '../glob.js'
import { subjectsInUse } from './subjects-in-use.js'

export interface ProjectPull {
  readonly result: PullResult
  /** Subjects without which the project cannot be built: not those of keys, which are strings where there is none. */
  readonly missing: PullResult['missing']
  readonly changed: boolean
}

/** Writes nothing when something is missing or invalid. */
export async function pullProject(
  project: Project,
  client: RegistryClient,
  named: readonly string[] = [],
  onSubject: (subject: string) => void = () => undefined,
): Promise<ProjectPull> {
  const lockFile = project.path(project.config.lock)
  const before = await readLock(lockFile)
  const uses = await subjectsInUse(project)
  const { bigint } = project.config
  const kept = [...(before?.subjects ?? [])].filter(([, entry]) => !entry.referenceOnly).map(([subject]) => subject)
  const result = await pullSchemas(client, {
    subjects: [...new Set([...named, ...kept, ...uses.map(({ subject }) => subject)])],
    longOf: (subject) => (bigint.some((name) => matchesGlob(subject, name)) ? 'bigint' : 'number'),
    onProgress: ({ subject }) => onSubject(subject),
  })
  const required = new Set([...named, ...uses.filter((use) => use.required).map((use) => use.subject)])
  const missing = result.missing.filter(({ subject }) => required.has(subject))
  if (missing.length > 0 || result.invalid.length > 0) return { result, missing, changed: false }
  const wrote = await writeLock(lockFile, result.lock)
  const types = generateTypes(typedSubjects(result.lock), project.config.lock)
  const wroteTypes = await writeIfChanged(join(project.path(project.config.generated), 'schemas.ts'), types)
  return { result, missing, changed: wrote || wroteTypes }
}
