/**
 * What the registry knows, and the rules for changing it: no HTTP here. Ids are global: equal schemas with equal
 * references have one id in all subjects. `snapshot` and `restore` carry the content as plain data.
 */
import { checkCompatibility, type CompatibilityLevel } from '../../avro/compatibility.js'
import { schemaText } from '../../avro/print-schema.js'
import { describeIncompatibility } from './compatibility-message.js'
import { failures } from './failure.js'
import {
  contentKey,
  schemaContent,
  type SchemaContent,
  type SchemaReference,
  type SchemaType,
} from './schema-content.js'

export type RegistryMode = 'READWRITE' | 'READONLY' | 'READONLY_OVERRIDE' | 'IMPORT'

export interface SubjectVersion {
  readonly subject: string
  readonly version: number
  readonly id: number
  readonly deleted: boolean
}

/** A schema as requests carry it. */
export interface SchemaRequest {
  readonly schema: string
  readonly schemaType?: SchemaType
  readonly references?: readonly SchemaReference[]
  /** In mode IMPORT only. */
  readonly id?: number
  readonly version?: number
}

export interface RegistrySnapshot {
  readonly schemas: readonly (Omit<SchemaContent, 'schema'> & { readonly id: number })[]
  readonly versions: readonly SubjectVersion[]
  readonly levels: readonly (readonly [subject: string, level: CompatibilityLevel])[]
  readonly modes: readonly (readonly [subject: string, mode: RegistryMode])[]
  readonly nextId: number
}

/** Key of the global level and mode, which no subject can have. */
const everywhere = ''

export class RegistryStore {
  private schemas = new Map<number, SchemaContent>()
  private ids = new Map<string, number>()
  private versions: SubjectVersion[] = []
  private levels = new Map<string, CompatibilityLevel>([[everywhere, 'BACKWARD']])
  private modes = new Map<string, RegistryMode>([[everywhere, 'READWRITE']])
  private nextId = 1

  // Reading

  subjects(options: { prefix?: string; deleted?: boolean; deletedOnly?: boolean } = {}): readonly string[] {
    const all = [...new Set(this.versions.map((entry) => entry.subject))]
    const alive = new Set(this.versions.filter((entry) => !entry.deleted).map((entry) => entry.subject))
    const kept = all.filter((subject) => {
      if (options.deletedOnly === true) return !alive.has(subject)
      return options.deleted === true || alive.has(subject)
    })
    return kept.filter((subject) => subject.startsWith(options.prefix ?? '')).sort()
  }

  /** Oldest first; empty for an unknown subject. */
  versionsOf(subject: string, deleted = false): readonly SubjectVersion[] {
    return this.versions
      .filter((entry) => entry.subject === subject && (deleted || !entry.deleted))
      .sort((a, b) => a.version - b.version)
  }

  /** @throws RegistryFailure 40401, 40402 */
  version(subject: string, version: number | 'latest', deleted = false): SubjectVersion {
    const versions = this.versionsOf(subject, deleted)
    if (versions.length === 0) throw failures.subjectNotFound(subject)
    const found = version === 'latest' ? versions.at(-1) : versions.find((entry) => entry.version === version)
    if (found === undefined) throw failures.versionNotFound(version)
    return found
  }

  allVersions(deleted: boolean): readonly SubjectVersion[] {
    return this.versions.filter((entry) => deleted || !entry.deleted)
  }

  /** @throws RegistryFailure 40403 */
  content(id: number): SchemaContent {
    const content = this.schemas.get(id)
    if (content === undefined) throw failures.schemaNotFound(`Schema ${id} not found`)
    return content
  }

  /** The text with all references written out. */
  resolvedText(id: number): string {
    const { schema, text } = this.content(id)
    return schema === undefined ? text : schemaText(schema)
  }

  /** Ids of schemas that refer to a version. */
  referencedBy(subject: string, version: number): readonly number[] {
    const alive = new Set(this.allVersions(false).map((entry) => entry.id))
    return [...this.schemas]
      .filter(([id, content]) => alive.has(id) && refersTo(content, subject, version))
      .map(([id]) => id)
      .sort((a, b) => a - b)
  }

  /** @throws RegistryFailure 40401, 40403, 42201 */
  lookup(subject: string, request: SchemaRequest, deleted = false): SubjectVersion {
    const versions = this.versionsOf(subject, deleted)
    if (versions.length === 0) throw failures.subjectNotFound(subject)
    const id = this.ids.get(contentKey(this.parse(request)))
    const found = versions.findLast((entry) => entry.id === id)
    if (found === undefined) throw failures.schemaNotFound()
    return found
  }

  // Writing

  /** @throws RegistryFailure 409, 42201, 42205 */
  register(subject: string, request: SchemaRequest): number {
    const mode = this.mode(subject) ?? this.mode() ?? 'READWRITE'
    if (mode === 'READONLY' || mode === 'READONLY_OVERRIDE') {
      throw failures.notPermitted(`Subject ${subject} is in read-only mode`)
    }
    if (request.id !== undefined && request.id >= 0 && mode !== 'IMPORT') {
      throw failures.notPermitted(`Subject ${subject} is not in import mode`)
    }
    const content = this.parse(request)
    const known = this.ids.get(contentKey(content))
    const same = this.versionsOf(subject).find((entry) => entry.id === known)
    if (same !== undefined && request.id === undefined) return same.id
    if (mode !== 'IMPORT') {
      const problems = this.incompatibilities(subject, content, this.compared(subject))
      if (problems.length > 0) throw failures.incompatible(subject, problems)
    }
    const id = request.id ?? known ?? this.nextId
    const holder = this.schemas.get(id)
    if (holder !== undefined && contentKey(holder) !== contentKey(content)) {
      throw failures.notPermitted(`Overwrite new schema with id ${id} is not permitted`)
    }
    const last = this.versionsOf(subject, true).at(-1)?.version ?? 0
    this.store(id, content)
    this.versions.push({ subject, version: request.version ?? last + 1, id, deleted: false })
    return id
  }

  /** What stands against a schema; `version`: against that one only, else against what the level asks for. */
  testCompatibility(subject: string, request: SchemaRequest, version?: number | 'latest'): readonly string[] {
    const compared = version === undefined ? this.compared(subject) : [this.version(subject, version)]
    return this.incompatibilities(subject, this.parse(request), compared)
  }

  deleteVersion(subject: string, version: number | 'latest', permanent: boolean): number {
    const found = this.version(subject, version, true)
    if (permanent && !found.deleted) throw failures.versionNotSoftDeleted(subject, found.version)
    if (!permanent && found.deleted) throw failures.versionSoftDeleted(subject, found.version)
    this.refuseReferenced(found)
    this.remove([found], permanent)
    return found.version
  }

  deleteSubject(subject: string, permanent: boolean): readonly number[] {
    const all = this.versionsOf(subject, true)
    if (all.length === 0) throw failures.subjectNotFound(subject)
    const alive = all.filter((entry) => !entry.deleted)
    if (permanent && alive.length > 0) throw failures.subjectNotSoftDeleted(subject)
    if (!permanent && alive.length === 0) throw failures.subjectSoftDeleted(subject)
    const removed = permanent ? all : alive
    for (const entry of removed) this.refuseReferenced(entry)
    this.remove(removed, permanent)
    this.levels.delete(subject)
    this.modes.delete(subject)
    return removed.map((entry) => entry.version)
  }

  /** Of a subject's own, or the global one without a subject. */
  level(subject: string = everywhere): CompatibilityLevel | undefined {
    return this.levels.get(subject)
  }

  mode(subject: string = everywhere): RegistryMode | undefined {
    return this.modes.get(subject)
  }

  setLevel(level: CompatibilityLevel | undefined, subject: string = everywhere): void {
    if (level !== undefined) this.levels.set(subject, level)
    else if (subject === everywhere) this.levels.set(subject, 'BACKWARD')
    else this.levels.delete(subject)
  }

  setMode(mode: RegistryMode | undefined, subject: string = everywhere, force = false): void {
    if (
      mode === 'IMPORT' &&
      !force &&
      this.allVersions(false).some((v) => subject === everywhere || v.subject === subject)
    ) {
      throw failures.notPermitted('Cannot import since found existing subjects')
    }
    if (mode !== undefined) this.modes.set(subject, mode)
    else if (subject === everywhere) this.modes.set(subject, 'READWRITE')
    else this.modes.delete(subject)
  }

  // As a whole

  snapshot(): RegistrySnapshot {
    return {
      schemas: [...this.schemas].map(([id, { type, text, references }]) => ({ id, type, text, references })),
      versions: [...this.versions],
      levels: [...this.levels],
      modes: [...this.modes],
      nextId: this.nextId,
    }
  }

  restore(snapshot: RegistrySnapshot): void {
    this.schemas = new Map()
    this.ids = new Map()
    this.versions = [...snapshot.versions]
    this.levels = new Map(snapshot.levels)
    this.modes = new Map(snapshot.modes)
    // By id: a schema is registered after those that it refers to.
    for (const { id, type, text, references } of [...snapshot.schemas].sort((a, b) => a.id - b.id)) {
      this.store(
        id,
        schemaContent(type, text, references, (wanted) => this.referenceTexts(wanted)),
      )
    }
    this.nextId = snapshot.nextId
  }

  private parse(request: SchemaRequest): SchemaContent {
    const { schema, schemaType = 'AVRO', references = [] } = request
    return schemaContent(schemaType, schema, references, (wanted) => this.referenceTexts(wanted))
  }

  private referenceTexts(references: readonly SchemaReference[]): readonly string[] {
    const texts = new Set<string>()
    const visit = (reference: SchemaReference): void => {
      const found = this.versionsOf(reference.subject, true).find((entry) => entry.version === reference.version)
      if (found === undefined) {
        throw failures.invalidSchema(`no schema reference found for ${reference.subject} version ${reference.version}`)
      }
      const content = this.content(found.id)
      for (const inner of content.references) visit(inner)
      texts.add(content.text)
    }
    for (const reference of references) visit(reference)
    return [...texts]
  }

  private store(id: number, content: SchemaContent): void {
    this.schemas.set(id, content)
    this.ids.set(contentKey(content), id)
    this.nextId = Math.max(this.nextId, id + 1)
  }

  private remove(removed: readonly SubjectVersion[], permanent: boolean): void {
    const gone = new Set(removed)
    this.versions = this.versions.flatMap((entry) => {
      if (!gone.has(entry)) return [entry]
      return permanent ? [] : [{ ...entry, deleted: true }]
    })
    const used = new Set(this.versions.map((entry) => entry.id))
    for (const [id, content] of this.schemas) {
      if (used.has(id)) continue
      this.schemas.delete(id)
      this.ids.delete(contentKey(content))
    }
  }

  private refuseReferenced({ subject, version }: SubjectVersion): void {
    if (this.referencedBy(subject, version).length > 0) throw failures.referenced(subject, version)
  }

  /** The versions that the level of a subject compares with. */
  private compared(subject: string): readonly SubjectVersion[] {
    const versions = this.versionsOf(subject)
    return this.effectiveLevel(subject).endsWith('_TRANSITIVE') ? versions : versions.slice(-1)
  }

  private effectiveLevel(subject: string): CompatibilityLevel {
    return this.level(subject) ?? this.level() ?? 'BACKWARD'
  }

  private incompatibilities(
    subject: string,
    content: SchemaContent,
    old: readonly SubjectVersion[],
  ): readonly string[] {
    const level = this.effectiveLevel(subject)
    if (level === 'NONE') return []
    const messages: string[] = []
    for (const entry of old) {
      const before = this.content(entry.id)
      if (before.type !== content.type) messages.push('Incompatible because of different schema type')
      // Rules for JSON Schema and Protobuf are not built in: versions of those are taken as compatible.
      if (before.schema === undefined || content.schema === undefined) continue
      const problems = checkCompatibility(content.schema, [before.schema], level)
      if (problems.length === 0) continue
      messages.push(...problems.map(describeIncompatibility))
      messages.push(
        `{oldSchemaVersion: ${entry.version}}`,
        `{oldSchema: '${before.text}'}`,
        `{compatibility: '${level}'}`,
      )
    }
    return messages
  }
}

function refersTo(content: SchemaContent, subject: string, version: number): boolean {
  return content.references.some((reference) => reference.subject === subject && reference.version === version)
}
