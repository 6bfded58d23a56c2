/** The REST API of Confluent's registry over a RegistryStore: paths, parameters and shapes of answers. */
import { isCompatibilityLevel, type CompatibilityLevel } from '../../avro/compatibility.js'
import { failures, RegistryFailure } from './failure.js'
import { schemaRequest, type RequestBody } from './request-body.js'
import type { RegistryMode, RegistryStore, SubjectVersion } from './store.js'

export interface RegistryRequest {
  readonly method: string
  /** Decoded segments of the path below the base. */
  readonly segments: readonly string[]
  readonly query: URLSearchParams
  readonly body: RequestBody
}

/** JSON of the answer; status 200. @throws RegistryFailure */
export function answer(store: RegistryStore, request: RegistryRequest): unknown {
  const [resource, ...rest] = request.segments
  const inner = { ...request, segments: rest }
  switch (resource) {
    case undefined:
      return request.method === 'GET' ? {} : methodNotAllowed()
    case 'subjects':
      return subjects(store, inner)
    case 'schemas':
      return schemas(store, inner)
    case 'compatibility':
      return compatibility(store, inner)
    case 'config':
      return config(store, inner)
    case 'mode':
      return mode(store, inner)
    case 'contexts':
      return contexts(store)
    default:
      return notFound()
  }
}

function subjects(store: RegistryStore, { method, segments, query, body }: RegistryRequest): unknown {
  const [subject, versions, versionText, last] = segments
  const deleted = flag(query, 'deleted')
  const permanent = flag(query, 'permanent')
  if (subject === undefined) {
    const prefix = query.get('subjectPrefix')
    return store.subjects({ deleted, deletedOnly: flag(query, 'deletedOnly'), ...(prefix === null ? {} : { prefix }) })
  }
  if (versions === undefined) {
    if (method === 'DELETE') return store.deleteSubject(subject, permanent)
    if (method === 'POST') return versionAnswer(store, store.lookup(subject, schemaRequest(body), deleted))
    return methodNotAllowed()
  }
  if (versions !== 'versions') return notFound()
  if (versionText === undefined) {
    if (method === 'POST') return { id: store.register(subject, schemaRequest(body)) }
    const found = store.versionsOf(subject, deleted)
    if (found.length === 0) throw failures.subjectNotFound(subject)
    return found.map((entry) => entry.version)
  }
  const version = parseVersion(versionText)
  if (method === 'DELETE') return store.deleteVersion(subject, version, permanent)
  const found = store.version(subject, version, deleted)
  if (last === 'schema') return JSON.parse(store.content(found.id).text) as unknown
  if (last === 'referencedby') return store.referencedBy(subject, found.version)
  return last === undefined ? versionAnswer(store, found, query.get('format')) : notFound()
}

function schemas(store: RegistryStore, { segments, query }: RegistryRequest): unknown {
  const [kind, idText, last] = segments
  const deleted = flag(query, 'deleted')
  if (kind === undefined) {
    const prefix = query.get('subjectPrefix') ?? ''
    const found = store.subjects({ prefix, deleted }).flatMap((subject) => {
      const versions = store.versionsOf(subject, deleted)
      return flag(query, 'latestOnly') ? versions.slice(-1) : versions
    })
    return found.map((entry) => versionAnswer(store, entry))
  }
  if (kind === 'types') return ['JSON', 'PROTOBUF', 'AVRO']
  if (kind !== 'ids' || idText === undefined) return notFound()
  const id = Number(idText)
  const content = store.content(id)
  const users = store.allVersions(deleted).filter((entry) => entry.id === id)
  switch (last) {
    case undefined:
      return schemaAnswer(store, id, query.get('format'))
    case 'schema':
      return JSON.parse(content.text) as unknown
    case 'subjects':
      return [...new Set(users.map((entry) => entry.subject))].sort()
    case 'versions':
      return users.map(({ subject, version }) => ({ subject, version }))
    default:
      return notFound()
  }
}

function compatibility(store: RegistryStore, { method, segments, query, body }: RegistryRequest): unknown {
  const [kind, subject, versions, versionText] = segments
  if (kind !== 'subjects' || subject === undefined || versions !== 'versions') return notFound()
  if (method !== 'POST') return methodNotAllowed()
  const version = versionText === undefined ? undefined : parseVersion(versionText)
  const messages = store.testCompatibility(subject, schemaRequest(body), version)
  return { is_compatible: messages.length === 0, ...(flag(query, 'verbose') ? { messages } : {}) }
}

function config(store: RegistryStore, { method, segments, query, body }: RegistryRequest): unknown {
  const [subject] = segments
  if (method === 'PUT') {
    const level = typeof body['compatibility'] === 'string' ? body['compatibility'].toUpperCase() : undefined
    if (!isCompatibilityLevel(level)) throw failures.invalidLevel()
    store.setLevel(level, subject)
    return { compatibility: level }
  }
  const level: CompatibilityLevel | undefined =
    store.level(subject) ?? (flag(query, 'defaultToGlobal') ? store.level() : undefined)
  if (level === undefined) throw failures.noSubjectConfig(subject ?? '')
  if (method === 'DELETE') store.setLevel(undefined, subject)
  return { compatibilityLevel: level }
}

const modes: readonly RegistryMode[] = ['READWRITE', 'READONLY', 'READONLY_OVERRIDE', 'IMPORT']

function mode(store: RegistryStore, { method, segments, query, body }: RegistryRequest): unknown {
  const [subject] = segments
  if (method === 'PUT') {
    const wanted = modes.find((name) => name === body['mode'])
    if (wanted === undefined) throw failures.invalidMode()
    store.setMode(wanted, subject, flag(query, 'force'))
    return { mode: wanted }
  }
  const found = store.mode(subject) ?? (flag(query, 'defaultToGlobal') ? store.mode() : undefined)
  if (found === undefined) throw failures.noSubjectMode(subject ?? '')
  if (method === 'DELETE') store.setMode(undefined, subject)
  return { mode: found }
}

/** A subject `:.name:rest` is in the context `.name`; all contexts share one space of ids here. */
function contexts(store: RegistryStore): unknown {
  const names = store.subjects().map((subject) => /^:(\.[^:]*):/.exec(subject)?.[1] ?? '.')
  return [...new Set(['.', ...names])].sort()
}

function schemaAnswer(store: RegistryStore, id: number, format: string | null): Record<string, unknown> {
  const { type, text, references } = store.content(id)
  return {
    ...(type === 'AVRO' ? {} : { schemaType: type }),
    schema: format === 'resolved' ? store.resolvedText(id) : text,
    ...(references.length === 0 ? {} : { references }),
  }
}

function versionAnswer(store: RegistryStore, entry: SubjectVersion, format: string | null = null): unknown {
  const { subject, version, id } = entry
  return { subject, version, id, ...schemaAnswer(store, id, format) }
}

function parseVersion(text: string): number | 'latest' {
  if (text === 'latest' || text === '-1') return 'latest'
  const version = Number(text)
  if (!/^\d+$/.test(text) || version < 1 || version > 0x7fffffff) throw failures.invalidVersion(text)
  return version
}

function flag(query: URLSearchParams, name: string): boolean {
  return query.get(name) === 'true'
}

function notFound(): never {
  throw new RegistryFailure(404, 404, 'HTTP 404 Not Found')
}

function methodNotAllowed(): never {
  throw new RegistryFailure(405, 405, 'HTTP 405 Method Not Allowed')
}
