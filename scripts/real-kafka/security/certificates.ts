/**
 * An authority for tests and what it signs, as PEM, made within this process: neither `openssl` nor `keytool` needs to be
 * there, and what is expired is so from the start.
 */
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { isIP } from 'node:net'
import { bits, explicit, implicit, integer, objectId, octets, sequence, set, text, time, yes } from './der.js'

export interface Identity {
  readonly cert: string
  /** PKCS #8, as Kafka's PEM stores want it. */
  readonly key: string
}

export interface CertificateOptions {
  readonly commonName: string
  /** Names and addresses of a server. */
  readonly hosts?: readonly string[]
  /** Its time is over. */
  readonly isExpired?: boolean
}

const DAY_MS = 86_400_000
const ECDSA_WITH_SHA256 = sequence(objectId('1.2.840.10045.4.3.2'))
const COMMON_NAME = objectId('2.5.4.3')
const BASIC_CONSTRAINTS = objectId('2.5.29.19')
const ALTERNATIVE_NAMES = objectId('2.5.29.17')

export class CertificateAuthority {
  /** PEM. */
  readonly cert: string
  readonly #name: string
  readonly #key: KeyObject

  constructor(commonName: string) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    this.#name = commonName
    this.#key = privateKey
    const isAuthority = sequence(BASIC_CONSTRAINTS, yes, octets(sequence(yes)))
    this.cert = this.#sign({ commonName }, publicKey, [isAuthority])
  }

  issue(options: CertificateOptions): Identity {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { hosts = [] } = options
    const names = sequence(ALTERNATIVE_NAMES, octets(sequence(...hosts.map(alternativeName))))
    return {
      cert: this.#sign(options, publicKey, hosts.length === 0 ? [] : [names]),
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    }
  }

  #sign({ commonName, isExpired = false }: CertificateOptions, key: KeyObject, extensions: readonly Buffer[]): string {
    const now = Date.now()
    const [from, until] = isExpired ? [now - 2 * DAY_MS, now - DAY_MS] : [now - DAY_MS, now + DAY_MS]
    const parts = [
      explicit(0, integer(Buffer.from([2]))),
      integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
      ECDSA_WITH_SHA256,
      distinguishedName(this.#name),
      sequence(time(new Date(from)), time(new Date(until))),
      distinguishedName(commonName),
      key.export({ type: 'spki', format: 'der' }),
      ...(extensions.length === 0 ? [] : [explicit(3, sequence(...extensions))]),
    ]
    const body = sequence(...parts)
    const certificate = sequence(body, ECDSA_WITH_SHA256, bits(sign('sha256', body, this.#key)))
    const lines = certificate.toString('base64').match(/.{1,64}/g) ?? []
    return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
  }
}

const distinguishedName = (commonName: string): Buffer => sequence(set(sequence(COMMON_NAME, text(commonName))))

const alternativeName = (host: string): Buffer =>
  isIP(host) === 4 ? implicit(7, Buffer.from(host.split('.').map(Number))) : implicit(2, Buffer.from(host))
