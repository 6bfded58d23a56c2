/**
 * The schema lock: every subject in use with all its versions, their texts and references. No schema ids: those differ
 * between registries. The text is deterministic (sorted, one way to print), and carries a checksum, so that a hand
 * edit or a bad merge is noticed before it becomes wrong code.
 */
import { createHash } from 'node:crypto'
import type { LongMode } from '../avro/union-shape.js'
import type { SchemaReference, SchemaType } from './client.js'

export interface LockedVersion {
  readonly version: number
  /** avro/fingerprint.ts, with logical types; for other schema types the SHA-256 of the text. */
  readonly fingerprint: string
  /** As the registry gave it. */
  readonly schema: string
  readonly references: readonly SchemaReference[]
}

export interface LockedSubject {
  readonly type: SchemaType
  /** How longs are represented in TypeScript. */
  readonly long: LongMode
  /** It is here only because others refer to it: then only the versions referred to are. */
  readonly referenceOnly: boolean
  /** Oldest first, never empty. */
  readonly versions: readonly LockedVersion[]
}

export interface SchemaLock {
  /** By subject. */
  readonly subjects: ReadonlyMap<string, LockedSubject>
}

export const emptyLock: SchemaLock = { subjects: new Map() }

const formatVersion = 1

/** The lock is no lock, or was changed by hand. */
export class SchemaLockError extends Error {
  override readonly name = 'SchemaLockError'
  constructor(
    message: string,
    /** What to do about it. */
    readonly help: string,
  ) {
    super(message)
  }
}

/** The text of the lock file. */
export function printLock(lock: SchemaLock): string {
  const subjects = subjectsJson(lock)
  const json = { formatVersion, checksum: checksumOf(subjects), subjects }
  return `${JSON.stringify(json, null, 2)}\n`
}

/** @throws SchemaLockError when the text is no lock of this format. */
export function parseLock(text: string, file = 'schemas.lock.json'): SchemaLock {
  const pull = 'run `millrace schema pull` to write it anew'
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    const conflict = /^(<{7}|={7}|>{7})/m.test(text) ? ' (it holds merge conflict markers)' : ''
    const reason = error instanceof Error ? error.message : String(error)
    throw new SchemaLockError(`${file} is no JSON${conflict}: ${reason}`, pull)
  }
  if (!isObject(json) || typeof json['formatVersion'] !== 'number') {
    throw new SchemaLockError(`${file} is no schema lock: it has no formatVersion`, pull)
  }
  if (json['formatVersion'] !== formatVersion) {
    const newer = json['formatVersion'] > formatVersion
    throw new SchemaLockError(
      `${file} has format ${json['formatVersion']}, and this millrace reads format ${formatVersion}`,
      newer ? 'use the version of millrace that wrote it, or a newer one' : pull,
    )
  }
  const { subjects } = json
  if (!isObject(subjects)) throw new SchemaLockError(`${file}: "subjects" is no object`, pull)
  const parsed = Object.entries(subjects).map(([name, entry]) => [name, subject(entry, `${file}: ${name}`)] as const)
  const lock: SchemaLock = { subjects: new Map(parsed) }
  if (json['checksum'] !== checksumOf(subjectsJson(lock))) {
    throw new SchemaLockError(`${file} does not match its checksum: it was edited by hand, or merged`, pull)
  }
  return lock
}

function subjectsJson(lock: SchemaLock): Readonly<Record<string, unknown>> {
  const names = [...lock.subjects.keys()].sort()
  return Object.fromEntries(names.map((name) => [name, subjectJson(lock.subjects.get(name))]))
}

function subjectJson(entry: LockedSubject | undefined): unknown {
  if (entry === undefined) return undefined
  const versions = entry.versions.toSorted((a, b) => a.version - b.version)
  return {
    type: entry.type,
    long: entry.long,
    ...(entry.referenceOnly ? { referenceOnly: true } : {}),
    versions: versions.map(({ version, fingerprint, schema, references }) => ({
      version,
      fingerprint,
      schema,
      ...(references.length === 0
        ? {}
        : { references: references.map(({ name, subject, version: at }) => ({ name, subject, version: at })) }),
    })),
  }
}

function checksumOf(subjects: unknown): string {
  return `sha256-${createHash('sha256').update(JSON.stringify(subjects), 'utf8').digest('hex')}`
}

function subject(json: unknown, path: string): LockedSubject {
  if (!isObject(json)) throw wrong(path, 'is no object')
  const { type, long, referenceOnly = false, versions } = json
  if (type !== 'AVRO' && type !== 'JSON' && type !== 'PROTOBUF') throw wrong(path, 'has no known type')
  if (long !== 'number' && long !== 'bigint') throw wrong(path, 'has neither long "number" nor "bigint"')
  if (typeof referenceOnly !== 'boolean') throw wrong(path, 'has a referenceOnly that is neither true nor false')
  if (!Array.isArray(versions) || versions.length === 0) throw wrong(path, 'has no versions')
  return {
    type,
    long,
    referenceOnly,
    versions: versions.map((item, index) => version(item, `${path}, entry ${index}`)),
  }
}

function version(json: unknown, path: string): LockedVersion {
  if (!isObject(json)) throw wrong(path, 'is no object')
  const { version: number, fingerprint, schema, references = [] } = json
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 1) throw wrong(path, 'has no version')
  if (typeof fingerprint !== 'string' || typeof schema !== 'string') throw wrong(path, 'has no fingerprint or schema')
  if (!Array.isArray(references)) throw wrong(path, 'has references that are no list')
  return { version: number, fingerprint, schema, references: references.map((item) => reference(item, path)) }
}

function reference(json: unknown, path: string): SchemaReference {
  const { name, subject: target, version: at } = isObject(json) ? json : {}
  if (typeof name !== 'string' || typeof target !== 'string' || typeof at !== 'number') {
    throw wrong(path, 'has a reference without name, subject or version')
  }
  return { name, subject: target, version: at }
}

function wrong(path: string, what: string): SchemaLockError {
  return new SchemaLockError(`${path} ${what}`, 'run `millrace schema pull` to write it anew')
}

function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}
