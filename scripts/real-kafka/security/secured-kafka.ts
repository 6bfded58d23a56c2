/**
 * A broker with every way in that clients are asked to take, and ACLs that are enforced. The plain listener is the
 * administrator's; so is the user `admin` at all others, while `guest` may do what it is granted.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { startKafkaCluster, type KafkaCluster, type KafkaListener } from '../kafka-cluster.js'
import { CertificateAuthority } from './certificates.js'
import { startTokenEndpoint, type TokenEndpoint } from './token-endpoint.js'

/** Ways in. `EXPIRED`: the broker's certificate is; `SHORT`: an authentication lasts for some seconds (KIP-368). */
export type SecuredListener = 'TLS' | 'MTLS' | 'SASL_TLS' | 'SASL_PLAIN_TEXT' | 'EXPIRED' | 'SHORT'

export interface SecuredKafka {
  /** Without any security, for the administrator. */
  readonly admin: string
  readonly brokersAt: (listener: SecuredListener) => string
  /** Signs the brokers' certificates, and those of clients. */
  readonly authority: CertificateAuthority
  readonly tokens: TokenEndpoint
  readonly stop: () => Promise<void>
}

/** The same at all mechanisms; */
export const passwords = { admin: 'admin = secret', guest: 'guest secret' } as const
export const shortSessionMs = 1500
const tokenSeconds = 300

const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;'
const oauth = 'org.apache.kafka.common.security.oauthbearer'

export async function startSecuredKafka(classpath: string): Promise<SecuredKafka> {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-secured-'))
  const authority = new CertificateAuthority('millrace test authority')
  const tokens = await startTokenEndpoint({ admin: 'token secret', guest: 'token secret' }, tokenSeconds)
  const clean = async (): Promise<void> => {
    await tokens.close()
    await rm(directory, { recursive: true, force: true })
  }
  try {
    const cluster = await startIn(directory, classpath, authority, tokens)
    return {
      admin: cluster.brokers,
      brokersAt: (listener) => cluster.brokersAt(listener),
      authority,
      tokens,
      stop: async () => {
        await cluster.stop()
        await clean()
      },
    }
  } catch (error) {
    await clean()
    throw error
  }
}

async function startIn(
  directory: string,
  classpath: string,
  authority: CertificateAuthority,
  tokens: TokenEndpoint,
): Promise<KafkaCluster> {
  const put = async (name: string, content: string): Promise<string> => {
    const path = join(directory, name)
    await writeFile(path, content)
    return path
  }
  const stores = async (name: string, isExpired: boolean): Promise<Readonly<Record<string, string>>> => {
    const { cert, key } = authority.issue({ commonName: name, hosts: ['127.0.0.1', 'localhost'], isExpired })
    return {
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': await put(`${name}.pem`, `${key}${cert}`),
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': await put('ca.pem', authority.cert),
    }
  }
  const ssl = await stores('broker', false)
  const keys = pathToFileURL(await put('keys.json', tokens.keys)).href
  return startKafkaCluster({
    classpath,
    listeners: listenersWith(ssl, await stores('expired', true), keys, tokens.audience),
    properties: {
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'super.users': 'User:ANONYMOUS;User:admin',
    },
    formatArguments: Object.entries(passwords).flatMap(([name, password]) =>
      ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
        '--add-scram',
        `${mechanism}=[name="${name}",password="${password}"]`,
      ]),
    ),
    javaArguments: [`-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=${keys}`],
  })
}

function listenersWith(
  ssl: Readonly<Record<string, string>>,
  expired: Readonly<Record<string, string>>,
  keys: string,
  audience: string,
): readonly (KafkaListener & { readonly name: SecuredListener })[] {
  const users = Object.entries(passwords).map(([name, password]) => `user_${name}="${password}"`)
  const passwordMechanisms = {
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    'plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required ${users.join(' ')};`,
    'scram-sha-256.sasl.jaas.config': scram,
    'scram-sha-512.sasl.jaas.config': scram,
  }
  const tokenMechanism = {
    'oauthbearer.sasl.jaas.config': `${oauth}.OAuthBearerLoginModule required;`,
    'oauthbearer.sasl.server.callback.handler.class': `${oauth}.OAuthBearerValidatorCallbackHandler`,
    'oauthbearer.sasl.oauthbearer.jwks.endpoint.url': keys,
    'oauthbearer.sasl.oauthbearer.expected.audience': audience,
  }
  return [
    { name: 'TLS', protocol: 'SSL', properties: ssl },
    {
      name: 'MTLS',
      protocol: 'SSL',
      properties: {
        ...ssl,
        'ssl.client.auth': 'required',
        'ssl.principal.mapping.rules': 'RULE:^CN=(.*)$/$1/,DEFAULT',
      },
    },
    {
      name: 'SASL_TLS',
      protocol: 'SASL_SSL',
      properties: {
        ...ssl,
        ...passwordMechanisms,
        ...tokenMechanism,
        'sasl.enabled.mechanisms': `${passwordMechanisms['sasl.enabled.mechanisms']},OAUTHBEARER`,
      },
    },
    { name: 'SASL_PLAIN_TEXT', protocol: 'SASL_PLAINTEXT', properties: passwordMechanisms },
    { name: 'EXPIRED', protocol: 'SSL', properties: expired },
    {
      name: 'SHORT',
      protocol: 'SASL_PLAINTEXT',
      properties: {
        'sasl.enabled.mechanisms': 'SCRAM-SHA-256',
        'scram-sha-256.sasl.jaas.config': scram,
        'scram-sha-256.connections.max.reauth.ms': String(shortSessionMs),
      },
    },
  ]
}
