/**
 * Requests to a registry as the client makes them: base path, credentials, retries, JSON, and errors with a meaning.
 * Every request of ours may be repeated: reads, look-ups, checks, and registering, which gives an equal schema its id.
 */
import { Buffer } from 'node:buffer'
import { RegistryError, type RegistryErrorDetails, type RegistryErrorKind } from './errors.js'
import { delayBefore, isRetriable, parseRetryAfter, systemClock, type Clock } from './retry.js'
import { HttpTransport, RequestTimeout, type HttpResponse } from './transport.js'

/** Basic authentication, or a bearer token. */
export type RegistryCredentials =
  { readonly basic: { readonly username: string; readonly password: string } } | { readonly bearer: string }

export interface RegistryClientOptions {
  /** Base URL, with base path where the registry has one; may hold `user:password@`. */
  readonly url: string
  readonly auth?: RegistryCredentials | undefined
  /** PEM text of a certificate authority. */
  readonly ca?: string | undefined
  /** For one attempt, in ms. Default 10,000. */
  readonly timeout?: number | undefined
  /** Further attempts after a time-out, a lost connection, a 5xx or a 429. Default 4. */
  readonly retries?: number | undefined
  /** Ends everything that is under way. */
  readonly signal?: AbortSignal | undefined
  readonly clock?: Clock | undefined
}

const contentType = 'application/vnd.schemaregistry.v1+json'

export class RegistryHttp {
  /** Base URL without credentials. */
  readonly url: string
  private readonly transport: HttpTransport
  private readonly headers: Readonly<Record<string, string>>
  private readonly clock: Clock

  /** @throws RegistryError when the URL is none. */
  constructor(private readonly options: RegistryClientOptions) {
    const base = parseBase(options.url)
    const authorization = authorizationOf(options.auth, base)
    this.headers = {
      Accept: `${contentType}, application/json`,
      ...(authorization === undefined ? {} : { Authorization: authorization }),
    }
    base.username = ''
    base.password = ''
    this.url = base.href.replace(/\/+$/, '')
    this.transport = new HttpTransport(options.ca)
    this.clock = options.clock ?? systemClock
  }

  close(): void {
    this.transport.close()
  }

  /** The answer as JSON. @throws RegistryError */
  async request(method: string, path: string, body?: unknown): Promise<unknown> {
    const attempts = 1 + (this.options.retries ?? 4)
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.attempt(method, path, body)
      if (!(outcome instanceof Failure)) return outcome.json
      const pause = outcome.retriable && attempt < attempts ? delayBefore(attempt, outcome.retryAfterMs) : undefined
      if (pause === undefined) throw outcome.error(attempt)
      try {
        await this.clock.sleep(pause, this.options.signal)
      } catch (cause) {
        throw new RegistryError(`${method} ${path} was aborted`, { ...this.at(method, path), kind: 'aborted', cause })
      }
    }
  }

  private async attempt(method: string, path: string, body: unknown): Promise<{ json: unknown } | Failure> {
    const at = this.at(method, path)
    const timeoutMs = this.options.timeout ?? 10_000
    let response: HttpResponse
    try {
      response = await this.transport.send({
        method,
        url: new URL(this.url + path),
        headers: { ...this.headers, ...(body === undefined ? {} : { 'Content-Type': contentType }) },
        body: body === undefined ? undefined : JSON.stringify(body),
        timeoutMs,
        signal: this.options.signal,
      })
    } catch (cause) {
      return connectionFailure(at, cause, timeoutMs, this.options.signal)
    }
    const json = parseJson(response.text)
    if (response.status >= 200 && response.status < 300 && json !== undefined) return { json }
    return statusFailure(at, response, json, this.clock.now())
  }

  private at(method: string, path: string): Place {
    return { url: this.url, request: `${method} ${path}` }
  }
}

type Place = Pick<RegistryErrorDetails, 'url' | 'request'>

/** A failed attempt. */
class Failure {
  constructor(
    readonly message: string,
    readonly details: RegistryErrorDetails,
    readonly retriable: boolean,
    readonly retryAfterMs?: number,
  ) {}

  error(attempts: number): RegistryError {
    const tried = attempts > 1 ? ` (after ${attempts} attempts)` : ''
    return new RegistryError(`schema registry ${this.details.url}: ${this.message}${tried}`, this.details)
  }
}

function connectionFailure(at: Place, cause: unknown, timeoutMs: number, signal: AbortSignal | undefined): Failure {
  if (signal?.aborted === true)
    return new Failure(`${at.request} was aborted`, { ...at, kind: 'aborted', cause }, false)
  if (cause instanceof RequestTimeout) {
    const help = 'raise registry.timeout in millrace.config.ts, or look why the registry is slow'
    return new Failure(
      `no answer to ${at.request} within ${timeoutMs} ms`,
      { ...at, kind: 'timeout', help, cause },
      true,
    )
  }
  const code: unknown = cause instanceof Error && 'code' in cause ? cause.code : undefined
  const reason = cause instanceof Error && cause.message !== '' ? cause.message : String(code ?? cause)
  const details: RegistryErrorDetails = { ...at, kind: 'unreachable', help: connectionHelp(code), cause }
  // A certificate does not become valid by asking again, nor does a name resolve that does not exist.
  const lasting = typeof code === 'string' && /CERT|SIGN|SSL|TLS|ENOTFOUND|EPROTO/.test(code)
  return new Failure(`${at.request} failed: ${reason}`, details, !lasting)
}

function connectionHelp(code: unknown): string {
  if (typeof code === 'string' && /CERT|SIGN/.test(code)) {
    return 'give the certificate authority of the registry as registry.ca in millrace.config.ts'
  }
  if (code === 'ENOTFOUND') return 'the host name does not resolve: check registry.url'
  return 'is the registry running, and registry.url right?'
}

function statusFailure(at: Place, response: HttpResponse, json: unknown, now: number): Failure {
  const { status, text } = response
  const body = typeof json === 'object' && json !== null ? (json as Readonly<Record<string, unknown>>) : {}
  const errorCode = typeof body['error_code'] === 'number' ? body['error_code'] : undefined
  const success = status >= 200 && status < 300
  // A page of a proxy or of another service: a 404 without code does not mean that a subject is missing.
  const foreign = success || (json === undefined && status < 500 && status !== 429 && status !== 401 && status !== 403)
  const kind: RegistryErrorKind = foreign ? 'protocol' : kindOf(status)
  const said = typeof body['message'] === 'string' ? body['message'] : text.slice(0, 200).replace(/\s+/g, ' ').trim()
  const message = foreign
    ? `${at.request} was not answered as by a Confluent-compatible registry (HTTP ${status}: ${said || 'no body'})`
    : `${at.request} was refused: ${said || 'no reason given'} (HTTP ${status}${codeText(errorCode, status)})`
  const help = helpFor(kind)
  const details: RegistryErrorDetails = {
    ...at,
    kind,
    status,
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(help === undefined ? {} : { help }),
  }
  return new Failure(message, details, isRetriable(status), parseRetryAfter(response.headers['retry-after'], now))
}

function codeText(errorCode: number | undefined, status: number): string {
  return errorCode === undefined || errorCode === status ? '' : `, code ${errorCode}`
}

function kindOf(status: number): RegistryErrorKind {
  if (status === 401 || status === 403) return 'unauthorized'
  if (status === 404) return 'not-found'
  if (status === 409) return 'incompatible'
  if (status === 429) return 'rate-limited'
  return status >= 500 ? 'server' : status >= 400 ? 'invalid' : 'protocol'
}

function helpFor(kind: RegistryErrorKind): string | undefined {
  switch (kind) {
    case 'protocol':
      return 'registry.url must hold the base path of the Confluent API, such as /apis/ccompat/v7 for Apicurio'
    case 'unauthorized':
      return 'set registry.auth in millrace.config.ts: { basic: { username, password } } or { bearer }'
    case 'rate-limited':
      return 'the registry limits requests: try again later'
    default:
      return undefined
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function parseBase(text: string): URL {
  const invalid = (cause?: unknown): RegistryError =>
    new RegistryError(`${JSON.stringify(text.replace(/\/\/[^@/]*@/, '//'))} is no URL of a schema registry`, {
      kind: 'invalid',
      request: '',
      url: '',
      help: 'registry.url looks like http://host:8081, with a base path where there is one',
      cause,
    })
  let url: URL
  try {
    url = new URL(text)
  } catch (cause) {
    throw invalid(cause)
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw invalid()
  url.search = ''
  url.hash = ''
  return url
}

function authorizationOf(auth: RegistryCredentials | undefined, url: URL): string | undefined {
  if (auth !== undefined && 'bearer' in auth) return `Bearer ${auth.bearer}`
  const { username, password } = auth?.basic ?? {
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  }
  if (username === '' && password === '') return undefined
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`
}
