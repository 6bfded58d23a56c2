/**
 * The inner members of kafkajs 2.2.4 that the transport uses, typed, and the check at start-up that they exist. kafkajs
 * is pinned to exactly this version; none of its files is imported deeply or patched. Its live `Cluster` is handed out
 * by a public way: the factory of a partition assigner receives it.
 * Used: sockets, TLS, SASL, ApiVersions, framing, correlation ids, throttling. Not used: its metadata cache, retries,
 * consumer, producer and record codecs.
 */
import type { Socket } from 'node:net'
import type { Kafka } from 'kafkajs'

export interface QueuedRequest {
  readonly entry: {
    readonly apiKey: number
    readonly apiName: string
    readonly apiVersion: number
    readonly correlationId: number
    readonly resolve: (response: { readonly payload: Buffer }) => void
    readonly reject: (error: Error) => void
  }
  readonly expectResponse: boolean
  readonly requestTimeout: number
  readonly sendRequest: () => void
}

export interface SocketRequest {
  /** In ms; null before it was sent. */
  readonly sentAt: number | null
  readonly requestTimeout: number
  send: () => void
  timeoutRequest: () => void
}

export interface RequestQueue {
  readonly pending: readonly unknown[]
  readonly inflight: ReadonlyMap<number, SocketRequest>
  readonly throttledUntil: number
  throttleCheckTimeoutId: NodeJS.Timeout | null
  push(request: QueuedRequest): void
  maybeThrottle(ms: number): void
  rejectAll(error: Error): void
  fulfillRequest(response: { readonly correlationId: number; readonly payload: Buffer; readonly size: number }): void
  checkPendingRequests(): void
  /** Of those sent and those held back. */
  waitForPendingRequests(): Promise<void>
  scheduleCheckPendingRequests: () => void
  scheduleRequestTimeoutCheck: () => void
  createSocketRequest: (request: QueuedRequest) => SocketRequest
}

export interface Connection {
  readonly clientId: string
  readonly sasl: unknown
  readonly socket: Socket | undefined
  readonly requestQueue: RequestQueue
  /** While SASL talks: who gets its answers. */
  readonly authHandlers: object | null
  /** In ms; 0: without end. A `Long`. */
  readonly sessionLifetime: { toNumber(): number }
  /** In ms, how long before its end the connection counts as not authenticated. */
  reauthenticationThreshold: number
  connect: () => Promise<boolean>
  processData: (chunk: Buffer) => void
  disconnect(): Promise<boolean>
  isConnected(): boolean
  isAuthenticated(): boolean
  nextCorrelationId(): number
}

export interface ConnectionPool {
  readonly pool: readonly Connection[]
}

export interface KafkajsBroker {
  readonly versions: Readonly<Record<string, { readonly minVersion: number; readonly maxVersion: number }>> | null
  connect(): Promise<void>
}

export interface KafkajsCluster {
  readonly rootLogger: unknown
  readonly connectionPoolBuilder: {
    build(address: { host: string; port: number; rack: string | null }): Promise<ConnectionPool>
  }
  readonly brokerPool: {
    createBroker(options: { connectionPool: ConnectionPool; logger: unknown; nodeId: number | null }): KafkajsBroker
  }
}

const has = (value: unknown, path: string): boolean => {
  let current: unknown = value
  for (const name of path.split('.')) {
    if (current === null || typeof current !== 'object') return false
    current = Reflect.get(current, name)
  }
  return current !== undefined
}

const require = (value: unknown, what: string, paths: readonly string[]): void => {
  const missing = paths.filter((path) => !has(value, path))
  if (missing.length === 0) return
  throw new Error(
    `the installed kafkajs lacks ${missing.map((path) => `${what}.${path}`).join(', ')}: millrace needs kafkajs 2.2.4 exactly; ` +
      'run `npm ls kafkajs` and remove overrides of its version',
  )
}

const isCluster = (value: unknown): value is KafkajsCluster => {
  require(value, 'Cluster', ['rootLogger', 'connectionPoolBuilder.build', 'brokerPool.createBroker'])
  return true
}

/** Fails unless the pool's first connection has all members that the transport calls. */
export const checkPool = (pool: ConnectionPool): Connection => {
  const connection = pool.pool[0]
  require(connection, 'Connection', [
    'clientId',
    'connect',
    'processData',
    'authHandlers',
    'sessionLifetime.toNumber',
    'reauthenticationThreshold',
    'disconnect',
    'isConnected',
    'isAuthenticated',
    'nextCorrelationId',
    'requestQueue.push',
    'requestQueue.pending',
    'requestQueue.inflight',
    'requestQueue.throttledUntil',
    'requestQueue.maybeThrottle',
    'requestQueue.rejectAll',
    'requestQueue.fulfillRequest',
    'requestQueue.checkPendingRequests',
    'requestQueue.waitForPendingRequests',
    'requestQueue.scheduleCheckPendingRequests',
    'requestQueue.scheduleRequestTimeoutCheck',
    'requestQueue.createSocketRequest',
  ])
  if (connection === undefined) throw new Error('unreachable')
  return connection
}

/** A cluster handle of this client: nothing is connected yet. */
export const openCluster = (kafka: Kafka): KafkajsCluster => {
  let handle: unknown
  kafka.consumer({
    groupId: 'unused',
    partitionAssigners: [
      ({ cluster }) => {
        handle = cluster
        return {
          name: 'unused',
          version: 0,
          assign: () => Promise.resolve([]),
          protocol: () => ({ name: 'unused', metadata: Buffer.alloc(0) }),
        }
      },
    ],
  })
  if (!isCluster(handle)) throw new Error('unreachable')
  return handle
}
