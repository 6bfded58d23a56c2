/**
 * The topology lock: what a deployed application has written to Kafka under which name, and what it means. Names are for
 * ever: a store that is called otherwise, or whose rows mean something else, must not pass for the one that is there.
 * Deterministic text with a checksum, as the schema lock.
 */
import { createHash } from 'node:crypto'

export type LockedSerde =
  | { readonly kind: 'avro'; readonly fingerprint: string; readonly schema: string; readonly long: 'number' | 'bigint' }
  | { readonly kind: 'json' | 'string' | 'bytes' | 'int32' | 'int64' | 'double' | 'uuid' }

/** What decides what a row or a record means: operator, aggregation, windows. Not the code of lambdas. */
export type LockedMeaning = Readonly<Record<string, string | number | boolean>>

/** A form that rows of a store were written in. */
export interface LockedRows {
  /** Stands in changelog records and snapshots. */
  readonly id: number
  readonly value: LockedSerde
}

export interface LockedStore {
  readonly kind: string
  readonly columns: number
  readonly meaning: LockedMeaning
  readonly key: LockedSerde
  /** Of a map of a processor: what stands before the keys, those of the records. */
  readonly outer?: LockedSerde | undefined
  /** As rows are written now… */
  readonly rows: LockedRows
  /** …and as they were before, oldest first: the changelog may still hold such rows. */
  readonly older: readonly LockedRows[]
  /** Name of the changelog's topic, without the application id; whole where the source topic serves. */
  readonly changelog: string | undefined
  /** The changelog is the topic that the table is read from; undefined: it is our own. */
  readonly isSource?: true | undefined
  /** Where its rows are; undefined: in memory. */
  readonly location?: 'disk' | undefined
}

export interface LockedInternalTopic {
  /** Without the application id. */
  readonly topic: string
  /** Names under which the operators that read it as well would have topics of their own. */
  readonly alsoFor?: readonly string[] | undefined
  readonly partitions: number | undefined
  readonly key: LockedSerde
  readonly value: LockedSerde
}

export interface LockedPipeline {
  readonly applicationId: string
  /** Members with another one share no tasks. */
  readonly topologyHash: string
  /** Topics that each sub-topology reads; internal ones without the application id. */
  readonly subTopologies: readonly (readonly string[])[]
  /** By name. */
  readonly internalTopics: Readonly<Record<string, LockedInternalTopic>>
  readonly stores: Readonly<Record<string, LockedStore>>
}

export interface TopologyLock {
  /** By name. */
  readonly pipelines: Readonly<Record<string, LockedPipeline>>
}

export const emptyTopologyLock: TopologyLock = { pipelines: {} }

const formatVersion = 1

export class TopologyLockError extends Error {
  override readonly name = 'TopologyLockError'
  constructor(
    message: string,
    /** What to do about it. */
    readonly help: string,
  ) {
    super(message)
  }
}

export function printTopologyLock(lock: TopologyLock): string {
  const pipelines = sorted(lock.pipelines)
  return `${JSON.stringify({ formatVersion, checksum: checksumOf(pipelines), pipelines }, null, 2)}\n`
}

/** @throws TopologyLockError */
export function parseTopologyLock(text: string, file: string): TopologyLock {
  const restore = `take ${file} from version control: without it nothing can tell what the deployed application holds`
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    const conflict = /^(<{7}|={7}|>{7})/m.test(text) ? ' (it holds merge conflict markers)' : ''
    throw new TopologyLockError(
      `${file} is no JSON${conflict}: ${error instanceof Error ? error.message : String(error)}`,
      restore,
    )
  }
  if (!isLock(json)) throw new TopologyLockError(`${file} is no topology lock`, restore)
  if (json.formatVersion !== formatVersion) {
    throw new TopologyLockError(
      `${file} has format ${json.formatVersion}, and this millrace reads format ${formatVersion}`,
      'use the version of millrace that wrote it, or a newer one',
    )
  }
  // Who passes the checksum was printed by us: its shape is known.
  if (json.checksum !== checksumOf(sorted(json.pipelines))) {
    throw new TopologyLockError(`${file} does not match its checksum: it was edited by hand, or merged`, restore)
  }
  return { pipelines: json.pipelines }
}

interface LockJson extends TopologyLock {
  readonly formatVersion: number
  readonly checksum: string
}

function isLock(json: unknown): json is LockJson {
  if (typeof json !== 'object' || json === null) return false
  const pipelines: unknown = Reflect.get(json, 'pipelines')
  return (
    typeof Reflect.get(json, 'formatVersion') === 'number' &&
    typeof Reflect.get(json, 'checksum') === 'string' &&
    typeof pipelines === 'object' &&
    pipelines !== null
  )
}

function checksumOf(pipelines: unknown): string {
  return `sha256-${createHash('sha256').update(JSON.stringify(pipelines), 'utf8').digest('hex')}`
}

/** Keys of all objects in order, so that equal locks have equal texts. */
function sorted<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item: unknown) => sorted(item)) as T
  const entries = Object.entries(value as Readonly<Record<string, unknown>>).filter(([, item]) => item !== undefined)
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)])) as T
}
