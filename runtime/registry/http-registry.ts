/**
 * The runtime's registry over HTTP. Ids of known schemas are looked up by subject and schema; unknown writer schemas come
 * by their id (unknown-writers.ts). Ids that do not exist are remembered by the caller.
 */
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { schemaFingerprint } from '../../avro/fingerprint.js'
import { parseSchema } from '../../avro/parse-schema.js'
import type { AvroSchema } from '../../avro/schema.js'
import { getJson, postJson, type HttpTarget } from './http-json.js'
import type { UnknownWriters } from './unknown-writers.js'
import { RegistryError, type RuntimeRegistry, type WriterSchema } from './runtime-registry.js'

export interface HttpRegistryOptions {
  readonly url: string
  readonly auth?: { readonly username: string; readonly password: string } | { readonly token: string }
  /** PEM of the certificate authority, for https. */
  readonly ca?: string
  /** Of one request; default 10,000 ms. */
  readonly timeoutMs?: number
}

interface RegisteredVersion {
  readonly id: number
  readonly schema: string
  readonly references: readonly { readonly subject: string; readonly version: number }[]
}

const DEFAULT_TIMEOUT_MS = 10_000

export class HttpRegistry implements RuntimeRegistry {
  readonly #agent: HttpAgent | HttpsAgent
  readonly #target: HttpTarget
  #writers: Promise<UnknownWriters> | undefined

  constructor(options: HttpRegistryOptions) {
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS
    const agentOptions = { keepAlive: true, maxSockets: 8, ...(options.ca === undefined ? {} : { ca: options.ca }) }
    this.#agent = options.url.startsWith('https:') ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions)
    const authorization = authorizationOf(options)
    this.#target = { url: options.url.replace(/\/+$/, ''), agent: this.#agent, authorization, timeoutMs }
  }

  async findId(subject: string, schema: string, fingerprint: string): Promise<number | undefined> {
    const path = `/subjects/${encodeURIComponent(subject)}`
    const found = await postJson(this.#target, path, { schema })
    if (found !== undefined) return numberOf(found, 'id')
    return this.#findByFingerprint(path, fingerprint)
  }

  /** The package is loaded when it is needed first: it takes longer to load than everything else together. */
  async writer(id: number): Promise<WriterSchema | undefined> {
    this.#writers ??= import('./unknown-writers.js').then(({ openUnknownWriters }) => openUnknownWriters(this.#target))
    const writers = await this.#writers
    return writers.writer(id)
  }

  close(): void {
    this.#agent.destroy()
  }

  /** The registry holds the schema in another form: with references, or printed differently. */
  async #findByFingerprint(path: string, fingerprint: string): Promise<number | undefined> {
    const versions = await getJson(this.#target, `${path}/versions`)
    if (!Array.isArray(versions)) return undefined
    for (const version of versions) {
      if (typeof version !== 'number') continue
      const registered = await this.#version(`${path}/versions/${version}`)
      if (registered === undefined) continue
      const parsed = await this.#parse(registered)
      if (parsed !== undefined && schemaFingerprint(parsed) === fingerprint) return registered.id
    }
    return undefined
  }

  async #parse({ schema, references }: RegisteredVersion): Promise<AvroSchema | undefined> {
    const texts: string[] = []
    await this.#collectReferences(references, texts, new Set())
    const parsed = parseSchema(schema, { references: texts })
    return parsed.ok ? parsed.schema : undefined
  }

  /** Texts of all schemas referred to, each after those that it refers to itself. */
  async #collectReferences(
    references: RegisteredVersion['references'],
    texts: string[],
    seen: Set<string>,
  ): Promise<void> {
    for (const { subject, version } of references) {
      const key = `${subject} ${version}`
      if (seen.has(key)) continue
      seen.add(key)
      const registered = await this.#version(`/subjects/${encodeURIComponent(subject)}/versions/${version}`)
      if (registered === undefined) continue
      await this.#collectReferences(registered.references, texts, seen)
      texts.push(registered.schema)
    }
  }

  async #version(path: string): Promise<RegisteredVersion | undefined> {
    const found = await getJson(this.#target, path)
    if (found === undefined) return undefined
    const schema: unknown = property(found, 'schema')
    if (typeof schema !== 'string') throw new RegistryError(`${this.#target.url}${path}: no schema in the answer`, true)
    const references: unknown = property(found, 'references')
    return {
      id: numberOf(found, 'id'),
      schema,
      references: Array.isArray(references) ? references.map(referenceOf) : [],
    }
  }
}

const property = (value: unknown, name: string): unknown =>
  value !== null && typeof value === 'object' ? Reflect.get(value, name) : undefined

const numberOf = (value: unknown, name: string): number => {
  const found = property(value, name)
  if (typeof found !== 'number') throw new RegistryError(`the schema registry's answer lacks "${name}"`, true)
  return found
}

const referenceOf = (value: unknown): { readonly subject: string; readonly version: number } => ({
  subject: String(property(value, 'subject')),
  version: numberOf(value, 'version'),
})

const authorizationOf = ({ auth }: HttpRegistryOptions): string | undefined => {
  if (auth === undefined) return undefined
  if ('token' in auth) return `Bearer ${auth.token}`
  return `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`
}
