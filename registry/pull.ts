/** `schema pull`: reads all versions of the subjects in use, and what they refer to, into a new lock. */
import { createHash } from 'node:crypto'
import { schemaFingerprint } from '../avro/fingerprint.js'
import { parseSchema } from '../avro/parse-schema.js'
import type { SchemaProblem } from '../avro/schema.js'
import type { LongMode } from '../avro/union-shape.js'
import type { RegisteredVersion, RegistryClient, SchemaReference } from './client.js'
import { isNotFound } from './errors.js'
import type { LockedSubject, LockedVersion, SchemaLock } from './lock.js'
import { inParallel, type OnProgress } from './progress.js'
import { isPattern, matchesPattern, nearest } from './subject-pattern.js'

export interface PullOptions {
  /** Names of subjects, or patterns with `*`. */
  readonly subjects: readonly string[]
  /** How the longs of a subject are represented. Default: `number`. */
  readonly longOf?: (subject: string) => LongMode
  readonly onProgress?: OnProgress
}

export interface PullResult {
  readonly lock: SchemaLock
  /** Asked for, but not in the registry; with the names nearest to each. */
  readonly missing: readonly { readonly subject: string; readonly nearest: readonly string[] }[]
  /** Versions whose schema is not valid Avro; they are not in the lock. */
  readonly invalid: readonly {
    readonly subject: string
    readonly version: number
    readonly errors: readonly SchemaProblem[]
  }[]
}

/** Reads only. @throws RegistryError */
export async function pullSchemas(client: RegistryClient, options: PullOptions): Promise<PullResult> {
  const known = await client.subjects()
  const wanted = new Set(
    options.subjects.flatMap((name) => (isPattern(name) ? known.filter((s) => matchesPattern(s, name)) : [name])),
  )
  const puller = new Puller(client)
  const names = [...wanted].sort()
  let done = 0
  const found = await inParallel(names, async (subject) => {
    const versions = await puller.allVersions(subject)
    options.onProgress?.({ done: ++done, total: names.length, subject })
    return versions
  })
  await puller.followReferences(found.flatMap((versions) => versions ?? []))
  const missing = names.filter((_, index) => found[index] === undefined)
  const { subjects, invalid } = puller.locked(wanted, options.longOf ?? (() => 'number'))
  return {
    lock: { subjects },
    missing: missing.map((subject) => ({ subject, nearest: nearest(subject, known) })),
    invalid,
  }
}

class Puller {
  private readonly versions = new Map<string, RegisteredVersion>()
  constructor(private readonly client: RegistryClient) {}

  async allVersions(subject: string): Promise<readonly RegisteredVersion[] | undefined> {
    let numbers: readonly number[]
    try {
      numbers = await this.client.versions(subject)
    } catch (error) {
      if (isNotFound(error)) return undefined
      throw error
    }
    return inParallel(numbers, (version) => this.version(subject, version), 4)
  }

  async followReferences(versions: readonly RegisteredVersion[]): Promise<void> {
    const open = versions
      .flatMap((version) => version.references)
      .filter(({ subject, version }) => !this.versions.has(keyOf(subject, version)))
    if (open.length === 0) return
    const unique = [
      ...new Map(open.map((reference) => [keyOf(reference.subject, reference.version), reference])).values(),
    ]
    await this.followReferences(await inParallel(unique, ({ subject, version }) => this.version(subject, version)))
  }

  locked(
    wanted: ReadonlySet<string>,
    longOf: (subject: string) => LongMode,
  ): Pick<PullResult, 'invalid'> & {
    subjects: ReadonlyMap<string, LockedSubject>
  } {
    const invalid: PullResult['invalid'][number][] = []
    const bySubject = new Map<string, LockedVersion[]>()
    const types = new Map<string, LockedSubject['type']>()
    const ordered = [...this.versions.values()].sort((a, b) => a.version - b.version)
    for (const registered of ordered) {
      const { subject, version, schema, references, type } = registered
      const fingerprint = this.fingerprint(registered)
      if (typeof fingerprint !== 'string') {
        invalid.push({ subject, version, errors: fingerprint })
        continue
      }
      bySubject.set(subject, [...(bySubject.get(subject) ?? []), { version, fingerprint, schema, references }])
      types.set(subject, type)
    }
    const entries = [...bySubject]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([subject, versions]): [string, LockedSubject] => {
        const referenceOnly = !wanted.has(subject)
        return [subject, { type: types.get(subject) ?? 'AVRO', long: longOf(subject), referenceOnly, versions }]
      })
    return { subjects: new Map(entries), invalid }
  }

  private async version(subject: string, version: number): Promise<RegisteredVersion> {
    const found = await this.client.version(subject, version)
    this.versions.set(keyOf(subject, version), found)
    return found
  }

  private fingerprint({ type, schema, references }: RegisteredVersion): string | readonly SchemaProblem[] {
    if (type !== 'AVRO') return createHash('sha256').update(schema, 'utf8').digest('hex')
    const parsed = parseSchema(schema, { references: this.texts(references) })
    return parsed.ok ? schemaFingerprint(parsed.schema) : parsed.errors
  }

  private texts(references: readonly SchemaReference[]): readonly string[] {
    const texts = new Set<string>()
    const visit = ({ subject, version }: SchemaReference): void => {
      const found = this.versions.get(keyOf(subject, version))
      if (found === undefined || texts.has(found.schema)) return
      for (const inner of found.references) visit(inner)
      texts.add(found.schema)
    }
    for (const reference of references) visit(reference)
    return [...texts]
  }
}

function keyOf(subject: string, version: number): string {
  return `${version} ${subject}`
}
