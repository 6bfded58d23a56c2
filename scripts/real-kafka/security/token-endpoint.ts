/** An OAuth 2 token endpoint on loopback that gives signed tokens for client credentials, and its keys as Kafka reads them. */
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'

export interface TokenEndpoint {
  readonly url: string
  /** JSON Web Key Set. */
  readonly keys: string
  readonly audience: string
  /** How many tokens it has given. */
  readonly given: () => number
  /** A token that the brokers take, or not. */
  readonly token: (subject: string, lifeSeconds: number) => string
  readonly close: () => Promise<void>
}

const AUDIENCE = 'kafka'
const KEY_ID = 'test'

/** `clients`: secrets by client id, which becomes the subject. */
export async function startTokenEndpoint(
  clients: Readonly<Record<string, string>>,
  lifeSeconds: number,
): Promise<TokenEndpoint> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const token = (subject: string, seconds: number): string => {
    const now = Math.floor(Date.now() / 1000)
    const head = { alg: 'ES256', typ: 'JWT', kid: KEY_ID }
    const claims = { sub: subject, aud: AUDIENCE, iat: now - 1, exp: now + seconds, scope: 'kafka', jti: randomUUID() }
    const signed = `${encode(head)}.${encode(claims)}`
    const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' })
    return `${signed}.${signature.toString('base64url')}`
  }
  let given = 0
  const server = createServer((request, response) => {
    const client = clientOf(request)
    request.resume()
    const isKnown = client !== undefined && clients[client.id] === client.secret
    response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' })
    if (isKnown) given++
    const answer = isKnown
      ? { access_token: token(client.id, lifeSeconds), token_type: 'Bearer', expires_in: lifeSeconds }
      : { error: 'invalid_client' }
    response.end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the token endpoint has no port')
  return {
    url: `http://127.0.0.1:${address.port}/token`,
    keys: JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: KEY_ID, alg: 'ES256', use: 'sig' }] }),
    audience: AUDIENCE,
    given: () => given,
    token,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

function clientOf({ headers }: IncomingMessage): { readonly id: string; readonly secret: string } | undefined {
  const match = /^Basic (.+)$/.exec(headers.authorization ?? '')
  if (match?.[1] === undefined) return undefined
  const [id = '', secret = ''] = Buffer.from(match[1], 'base64').toString().split(':').map(decodeURIComponent)
  return { id, secret }
}
