/**
 * Thin client of a Confluent-compatible schema registry, for builds and tools: versions, texts, references,
 * compatibility. Answers are checked, since proxies and other services answer too. What runs in production uses
 * runtime/registry instead.
 */
import { isCompatibilityLevel, type CompatibilityLevel } from '../avro/compatibility.js'
import { isNotFound, RegistryError } from './errors.js'
import { RegistryHttp, type RegistryClientOptions } from './http-client.js'

export type SchemaType = 'AVRO' | 'JSON' | 'PROTOBUF'

export interface SchemaReference {
  /** How the referring schema calls it: for Avro the full name of the type. */
  readonly name: string
  readonly subject: string
  readonly version: number
}

/** A schema to look up, to test or to register. */
export interface SchemaText {
  readonly schema: string
  /** Default AVRO. */
  readonly type?: SchemaType
  readonly references?: readonly SchemaReference[]
}

export interface RegisteredVersion {
  readonly subject: string
  readonly version: number
  readonly id: number
  readonly type: SchemaType
  readonly schema: string
  readonly references: readonly SchemaReference[]
}

export interface CompatibilityAnswer {
  readonly compatible: boolean
  /** Reasons; registries other than Confluent's may give none. */
  readonly messages: readonly string[]
}

/** Close it when done: it keeps connections. All methods throw RegistryError. */
export class RegistryClient implements Disposable {
  private readonly http: RegistryHttp

  constructor(options: RegistryClientOptions) {
    this.http = new RegistryHttp(options)
  }

  /** Base URL without credentials. */
  get url(): string {
    return this.http.url
  }

  close(): void {
    this.http.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /** Sorted. */
  async subjects(): Promise<readonly string[]> {
    return (await this.get('/subjects', isListOf(isText))).toSorted()
  }

  /** Version numbers, ascending. */
  async versions(subject: string): Promise<readonly number[]> {
    const versions = await this.get(`/subjects/${encodeURIComponent(subject)}/versions`, isListOf(isNumber))
    return versions.toSorted((a, b) => a - b)
  }

  async version(subject: string, version: number | 'latest'): Promise<RegisteredVersion> {
    return registered(await this.get(`/subjects/${encodeURIComponent(subject)}/versions/${version}`, isVersion))
  }

  /** A schema by its id, which messages carry. */
  async schemaById(id: number): Promise<SchemaText> {
    const { schema, schemaType, references } = await this.get(`/schemas/ids/${id}`, isSchema)
    return { schema, type: schemaType ?? 'AVRO', references: references ?? [] }
  }

  /** The version of a subject with exactly this schema, or undefined when there is none. */
  async lookup(subject: string, text: SchemaText): Promise<RegisteredVersion | undefined> {
    try {
      const path = `/subjects/${encodeURIComponent(subject)}`
      return registered(this.check('POST', path, await this.http.request('POST', path, bodyOf(text)), isVersion))
    } catch (error) {
      if (isNotFound(error)) return undefined
      throw error
    }
  }

  /** Whether a schema may follow as the next version; undefined when the subject does not exist yet. */
  async testCompatibility(subject: string, text: SchemaText): Promise<CompatibilityAnswer | undefined> {
    // Registries differ on unknown subjects in the compatibility resource, so they are asked for first.
    try {
      await this.versions(subject)
    } catch (error) {
      if (isNotFound(error)) return undefined
      throw error
    }
    const path = `/compatibility/subjects/${encodeURIComponent(subject)}/versions?verbose=true`
    const answer = this.check('POST', path, await this.http.request('POST', path, bodyOf(text)), isCompatibility)
    return { compatible: answer.is_compatible, messages: answer.messages ?? [] }
  }

  /** Registers a schema and returns its id; an equal one keeps its id and version. */
  async register(subject: string, text: SchemaText): Promise<number> {
    const path = `/subjects/${encodeURIComponent(subject)}/versions`
    return this.check('POST', path, await this.http.request('POST', path, bodyOf(text)), hasId).id
  }

  /** The level in force for a subject: its own, else the global one. */
  async compatibilityLevel(subject: string): Promise<CompatibilityLevel> {
    const path = `/config/${encodeURIComponent(subject)}?defaultToGlobal=true`
    const level = (await this.get(path, hasLevel)).compatibilityLevel
    return isCompatibilityLevel(level) ? level : 'NONE'
  }

  private async get<T>(path: string, guard: (json: unknown) => json is T): Promise<T> {
    return this.check('GET', path, await this.http.request('GET', path), guard)
  }

  private check<T>(method: string, path: string, json: unknown, guard: (json: unknown) => json is T): T {
    if (guard(json)) return json
    throw new RegistryError(`schema registry ${this.url}: unexpected answer to ${method} ${path}`, {
      kind: 'protocol',
      request: `${method} ${path}`,
      url: this.url,
      help: 'registry.url must lead to a Confluent-compatible registry',
    })
  }
}

function bodyOf({ schema, type = 'AVRO', references = [] }: SchemaText): object {
  return {
    schema,
    ...(type === 'AVRO' ? {} : { schemaType: type }),
    ...(references.length === 0 ? {} : { references }),
  }
}

interface VersionAnswer {
  readonly subject: string
  readonly version: number
  readonly id: number
  readonly schema: string
  readonly schemaType?: SchemaType
  readonly references?: readonly SchemaReference[] | null
}

function registered(answer: VersionAnswer): RegisteredVersion {
  const { subject, version, id, schema, schemaType = 'AVRO', references } = answer
  const kept = (references ?? []).map((reference) => ({
    name: reference.name,
    subject: reference.subject,
    version: reference.version,
  }))
  return { subject, version, id, type: schemaType, schema, references: kept }
}

function isText(json: unknown): json is string {
  return typeof json === 'string'
}

function isNumber(json: unknown): json is number {
  return typeof json === 'number'
}

function isListOf<T>(guard: (json: unknown) => json is T): (json: unknown) => json is readonly T[] {
  return (json): json is readonly T[] => Array.isArray(json) && json.every(guard)
}

function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}

function isReference(json: unknown): json is SchemaReference {
  return isObject(json) && isText(json['name']) && isText(json['subject']) && isNumber(json['version'])
}

function isSchema(json: unknown): json is Pick<VersionAnswer, 'schema' | 'schemaType' | 'references'> {
  return isObject(json) && isVersion({ ...json, subject: '', version: 0, id: 0 })
}

function isVersion(json: unknown): json is VersionAnswer {
  if (!isObject(json)) return false
  const { subject, version, id, schema, schemaType, references } = json
  const typed = schemaType === undefined || schemaType === 'AVRO' || schemaType === 'JSON' || schemaType === 'PROTOBUF'
  const referring = references === undefined || references === null || isListOf(isReference)(references)
  return isText(subject) && isNumber(version) && isNumber(id) && isText(schema) && typed && referring
}

function isCompatibility(json: unknown): json is { is_compatible: boolean; messages?: readonly string[] } {
  if (!isObject(json) || typeof json['is_compatible'] !== 'boolean') return false
  return json['messages'] === undefined || isListOf(isText)(json['messages'])
}

function hasId(json: unknown): json is { id: number } {
  return isObject(json) && isNumber(json['id'])
}

function hasLevel(json: unknown): json is { compatibilityLevel: string } {
  return isObject(json) && isText(json['compatibilityLevel'])
}
