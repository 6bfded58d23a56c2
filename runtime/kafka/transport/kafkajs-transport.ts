/**
 * The transport on connections of kafkajs 2.2.4: one per (node, lane), opened on first use and again after a loss.
 * Request bodies go to the socket by writev without a copy; a response has a buffer of its own. The header
 * written here is v1; with the tagged fields in front of the body it becomes v2, which is how flexible versions pass.
 */
import { Kafka, logLevel, type KafkaConfig, type LogEntry } from 'kafkajs'
import { connectionFailure, hungUp, reasonOf, wrongLanguage, type ConnectionSecurity } from './connection-failure.js'
import { hardenConnection } from './harden.js'
import { connectPlain } from './plain-socket.js'
import { checkPool, openCluster, type Connection, type KafkajsBroker, type KafkajsCluster } from './kafkajs-seams.js'
import { ReceiveBuffers } from './receive-buffers.js'
import { principalOf, saslOf, type Credentials } from './sasl.js'
import {
  BOOTSTRAP,
  type ApiVersions,
  type BrokerAddress,
  type Lane,
  type NodeId,
  type RawRequest,
  type Transport,
} from './transport.js'
import {
  BrokerUnavailableError,
  NoBrokerError,
  RequestTimeoutError,
  TransportClosedError,
  TransportError,
} from './transport-error.js'

/** Plain data, but for what tests give: it is sent to worker threads. */
export interface KafkajsTransportOptions {
  readonly brokers: readonly string[]
  readonly clientId: string
  readonly ssl?: KafkaConfig['ssl']
  readonly sasl?: Credentials
  readonly socketFactory?: KafkaConfig['socketFactory']
  /** Default 10,000 ms. */
  readonly connectionTimeoutMs?: number
  /** Memory of responses, kept for use again or in use. Default: 48 MiB. */
  readonly receiveBytes?: number
  /** Takes what kafkajs logs; the failures themselves reach the caller as errors. */
  readonly log?: (level: 'debug' | 'warn', message: string, fields: object) => void
}

interface Link {
  readonly address: string
  readonly connection: Connection
  readonly broker: KafkajsBroker
  /** Whether it was of use: who is closed before that may want another way of talking. */
  hasAnswered: boolean
}

/** Shortest time-out that kafkajs' own requests get; ours always come with one. */
const KAFKAJS_REQUEST_TIMEOUT_MS = 1000
/** How much of an authentication's time is left when the next one begins (KIP-368), and at most how many ms. */
const SPARED_SESSION = 0.2
const MAX_SPARED_MS = 10_000

const socketFactoryOf = ({ ssl, socketFactory }: KafkajsTransportOptions): Pick<KafkaConfig, 'socketFactory'> => {
  if (socketFactory !== undefined) return { socketFactory }
  return ssl === undefined || ssl === false ? { socketFactory: connectPlain } : {}
}

const addressOf = (host: string, port: number): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)

const parseAddress = (text: string): { host: string; port: number } => {
  const match = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(text.trim())
  const host = match?.[1] ?? match?.[2]
  if (host === undefined || match?.[3] === undefined) {
    throw new TypeError(`"${text}" is not a broker address: expected host:port`)
  }
  return { host, port: Number(match[3]) }
}

export class KafkajsTransport implements Transport {
  readonly #cluster: KafkajsCluster
  readonly principal: string | undefined
  readonly #security: ConnectionSecurity
  /** Sockets of another kind lead elsewhere. */
  readonly #mayProbe: boolean
  readonly #bootstrap: readonly { host: string; port: number }[]
  readonly #addresses = new Map<NodeId, BrokerAddress>()
  readonly #buffers: ReceiveBuffers
  readonly #links = new Map<string, Promise<Link>>()
  readonly #connections = new Set<Connection>()
  readonly #listeners = new Set<(node: NodeId, lane: Lane) => void>()
  #bootstrapIndex = 0
  #closed = false

  constructor(options: KafkajsTransportOptions) {
    this.#buffers = new ReceiveBuffers(options.receiveBytes)
    this.#bootstrap = options.brokers.map(parseAddress)
    if (this.#bootstrap.length === 0) throw new TypeError('no broker address is configured')
    this.principal = principalOf(options.sasl)
    this.#security = { usesTls: options.ssl !== undefined && options.ssl !== false, credentials: options.sasl }
    this.#mayProbe = options.socketFactory === undefined
    const log = options.log
    this.#cluster = openCluster(
      new Kafka({
        brokers: [...options.brokers],
        clientId: options.clientId,
        connectionTimeout: options.connectionTimeoutMs ?? 10_000,
        requestTimeout: KAFKAJS_REQUEST_TIMEOUT_MS,
        enforceRequestTimeout: true,
        retry: { retries: 0 },
        ...(options.ssl === undefined ? {} : { ssl: options.ssl }),
        ...(options.sasl === undefined ? {} : { sasl: saslOf(options.sasl) }),
        ...socketFactoryOf(options),
        logLevel: log === undefined ? logLevel.NOTHING : logLevel.WARN,
        logCreator: () => (entry: LogEntry) => {
          const { message, ...fields } = entry.log
          log?.(entry.level === logLevel.WARN ? 'warn' : 'debug', message, fields)
        },
      }),
    )
  }

  learn(brokers: readonly BrokerAddress[]): void {
    for (const broker of brokers) {
      const known = this.#addresses.get(broker.nodeId)
      this.#addresses.set(broker.nodeId, broker)
      if (known !== undefined && (known.host !== broker.host || known.port !== broker.port)) this.#forget(broker.nodeId)
    }
  }

  async versions(node: NodeId, lane: Lane): Promise<ApiVersions> {
    const { broker } = await this.#link(node, lane)
    return new Map(Object.entries(broker.versions ?? {}).map(([key, range]) => [Number(key), range]))
  }

  async send(node: NodeId, lane: Lane, request: RawRequest): Promise<Buffer> {
    const link = await this.#link(node, lane)
    const { connection } = link
    return new Promise<Buffer>((resolve, reject) => {
      const correlationId = connection.nextCorrelationId()
      const header = encodeHeader(connection.clientId, correlationId, request)
      const { apiKey, apiName, apiVersion } = request
      connection.requestQueue.push({
        entry: {
          apiKey,
          apiName,
          apiVersion,
          correlationId,
          resolve: (response) => {
            link.hasAnswered = true
            resolve(response.payload)
          },
          reject: (error) => {
            reject(this.#translate(error, link, request))
          },
        },
        expectResponse: true,
        requestTimeout: request.timeoutMs,
        sendRequest: () => {
          writeAll(connection, header, request.parts)
        },
      })
    })
  }

  giveBack(view: Buffer): void {
    this.#buffers.giveBack(view)
  }

  throttle(node: NodeId, lane: Lane, ms: number): void {
    void this.#links.get(`${node}/${lane}`)?.then(
      ({ connection }) => {
        connection.requestQueue.maybeThrottle(ms)
      },
      () => undefined,
    )
  }

  onDown(listener: (node: NodeId, lane: Lane) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled(this.#links.values())
    await Promise.all([...this.#connections].map(closeConnection))
    this.#links.clear()
  }

  async #link(node: NodeId, lane: Lane): Promise<Link> {
    if (this.#closed) throw new TransportClosedError()
    const key = `${node}/${lane}`
    const existing = this.#links.get(key)
    if (existing !== undefined) {
      const link = await existing
      if (link.connection.isConnected() && (!link.connection.sasl || link.connection.isAuthenticated())) return link
      if (this.#links.get(key) !== existing) return this.#link(node, lane)
      return this.#keep(key, this.#replace(link, node, lane))
    }
    return this.#keep(key, this.#openLink(node, lane))
  }

  /** The link of that key from now on, unless it fails. */
  async #keep(key: string, opening: Promise<Link>): Promise<Link> {
    this.#links.set(key, opening)
    try {
      return await opening
    } catch (error) {
      if (this.#links.get(key) === opening) this.#links.delete(key)
      throw error
    }
  }

  /** Of a connection whose authentication ends, what is under way comes first: requests of a lane keep their order. */
  async #replace({ connection }: Link, node: NodeId, lane: Lane): Promise<Link> {
    if (connection.isConnected()) await untilIdle(connection)
    await closeConnection(connection)
    this.#connections.delete(connection)
    if (this.#closed) throw new TransportClosedError()
    return this.#openLink(node, lane)
  }

  #openLink(node: NodeId, lane: Lane): Promise<Link> {
    return node === BOOTSTRAP ? this.#openBootstrap(lane) : this.#openNode(node, lane)
  }

  async #openBootstrap(lane: Lane): Promise<Link> {
    const failures: BrokerUnavailableError[] = []
    for (let tries = 0; tries < this.#bootstrap.length; tries++) {
      const address = this.#bootstrap[this.#bootstrapIndex % this.#bootstrap.length]
      if (address === undefined) break
      try {
        return await this.#open(BOOTSTRAP, lane, address.host, address.port, null)
      } catch (error) {
        if (!(error instanceof BrokerUnavailableError)) throw error
        failures.push(error)
        this.#bootstrapIndex++
      }
    }
    throw new NoBrokerError(failures)
  }

  #openNode(node: NodeId, lane: Lane): Promise<Link> {
    const known = this.#addresses.get(node)
    if (known === undefined) throw new BrokerUnavailableError(`node ${node}`, 'metadata does not list it')
    return this.#open(node, lane, known.host, known.port, known.rack)
  }

  async #open(node: NodeId, lane: Lane, host: string, port: number, rack: string | null): Promise<Link> {
    const connectionPool = await this.#cluster.connectionPoolBuilder.build({ host, port, rack })
    const connection = checkPool(connectionPool)
    hardenConnection(connection, this.#buffers, () => {
      this.#connections.delete(connection)
      if (!this.#closed) for (const listener of this.#listeners) listener(node, lane)
    })
    const broker = this.#cluster.brokerPool.createBroker({
      connectionPool,
      logger: this.#cluster.rootLogger,
      nodeId: node === BOOTSTRAP ? null : node,
    })
    const address = addressOf(host, port)
    this.#connections.add(connection)
    try {
      await broker.connect()
    } catch (error) {
      this.#connections.delete(connection)
      await closeConnection(connection)
      const failure = connectionFailure(error, address, this.#security)
      const told = this.#mayProbe ? await wrongLanguage(failure, { host, port }, this.#security) : undefined
      throw told ?? failure
    }
    const sessionMs = connection.sessionLifetime.toNumber()
    connection.reauthenticationThreshold = Math.min(MAX_SPARED_MS, SPARED_SESSION * sessionMs)
    if (this.#closed) {
      await closeConnection(connection)
      throw new TransportClosedError()
    }
    return { address, connection, broker, hasAnswered: false }
  }

  /** Closes the connections of a node, so that the next request opens them at its present address. */
  #forget(node: NodeId): void {
    for (const [key, link] of this.#links) {
      if (!key.startsWith(`${node}/`)) continue
      this.#links.delete(key)
      void link.then(
        ({ connection }) => closeConnection(connection),
        () => undefined,
      )
    }
  }

  #translate(error: Error, { address, hasAnswered }: Link, request: RawRequest): TransportError {
    if (error instanceof TransportError) return error
    if (error.name === 'KafkaJSRequestTimeoutError') {
      return new RequestTimeoutError(address, request.apiName, request.timeoutMs)
    }
    const { usesTls, credentials } = this.#security
    const reason = reasonOf(error)
    return new BrokerUnavailableError(address, hasAnswered ? reason : hungUp(reason, usesTls, credentials))
  }
}

/** Until what was sent is answered; requests that a broken connection leaves behind are answered by nobody. */
const untilIdle = (connection: Connection): Promise<unknown> =>
  Promise.race([
    connection.requestQueue.waitForPendingRequests(),
    new Promise((resolve) => connection.socket?.once('close', resolve)),
  ])

const closeConnection = async (connection: Connection): Promise<void> => {
  connection.requestQueue.rejectAll(new TransportClosedError())
  if (connection.isConnected()) await connection.disconnect()
  connection.socket?.destroy()
}

const encodeHeader = (clientId: string, correlationId: number, request: RawRequest): Buffer => {
  const clientIdBytes = Buffer.byteLength(clientId)
  let bodyBytes = 0
  for (const part of request.parts) bodyBytes += part.length
  const header = Buffer.allocUnsafe(14 + clientIdBytes)
  header.writeInt32BE(10 + clientIdBytes + bodyBytes, 0)
  header.writeInt16BE(request.apiKey, 4)
  header.writeInt16BE(request.apiVersion, 6)
  header.writeInt32BE(correlationId, 8)
  header.writeInt16BE(clientIdBytes, 12)
  header.write(clientId, 14)
  return header
}

const writeAll = (connection: Connection, header: Buffer, parts: readonly Buffer[]): void => {
  const socket = connection.socket
  if (socket === undefined) throw new Error('not connected')
  socket.cork()
  socket.write(header)
  for (const part of parts) socket.write(part)
  socket.uncork()
}
