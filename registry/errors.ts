/** What can go wrong with a schema registry, in words that say where and what to do. */

export type RegistryErrorKind =
  /** No connection: wrong host or port, or the registry is down. */
  | 'unreachable'
  | 'timeout'
  /** 401, 403. */
  | 'unauthorized'
  | 'not-found'
  /** 409. */
  | 'incompatible'
  /** 422 and other refusals of what was sent. */
  | 'invalid'
  /** 429, after all attempts. */
  | 'rate-limited'
  /** 5xx, after all attempts. */
  | 'server'
  /** The answer is not that of a Confluent-compatible registry. */
  | 'protocol'
  | 'aborted'

export interface RegistryErrorDetails {
  readonly kind: RegistryErrorKind
  /** `GET /subjects`, without host and credentials. */
  readonly request: string
  /** Base URL without credentials. */
  readonly url: string
  /** HTTP status, when there was an answer. */
  readonly status?: number
  /** The registry's own code, like 40401. */
  readonly errorCode?: number
  readonly help?: string
  readonly cause?: unknown
}

export class RegistryError extends Error {
  override readonly name = 'RegistryError'
  readonly kind: RegistryErrorKind
  readonly request: string
  readonly url: string
  readonly status: number | undefined
  readonly errorCode: number | undefined
  /** What to do about it. */
  readonly help: string | undefined

  constructor(message: string, details: RegistryErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.kind = details.kind
    this.request = details.request
    this.url = details.url
    this.status = details.status
    this.errorCode = details.errorCode
    this.help = details.help
  }
}

/** The registry's codes that callers act upon. */
export const errorCodes = {
  subjectNotFound: 40401,
  versionNotFound: 40402,
  schemaNotFound: 40403,
  noSubjectConfig: 40408,
  invalidSchema: 42201,
  notPermitted: 42205,
} as const

export function isNotFound(error: unknown): error is RegistryError {
  return error instanceof RegistryError && error.kind === 'not-found'
}
