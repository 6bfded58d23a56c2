/** TLS, certificates of clients and every SASL mechanism on Apache Kafka: what works, and what is said when it does not. */
import { beforeAll, describe, expect, it } from 'vitest'
import { CertificateAuthority, type Identity } from '../../../scripts/real-kafka/security/certificates.js'
import {
  passwords,
  shortSessionMs,
  type SecuredKafka,
  type SecuredListener,
} from '../../../scripts/real-kafka/security/secured-kafka.js'
import { KafkaClient } from '../../../runtime/kafka/client.js'
import { api } from '../../../runtime/kafka/protocol/index.js'
import { KafkajsTransport } from '../../../runtime/kafka/transport/kafkajs-transport.js'
import type * as Runtime from '../../../runtime/index.js'
import { eventually, produceTo, readAll, silent } from '../../runtime/support/topics.js'
import { copied, copying, kafkaThrough, linesOf, produce, securedPair, type Security } from './support.js'

export const connectionTests = (broker: () => SecuredKafka): void => {
  let kafka: SecuredKafka
  let client: Identity

  beforeAll(() => {
    kafka = broker()
    client = kafka.authority.issue({ commonName: 'admin' })
  })

  const admin = { username: 'admin', password: passwords.admin }
  const tls = () => ({ ca: kafka.authority.cert })
  const tokens = () => ({ url: kafka.tokens.url, clientId: 'admin', clientSecret: 'token secret' })

  describe('consume, process, produce exactly once', () => {
    const ways: readonly (readonly [string, SecuredListener, () => Security])[] = [
      ['TLS', 'TLS', () => ({ ssl: tls() })],
      ['TLS with a certificate of the client', 'MTLS', () => ({ ssl: { ...tls(), ...client } })],
      ['PLAIN', 'SASL_TLS', () => ({ ssl: tls(), sasl: { mechanism: 'plain', ...admin } })],
      ['SCRAM-SHA-256', 'SASL_TLS', () => ({ ssl: tls(), sasl: { mechanism: 'scram-sha-256', ...admin } })],
      ['SCRAM-SHA-512', 'SASL_TLS', () => ({ ssl: tls(), sasl: { mechanism: 'scram-sha-512', ...admin } })],
      ['SCRAM without TLS', 'SASL_PLAIN_TEXT', () => ({ sasl: { mechanism: 'scram-sha-512', ...admin } })],
      ['OAUTHBEARER', 'SASL_TLS', () => ({ ssl: tls(), sasl: { mechanism: 'oauthbearer', token: tokens() } })],
    ]
    it.each(ways)('by %s', async (_, listener, security) => {
      const pair = await securedPair(kafka, 'ways')
      await produce(kafka, pair, 0, 500)
      const app = copying(pair, kafkaThrough(kafka, listener, security()))
      await app.start()
      await produce(kafka, pair, 500, 500)
      await copied(kafka, pair, 1000)
      await app.close()
      expect(await linesOf(kafka, pair.output)).toEqual(await linesOf(kafka, pair.input))
    })

    // Responses of several MiB come in many TLS records.
    it('large records by TLS', async () => {
      const pair = await securedPair(kafka, 'large')
      const app = copying(pair, kafkaThrough(kafka, 'TLS', { ssl: tls() }))
      await app.start()
      const messages = Array.from({ length: 8 }, (_, i) => ({ key: `k${i}`, value: String(i).padEnd(900_000, 'x') }))
      for (const message of messages) await produceTo(kafka.admin, pair.input, [message])
      await copied(kafka, pair, messages.length)
      await app.close()
      const values = (await readAll(kafka.admin, pair.output)).map(({ value }) => String(value)).sort()
      expect(values.length).toBe(messages.length)
      expect(values).toEqual(messages.map(({ value }) => value).sort())
    })

    it.each([
      ['SCRAM-SHA-256', () => ({ mechanism: 'scram-sha-256', ...admin }) as const],
      ['OAUTHBEARER', () => ({ mechanism: 'oauthbearer', token: tokens() }) as const],
    ])('in two worker threads by TLS and %s', async (_, sasl) => {
      const pair = await securedPair(kafka, 'threads')
      await produce(kafka, pair, 0, 500)
      // Worker threads run what `npm run build` made.
      const built = (await import(new URL('../../../dist/runtime/index.js', import.meta.url).href)) as typeof Runtime
      process.env['IN'] = pair.input
      process.env['OUT'] = pair.output
      const app = built.createApp({
        pipeline: new URL('../../fixtures/runtime/passthrough.mjs', import.meta.url),
        applicationId: pair.applicationId,
        kafka: kafkaThrough(kafka, 'SASL_TLS', { ssl: tls(), sasl: sasl() }),
        threads: 2,
        guarantee: 'exactly_once',
        logger: silent,
        env: {},
        commitInterval: 100,
        state: { directory: false },
      })
      await app.start()
      await copied(kafka, pair, 500)
      await app.close()
      expect(await linesOf(kafka, pair.output)).toEqual(await linesOf(kafka, pair.input))
    })

    it('goes on when authentications end and are renewed (KIP-368)', async () => {
      const pair = await securedPair(kafka, 'renewed')
      const app = copying(pair, kafkaThrough(kafka, 'SHORT', { sasl: { mechanism: 'scram-sha-256', ...admin } }))
      const states: string[] = []
      await app.start()
      app.onStateChange((state) => states.push(state))
      let sent = 0
      for (const until = Date.now() + 2 * shortSessionMs; Date.now() < until; sent += 20) {
        await produce(kafka, pair, sent, 20)
        await copied(kafka, pair, sent + 20)
      }
      expect(states).toEqual([])
      await app.close()
      expect(await linesOf(kafka, pair.output)).toEqual(await linesOf(kafka, pair.input))
    })
  })

  it('a connection whose authentication ends finishes what it has begun, before another takes its place', async () => {
    const { input: topic } = await securedPair(kafka, 'ends')
    const transport = new KafkajsTransport({
      brokers: kafka.brokersAt('SHORT').split(','),
      clientId: 'test',
      sasl: { mechanism: 'scram-sha-256', ...admin },
    })
    const client = new KafkaClient(transport)
    await client.refresh([topic])
    const node = client.leader(topic, 0) ?? -1
    const done: string[] = []
    const poll = async (name: string, maxWaitMs: number): Promise<void> => {
      const partitions = [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1000 }]
      await client.request(node, 'fetch', api.Fetch, { maxWaitMs, minBytes: 1, topics: [{ topic, partitions }] })
      done.push(name)
    }
    await poll('opens', 0)
    const opened = performance.now()
    const long = poll('long', 2 * shortSessionMs)
    await eventually(
      () => performance.now() - opened,
      (age) => age > shortSessionMs,
    )
    await Promise.all([long, poll('after it', 0)])
    expect(done).toEqual(['opens', 'long', 'after it'])
    await client.close()
  })

  describe('what is refused', () => {
    const stranger = new CertificateAuthority('somebody else')
    const refusals: readonly (readonly [string, SecuredListener, () => Security, RegExp])[] = [
      [
        'a wrong password by PLAIN',
        'SASL_TLS',
        () => ({ ssl: tls(), sasl: { mechanism: 'plain', ...admin, password: 'wrong' } }),
        /^broker 127\.0\.0\.1:\d+ refuses user "admin" by PLAIN: .*; help: correct kafka\.sasl\.username and password/,
      ],
      [
        'a wrong password by SCRAM',
        'SASL_TLS',
        () => ({ ssl: tls(), sasl: { mechanism: 'scram-sha-512', ...admin, password: 'wrong' } }),
        /refuses user "admin" by SCRAM-SHA-512: .*--entity-name admin --add-config 'SCRAM-SHA-512=\[password=…\]'/,
      ],
      [
        'an unknown user',
        'SASL_PLAIN_TEXT',
        () => ({ sasl: { mechanism: 'scram-sha-256', username: 'nobody', password: 'x' } }),
        /refuses user "nobody" by SCRAM-SHA-256: .*help: .*create the user/,
      ],
      [
        'a wrong secret for tokens',
        'SASL_TLS',
        () => ({ ssl: tls(), sasl: { mechanism: 'oauthbearer', token: { ...tokens(), clientSecret: 'wrong' } } }),
        /gets no OAUTHBEARER token: the token endpoint http:.* answers 401: .*help: correct kafka\.sasl\.token/,
      ],
      [
        'a token whose time is over',
        'SASL_TLS',
        () => ({ ssl: tls(), sasl: { mechanism: 'oauthbearer', token: kafka.tokens.token('admin', -60) } }),
        /refuses the token by OAUTHBEARER: .*invalid_token.*help: the token must be in force/,
      ],
      [
        'a mechanism that is not enabled',
        'SASL_PLAIN_TEXT',
        () => ({ sasl: { mechanism: 'oauthbearer', token: 'any' } }),
        /does not take OAUTHBEARER: .*help: .*sasl\.enabled\.mechanisms/,
      ],
      [
        'SASL where there is none',
        'TLS',
        () => ({ ssl: tls(), sasl: { mechanism: 'plain', ...admin } }),
        /does not take PLAIN: .*help: this listener takes no SASL/,
      ],
      [
        'another authority than that of the broker',
        'TLS',
        () => ({ ssl: { ca: stranger.cert } }),
        /is not trusted by TLS: unable to verify.*help: kafka\.ssl\.ca must hold the authority/,
      ],
      [
        'an authority that the system does not know',
        'TLS',
        () => ({ ssl: true }),
        /is not trusted by TLS: .*kafka\.ssl\.ca/,
      ],
      [
        'a certificate of the broker that has expired',
        'EXPIRED',
        () => ({ ssl: tls() }),
        /is not trusted by TLS: certificate has expired; help: renew the certificate of the broker/,
      ],
      ['no TLS where it is spoken', 'TLS', () => ({}), /speaks TLS: .*; help: .* set kafka\.ssl/],
      ['no TLS where a certificate is wanted', 'MTLS', () => ({}), /speaks TLS: .*; help: .* set kafka\.ssl/],
      [
        'TLS where there is none',
        'SASL_PLAIN_TEXT',
        () => ({ ssl: tls(), sasl: { mechanism: 'scram-sha-256', ...admin } }),
        /speaks no TLS: .*; help: .* remove kafka\.ssl/,
      ],
      [
        'no certificate of the client',
        'MTLS',
        () => ({ ssl: tls() }),
        /refuses us by TLS: bad certificate; help: .*kafka\.ssl\.cert/,
      ],
      [
        'a certificate of the client from a stranger',
        'MTLS',
        () => ({ ssl: { ...tls(), ...stranger.issue({ commonName: 'admin' }) } }),
        /refuses us by TLS: .*; help: the listener wants a certificate of the client/,
      ],
      [
        'a certificate of the client that has expired',
        'MTLS',
        () => ({ ssl: { ...tls(), ...kafka.authority.issue({ commonName: 'admin', isExpired: true }) } }),
        /refuses us by TLS: .*; help: .*must be in force/,
      ],
    ]
    it.each(refusals)('%s ends the start at once', async (_, listener, security, message) => {
      const pair = { input: 'none', output: 'none', applicationId: 'refused' }
      const app = copying(pair, kafkaThrough(kafka, listener, security()), { startTimeout: 60_000 })
      const started = performance.now()
      await expect(app.start()).rejects.toThrow(message)
      expect(performance.now() - started).toBeLessThan(10_000)
      expect(app.state).toBe('ERROR')
      expect(app.error?.name).toBe('AuthenticationError')
    })

    it('who comes without SASL is told what may be missing', async () => {
      const pair = { input: 'none', output: 'none', applicationId: 'refused' }
      const app = copying(pair, kafkaThrough(kafka, 'SASL_TLS', { ssl: tls() }), { startTimeout: 300 })
      await expect(app.start()).rejects.toThrow(/does this listener want SASL \(kafka\.sasl\)\?/)
    })
  })
}
