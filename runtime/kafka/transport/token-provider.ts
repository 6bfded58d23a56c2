/**
 * Tokens for SASL OAUTHBEARER: as they are given, or from an OAuth 2 endpoint by client credentials (RFC 6749, 4.4), kept
 * until shortly before they run out. Settings are plain data, since each executor thread connects by itself.
 */

export interface TokenSource {
  readonly url: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scope?: string | undefined
}

interface Token {
  readonly value: string
}

/** No token from the endpoint; `retriable` unless it has refused us. */
export class TokenEndpointError extends Error {
  override readonly name = 'TokenEndpointError'

  constructor(
    message: string,
    readonly retriable: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

const TIMEOUT_MS = 10_000
/** Of its life, how much of it a token is used: a connection should not begin with one about to expire. */
const USED_LIFE = 0.8

export const tokenProvider = (source: string | TokenSource): (() => Promise<Token>) => {
  if (typeof source === 'string') return () => Promise.resolve({ value: source })
  let kept: Promise<Token> | undefined
  let until = 0
  return () => {
    if (kept !== undefined && Date.now() < until) return kept
    until = Infinity
    kept = askFor(source).then(
      ({ value, lifeMs }) => {
        until = Date.now() + USED_LIFE * lifeMs
        return { value }
      },
      (error: unknown) => {
        kept = undefined
        throw error
      },
    )
    return kept
  }
}

const askFor = async (source: TokenSource): Promise<Token & { readonly lifeMs: number }> => {
  const { url, clientId, clientSecret, scope } = source
  const credentials = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`
  let response: Response
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}`, accept: 'application/json' },
      body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope === undefined ? {} : { scope }) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
  } catch (error) {
    throw new TokenEndpointError(`the token endpoint ${url} does not answer: ${String(error)}`, true, { cause: error })
  }
  const text = await response.text()
  if (!response.ok) {
    const mayPass = response.status >= 500 || response.status === 429 || response.status === 408
    throw new TokenEndpointError(`the token endpoint ${url} answers ${response.status}: ${text.slice(0, 200)}`, mayPass)
  }
  const { token, seconds } = parse(text)
  if (token === undefined)
    throw new TokenEndpointError(`the token endpoint ${url} answers without an access_token`, false)
  return { value: token, lifeMs: seconds * 1000 }
}

const parse = (text: string): { readonly token: string | undefined; readonly seconds: number } => {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return { token: undefined, seconds: 0 }
  }
  if (typeof body !== 'object' || body === null) return { token: undefined, seconds: 0 }
  const token: unknown = Reflect.get(body, 'access_token')
  const seconds: unknown = Reflect.get(body, 'expires_in')
  // Who does not say how long gets asked for each connection.
  return { token: typeof token === 'string' ? token : undefined, seconds: typeof seconds === 'number' ? seconds : 0 }
}
