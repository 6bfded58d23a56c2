/**
 * Credentials as plain data, since each executor thread connects by itself, and what kafkajs makes of them. For tokens
 * the exchange is ours: kafkajs takes the answer of a broker that refuses one (RFC 7628, 3.2.2) for a yes.
 */
import type { AuthenticationProviderArgs, Authenticator, KafkaConfig } from 'kafkajs'
import { tokenProvider, type TokenSource } from './token-provider.js'

export interface PasswordCredentials {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  readonly username: string
  readonly password: string
}

export interface TokenCredentials {
  readonly mechanism: 'oauthbearer'
  readonly token: string | TokenSource
}

export type Credentials = PasswordCredentials | TokenCredentials

/** The broker does not take the token. */
export class TokenRefusedError extends Error {
  override readonly name = 'TokenRefusedError'
}

/** Of tokens and certificates, the brokers decide whose they are. */
export const principalOf = (credentials: Credentials | undefined): string | undefined =>
  credentials === undefined || credentials.mechanism === 'oauthbearer' ? undefined : `User:${credentials.username}`

export const saslOf = (credentials: Credentials): NonNullable<KafkaConfig['sasl']> => {
  switch (credentials.mechanism) {
    // Narrowed one by one, since kafkajs types them so.
    case 'plain':
      return { ...credentials, mechanism: credentials.mechanism }
    case 'scram-sha-256':
      return { ...credentials, mechanism: credentials.mechanism }
    case 'scram-sha-512':
      return { ...credentials, mechanism: credentials.mechanism }
    case 'oauthbearer': {
      const provide = tokenProvider(credentials.token)
      const authenticationProvider = (args: AuthenticationProviderArgs): Authenticator => ({
        authenticate: async () => {
          await exchangeToken(args, (await provide()).value)
        },
      })
      return { mechanism: credentials.mechanism, authenticationProvider }
    }
  }
}

const SEPARATOR = '\u0001'

const exchangeToken = async ({ saslAuthenticate }: AuthenticationProviderArgs, token: string): Promise<void> => {
  const say = (text: string): Promise<string | undefined> =>
    saslAuthenticate({
      request: { encode: () => withLength(text) },
      response: { decode: (answer) => answer, parse: (answer) => answer.toString('utf8', LENGTH_BYTES) },
    }).then((answer) => answer ?? undefined)
  const challenge = await say(`n,,${SEPARATOR}auth=Bearer ${token}${SEPARATOR}${SEPARATOR}`)
  if (challenge === undefined || challenge === '') return
  // The broker gives its reason in the error that follows.
  await say(SEPARATOR)
  throw new TokenRefusedError(`the broker answers ${challenge}`)
}

const LENGTH_BYTES = 4

const withLength = (text: string): Buffer => {
  const bytes = Buffer.from(text)
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}
