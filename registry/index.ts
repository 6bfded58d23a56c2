/**
 * Schemas at build time: a thin client of a Confluent-compatible registry, the schema lock, and the four verbs of
 * `millrace schema` as functions that return data and print nothing.
 *
 * - `RegistryClient`: versions, texts, look-up, compatibility, registering; `RegistryError` with kind, code and help
 * - `readLock`, `writeLock`, `parseLock`, `printLock`: the file `schemas.lock.json`; `SchemaLockError` with help
 * - `resolveLock`: parsed schemas by subject, for the compiler; `typedSubjects`: for `generateTypes` (avro/typescript.ts)
 * - `pullSchemas`, `diffSchemas`, `checkSchemas`, `registerSchemas`; only the last one writes to the registry
 *
 * Production code does not come here: runtime/registry reads what it needs by id.
 */
export { checkSchemas, type CandidateSchema, type CheckResult } from './check.js'
export {
  RegistryClient,
  type CompatibilityAnswer,
  type RegisteredVersion,
  type SchemaReference,
  type SchemaText,
  type SchemaType,
} from './client.js'
export { diffSchemas, type SubjectDiff } from './diff.js'
export { isNotFound, RegistryError, type RegistryErrorKind } from './errors.js'
export type { RegistryClientOptions, RegistryCredentials } from './http-client.js'
export {
  emptyLock,
  parseLock,
  printLock,
  SchemaLockError,
  type LockedSubject,
  type LockedVersion,
  type SchemaLock,
} from './lock.js'
export { readLock, writeIfChanged, writeLock } from './lock-file.js'
export { resolveLock, typedSubjects, type ResolvedSubject, type ResolvedVersion } from './locked-schemas.js'
export type { OnProgress, Progress } from './progress.js'
export { pullSchemas, type PullOptions, type PullResult } from './pull.js'
export { registerSchemas, type RegisterResult } from './register.js'
export type { Clock } from './retry.js'
export type { SchemaChange } from './schema-changes.js'
export { versionTexts } from './version-texts.js'
