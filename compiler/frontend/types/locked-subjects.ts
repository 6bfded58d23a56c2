/** What the front end asks of the schema lock; `resolveLock` of registry/ gives it. */
import type { LongMode } from '../../../avro/union-shape.js'
import type { WriterVersion } from '../../ir/resolved-plan.js'

export interface LockedSubject {
  /** Oldest first; at least one. */
  readonly versions: readonly WriterVersion[]
  /** How longs of this subject are represented. */
  readonly long: LongMode
}

export type LockedSubjects = ReadonlyMap<string, LockedSubject>
