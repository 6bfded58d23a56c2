/** What becomes of the errors of kafkajs and Node; test/kafka/security provokes them for real. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker } from '../../../../embedded/index.js'
import { KafkajsTransport } from '../../../../runtime/kafka/transport/kafkajs-transport.js'
import { CertificateAuthority } from '../../../../scripts/real-kafka/security/certificates.js'
import { connectionFailure } from '../../../../runtime/kafka/transport/connection-failure.js'
import type { Credentials } from '../../../../runtime/kafka/transport/sasl.js'
import { TokenEndpointError } from '../../../../runtime/kafka/transport/token-provider.js'
import { BOOTSTRAP } from '../../../../runtime/kafka/transport/transport.js'

const credentials: Credentials = { mechanism: 'scram-sha-256', username: 'u', password: 'p' }
const saslError = (message: string): Error =>
  Object.assign(new Error(message), { name: 'KafkaJSSASLAuthenticationError' })

describe('a connection that is not made', () => {
  it.each([
    ['SASL SCRAM SHA256 authentication failed: Closed connection', true],
    ['SASL SCRAM SHA256 authentication failed: Connection error: read ECONNRESET', true],
    ['SASL SCRAM SHA256 authentication failed: Request SaslAuthenticate(key: 36, version: 1) timed out', true],
    ['SASL SCRAM SHA256 authentication failed: Invalid server signature in server final message', false],
  ])('while SASL talks, by "%s": may another try help? %s', (message, retriable) => {
    const failure = connectionFailure(saslError(message), 'a:1', { usesTls: false, credentials })
    expect(failure.retriable).toBe(retriable)
  })

  it('a token endpoint that is away is waited for, one that refuses us is not', () => {
    const token = { mechanism: 'oauthbearer', token: 'x' } as const
    const failure = (retriable: boolean) =>
      connectionFailure(new TokenEndpointError('…', retriable), 'a:1', { usesTls: true, credentials: token })
    expect(failure(true).name).toBe('BrokerUnavailableError')
    expect(failure(false).name).toBe('AuthenticationError')
  })

  it('who speaks another language than the listener is told of it where he is hung up on', () => {
    const closed = new Error('Closed connection')
    const messageOf = (usesTls: boolean, has: Credentials | undefined): string =>
      connectionFailure(closed, 'a:1', { usesTls, credentials: has }).message
    expect(messageOf(false, undefined)).toContain('want TLS (kafka.ssl) or SASL (kafka.sasl)?')
    expect(messageOf(true, credentials)).toBe('no broker at a:1: Closed connection')
  })
})

describe('on a listener that speaks TLS', () => {
  it('who comes without is told at once', async () => {
    const authority = new CertificateAuthority('test')
    const server = createServer(authority.issue({ commonName: 'broker' })).listen(0, '127.0.0.1')
    server.on('tlsClientError', () => undefined)
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const transport = new KafkajsTransport({ brokers: [`127.0.0.1:${port}`], clientId: 'test' })
    await expect(transport.versions(BOOTSTRAP, 'control')).rejects.toMatchObject({
      name: 'AuthenticationError',
      message: expect.stringMatching(/ speaks TLS: .*; help: .* set kafka\.ssl/) as string,
    })
    await transport.close()
    server.close()
  })
})

describe('on the embedded broker, which speaks neither TLS nor SASL', () => {
  let broker: EmbeddedBroker
  beforeAll(async () => {
    broker = await startBroker()
  })
  afterAll(() => broker.close())

  const failureOf = async (options: object): Promise<Error> => {
    const transport = new KafkajsTransport({ brokers: [broker.bootstrap], clientId: 'test', ...options })
    const failure = await transport.versions(BOOTSTRAP, 'control').then(
      () => new Error('connected'),
      (error: unknown) => error as Error,
    )
    await transport.close()
    return failure
  }

  it('TLS', async () => {
    const failure = await failureOf({ ssl: { ca: [] }, connectionTimeoutMs: 2000 })
    expect(failure).toMatchObject({ name: 'AuthenticationError', retriable: false })
    expect(failure.message).toMatch(/help: this listener does not speak TLS: remove kafka\.ssl/)
  })

  it('keys that are none', async () => {
    const failure = await failureOf({ ssl: { key: 'none', cert: 'none' } })
    expect(failure).toMatchObject({ name: 'AuthenticationError', retriable: false })
    expect(failure.message).toMatch(/cannot be reached by TLS: .*; help: .* must be PEM/s)
  })

  it('SASL', async () => {
    const failure = await failureOf({ sasl: credentials, connectionTimeoutMs: 2000 })
    expect(failure.name).toBe('AuthenticationError')
    expect(failure.message).toMatch(/does not take SCRAM-SHA-256: .*; help: this listener takes no SASL/)
  })
})
