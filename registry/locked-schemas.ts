/** Schemas of the lock, parsed, with their references: what compiler and type generation work on. */
import { parseSchema } from '../avro/parse-schema.js'
import type { AvroSchema } from '../avro/schema.js'
import type { TypedSubject } from '../avro/typescript.js'
import type { LongMode } from '../avro/union-shape.js'
import type { SchemaReference } from './client.js'
import { SchemaLockError, type LockedVersion, type SchemaLock } from './lock.js'

export interface ResolvedVersion {
  readonly version: number
  readonly fingerprint: string
  readonly schema: AvroSchema
}

export interface ResolvedSubject {
  readonly subject: string
  readonly long: LongMode
  /** The newest version: what values are in TypeScript. */
  readonly schema: AvroSchema
  /** Oldest first. */
  readonly versions: readonly ResolvedVersion[]
}

/** Every Avro subject that pipelines may use. @throws SchemaLockError */
export function resolveLock(lock: SchemaLock): ReadonlyMap<string, ResolvedSubject> {
  const resolved = new Map<string, ResolvedSubject>()
  for (const [subject, entry] of lock.subjects) {
    if (entry.referenceOnly || entry.type !== 'AVRO') continue
    const versions = entry.versions.map((locked) => ({
      version: locked.version,
      fingerprint: locked.fingerprint,
      schema: lockedSchema(lock, subject, locked),
    }))
    const newest = versions.at(-1)
    if (newest !== undefined) resolved.set(subject, { subject, long: entry.long, schema: newest.schema, versions })
  }
  return resolved
}

/** What `generateTypes` of avro/typescript.ts takes. @throws SchemaLockError */
export function typedSubjects(lock: SchemaLock): readonly TypedSubject[] {
  return [...resolveLock(lock).values()].map(({ subject, long, schema, versions }) => ({
    subject,
    long,
    schema,
    version: versions.at(-1)?.version ?? 0,
  }))
}

/** @throws SchemaLockError when the text, or what it refers to, is not in the lock or no schema. */
export function lockedSchema(lock: SchemaLock, subject: string, locked: LockedVersion): AvroSchema {
  const parsed = parseSchema(locked.schema, { references: referenceTexts(lock, locked.references) })
  if (parsed.ok) return parsed.schema
  const problems = parsed.errors.map((error) => `${error.path}: ${error.message}`).join('; ')
  throw new SchemaLockError(
    `schema lock: ${subject} version ${locked.version} is no valid Avro schema: ${problems}`,
    'register a corrected version, or leave the subject out',
  )
}

/** Texts of everything that is referred to, each after what it refers to itself. */
export function referenceTexts(lock: SchemaLock, references: readonly SchemaReference[]): readonly string[] {
  const texts = new Set<string>()
  const seen = new Set<string>()
  const visit = (reference: SchemaReference): void => {
    const key = `${reference.subject} ${reference.version}`
    if (seen.has(key)) return
    seen.add(key)
    const versions = lock.subjects.get(reference.subject)?.versions
    const found = versions?.find((entry) => entry.version === reference.version)
    if (found === undefined) {
      throw new SchemaLockError(
        `schema lock: ${reference.subject} version ${reference.version} is referred to, but not locked`,
        'run `millrace schema pull`',
      )
    }
    for (const inner of found.references) visit(inner)
    texts.add(found.schema)
  }
  for (const reference of references) visit(reference)
  return [...texts]
}
