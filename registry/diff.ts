/** `schema diff`: what moved in the registry since the lock was written. */
import type { AvroSchema } from '../avro/schema.js'
import type { RegistryClient } from './client.js'
import type { LockedSubject, LockedVersion, SchemaLock } from './lock.js'
import { lockedSchema } from './locked-schemas.js'
import type { OnProgress } from './progress.js'
import { pullSchemas } from './pull.js'
import { schemaChanges, type SchemaChange } from './schema-changes.js'

export interface SubjectDiff {
  readonly subject: string
  readonly status: 'unchanged' | 'changed' | 'missing'
  /** In the registry, not in the lock. */
  readonly addedVersions: readonly number[]
  /** In the lock, not in the registry. */
  readonly removedVersions: readonly number[]
  /** In both, with different texts: it is another registry, or a version was deleted and registered anew. */
  readonly rewrittenVersions: readonly number[]
  /** From the newest version of the lock to the newest of the registry. */
  readonly changes: readonly SchemaChange[]
}

/** Reads only. Sorted by subject. @throws RegistryError, SchemaLockError */
export async function diffSchemas(
  client: RegistryClient,
  lock: SchemaLock,
  onProgress?: OnProgress,
): Promise<readonly SubjectDiff[]> {
  const subjects = [...lock.subjects].filter(([, entry]) => !entry.referenceOnly).map(([subject]) => subject)
  const { lock: current } = await pullSchemas(client, {
    subjects,
    longOf: (subject) => lock.subjects.get(subject)?.long ?? 'number',
    ...(onProgress === undefined ? {} : { onProgress }),
  })
  return subjects.sort().map((subject) => subjectDiff(subject, lock, current))
}

function subjectDiff(subject: string, lock: SchemaLock, current: SchemaLock): SubjectDiff {
  const before = lock.subjects.get(subject)
  const after = current.subjects.get(subject)
  const old = new Map(before?.versions.map((entry) => [entry.version, entry]))
  const now = new Map(after?.versions.map((entry) => [entry.version, entry]))
  const addedVersions = [...now.keys()].filter((version) => !old.has(version))
  const removedVersions = [...old.keys()].filter((version) => !now.has(version))
  const rewrittenVersions = [...now].filter(([version, entry]) => isRewritten(old.get(version), entry)).map(([v]) => v)
  const moved = addedVersions.length + removedVersions.length + rewrittenVersions.length > 0
  const status = after === undefined ? 'missing' : moved ? 'changed' : 'unchanged'
  const [from, to] = [newest(subject, before, lock), newest(subject, after, current)]
  const changes = from === undefined || to === undefined || !moved ? [] : schemaChanges(from, to)
  return { subject, status, addedVersions, removedVersions, rewrittenVersions, changes }
}

function isRewritten(before: LockedVersion | undefined, after: LockedVersion): boolean {
  if (before === undefined || before.schema === after.schema) return false
  // Registries may print one schema differently: compared as JSON where it is.
  return before.fingerprint !== after.fingerprint || !sameJson(before.schema, after.schema)
}

function sameJson(a: string, b: string): boolean {
  try {
    return JSON.stringify(JSON.parse(a)) === JSON.stringify(JSON.parse(b))
  } catch {
    return false
  }
}

function newest(subject: string, entry: LockedSubject | undefined, lock: SchemaLock): AvroSchema | undefined {
  const version = entry?.versions.at(-1)
  return version === undefined || entry?.type !== 'AVRO' ? undefined : lockedSchema(lock, subject, version)
}
