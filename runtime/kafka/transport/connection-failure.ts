/**
 * Why a connection was not made, from what kafkajs and Node say: whether another try may help, and what to do otherwise.
 * A wrong password or certificate is not a broker that is away: nobody must wait for it to pass.
 */
import type { Credentials } from './sasl.js'
import { speaksPlain, speaksTls } from './spoken.js'
import { TokenRefusedError } from './sasl.js'
import { TokenEndpointError } from './token-provider.js'
import { AuthenticationError, BrokerUnavailableError } from './transport-error.js'

export interface ConnectionSecurity {
  readonly usesTls: boolean
  readonly credentials: Credentials | undefined
}

export const connectionFailure = (
  error: unknown,
  address: string,
  security: ConnectionSecurity,
): AuthenticationError | BrokerUnavailableError =>
  tlsFailure(error, address) ??
  saslFailure(error, address, security.credentials) ??
  unavailable(error, address, security)

export const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/^Connection error: /, '').trim()

const property = (error: unknown, name: string): string => {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined
  return typeof value === 'string' ? value : ''
}

const THEIR_AUTHORITY =
  'kafka.ssl.ca must hold the authority that signed the certificate of the broker (without it, those of the system count)'
const OUR_CERTIFICATE =
  'the listener wants a certificate of the client: kafka.ssl.cert and key must be in force, and signed by an authority ' +
  'in the ssl.truststore of the broker'

const NO_TLS = 'this listener does not speak TLS: remove kafka.ssl, or use the port of one that does'

/** By the codes of Node: who does not take whose certificate. */
const TLS_HELP: readonly (readonly [RegExp, string])[] = [
  [
    /^(CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/,
    'renew the certificate of the broker; or is the clock of this machine wrong?',
  ],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    'kafka.brokers, and advertised.listeners of the broker, must use a name that its certificate has',
  ],
  [/^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_)/, THEIR_AUTHORITY],
  [/^ERR_SSL_.*ALERT_.*(CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|DECRYPT_ERROR)/, OUR_CERTIFICATE],
  [/^ERR_SSL_WRONG_VERSION_NUMBER$/, NO_TLS],
  [
    /^ERR_SSL_/,
    'broker and client must have TLS versions and ciphers in common: ssl.enabled.protocols, ssl.cipher.suites',
  ],
]

/** What `tls.connect` throws at once is about our own files. */
const LOCAL = /^Failed to connect: (?=error:|Cannot parse|key values|PEM|Invalid)/

const tlsFailure = (error: unknown, address: string): AuthenticationError | undefined => {
  const reason = reasonOf(error)
  if (LOCAL.test(reason)) {
    const help = 'kafka.ssl.ca, cert and key must be PEM, the key that of the certificate, and the passphrase right'
    return new AuthenticationError(address, 'cannot be reached by TLS', reason.replace(LOCAL, ''), help)
  }
  const code = property(error, 'code')
  const help = TLS_HELP.find(([pattern]) => pattern.test(code))?.[1]
  if (help === undefined) return undefined
  const alert = /_ALERT_(.+)$/.exec(code)?.[1]
  return alert === undefined
    ? new AuthenticationError(address, 'is not trusted by TLS', reason, help)
    : new AuthenticationError(address, 'refuses us by TLS', alert.toLowerCase().replaceAll('_', ' '), help)
}

/** kafkajs makes a refusal of everything that goes wrong while SASL talks. */
const NETWORK =
  /Closed connection|Connection closed|Connection error|Connection timeout|Not connected|timed out|was closed/

const NO_SASL = 'this listener takes no SASL: remove kafka.sasl, or use the port of one that does'

const saslFailure = (
  error: unknown,
  address: string,
  credentials: Credentials | undefined,
): AuthenticationError | undefined => {
  if (credentials === undefined || !(error instanceof Error)) return undefined
  const mechanism = credentials.mechanism.toUpperCase()
  const reason = reasonOf(error).replace(/^SASL .* authentication failed: /, '')
  if (error instanceof TokenEndpointError) {
    if (error.retriable) return undefined
    const help = 'correct kafka.sasl.token: url, clientId, clientSecret and scope'
    return new AuthenticationError(address, `gets no ${mechanism} token`, reason, help)
  }
  if (error.name === 'KafkaJSServerDoesNotSupportApiKey') {
    return new AuthenticationError(address, `does not take ${mechanism}`, 'it knows no SASL at all', NO_SASL)
  }
  switch (property(error, 'type')) {
    case 'UNSUPPORTED_SASL_MECHANISM': {
      const help = 'kafka.sasl.mechanism must be one of the sasl.enabled.mechanisms of the listener'
      return new AuthenticationError(address, `does not take ${mechanism}`, reason, help)
    }
    case 'ILLEGAL_SASL_STATE':
      return new AuthenticationError(address, `does not take ${mechanism}`, reason, NO_SASL)
    case 'SASL_AUTHENTICATION_FAILED':
      return new AuthenticationError(address, `refuses ${whom(credentials)}`, reason, helpWith(credentials))
  }
  if (error instanceof TokenRefusedError) {
    return new AuthenticationError(address, `refuses ${whom(credentials)}`, reason, helpWith(credentials))
  }
  if (error.name !== 'KafkaJSSASLAuthenticationError' || NETWORK.test(error.message)) return undefined
  return new AuthenticationError(address, `refuses ${whom(credentials)}`, reason, helpWith(credentials))
}

const whom = (credentials: Credentials): string => {
  const mechanism = credentials.mechanism.toUpperCase()
  if (credentials.mechanism !== 'oauthbearer') return `user "${credentials.username}" by ${mechanism}`
  return typeof credentials.token === 'string'
    ? `the token by ${mechanism}`
    : `the token of client "${credentials.token.clientId}" by ${mechanism}`
}

const helpWith = (credentials: Credentials): string => {
  switch (credentials.mechanism) {
    case 'plain':
      return "correct kafka.sasl.username and password, or add the user to the broker's JAAS configuration"
    case 'scram-sha-256':
    case 'scram-sha-512':
      return (
        'correct kafka.sasl.username and password, or create the user: kafka-configs.sh --bootstrap-server … --alter ' +
        `--entity-type users --entity-name ${credentials.username} --add-config '${credentials.mechanism.toUpperCase()}=[password=…]'`
      )
    case 'oauthbearer':
      return 'the token must be in force, from the issuer and for the audience that the broker expects, and signed by a key that it knows'
  }
}

const WANTS_TLS =
  'this listener speaks TLS: set kafka.ssl (with the authority of its certificate as ca, unless the system knows it), or use ' +
  'the port of one without TLS'

/** Of a listener that hung up on us: whether it does because it speaks TLS where we do not, or the other way. */
export const wrongLanguage = async (
  failure: AuthenticationError | BrokerUnavailableError,
  { host, port }: { readonly host: string; readonly port: number },
  { usesTls }: ConnectionSecurity,
): Promise<AuthenticationError | undefined> => {
  if (failure instanceof AuthenticationError || !MAY_BE_TLS.test(failure.reason)) return undefined
  if (!(await (usesTls ? speaksPlain : speaksTls)(host, port))) return undefined
  const [what, help] = usesTls ? ['speaks no TLS', NO_TLS] : ['speaks TLS', WANTS_TLS]
  return new AuthenticationError(failure.address, what, reasonOf(failure.reason), help)
}

/** Who is talked to in the wrong way may just hang up. */
const HUNG_UP = /Closed connection|socket disconnected before secure TLS/
/** Some send an alert first, which reads as a response that is too long. */
const MAY_BE_TLS = /Closed connection|ECONNRESET|socket disconnected before secure TLS|or wants TLS/

const unavailable = (
  error: unknown,
  address: string,
  { usesTls, credentials }: ConnectionSecurity,
): BrokerUnavailableError => {
  const reason = reasonOf(error)
  return new BrokerUnavailableError(address, HUNG_UP.test(reason) ? hungUp(reason, usesTls, credentials) : reason)
}

/** A listener that wants TLS or SASL closes connections that come without; so does a broker that stops. */
export const hungUp = (reason: string, usesTls: boolean, credentials: Credentials | undefined): string => {
  if (usesTls && /secure TLS/.test(reason)) return `${reason} (does this listener speak TLS?)`
  const wanted = [...(usesTls ? [] : ['TLS (kafka.ssl)']), ...(credentials === undefined ? ['SASL (kafka.sasl)'] : [])]
  return wanted.length === 0 ? reason : `${reason} (does this listener want ${wanted.join(' or ')}?)`
}
