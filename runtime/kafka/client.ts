/**
 * Typed requests over a transport, with a version that both sides know; cluster metadata and coordinators, cached.
 * Retries are the callers': they know what a failed request means. Relies on the transport for connections.
 */
import {
  ErrorCode,
  type KafkaProtocolError,
  api,
  decodeResponseBody,
  encodeRequestBody,
  type Api,
  type MetadataResponseTopic,
} from './protocol/index.js'
import { brokerError, type Touched } from './authorization-error.js'
import { BOOTSTRAP, type ApiVersions, type Lane, type NodeId, type Transport } from './transport/transport.js'

export interface RequestOptions {
  /** Default: the client's `requestTimeoutMs`. */
  readonly timeoutMs?: number
  /** Lowest version that carries what the caller needs. */
  readonly minVersion?: number
  /** Highest version whose shape the caller fills in. */
  readonly maxVersion?: number
}

export interface PartitionInfo {
  readonly partition: number
  /** -1: none at present. */
  readonly leader: NodeId
  readonly leaderEpoch: number
}

export interface TopicInfo {
  readonly topic: string
  /** Zeros from brokers before 2.8. */
  readonly topicId: string
  readonly partitions: readonly PartitionInfo[]
}

export type CoordinatorKind = 'group' | 'transaction'

/** The broker is too old (or too new) for what we need. */
export class UnsupportedBrokerError extends Error {
  override readonly name = 'UnsupportedBrokerError'

  constructor(apiName: string, ours: string, theirs: string) {
    super(
      `the broker offers ${apiName} ${theirs}, this version of millrace needs ${ours}: use Kafka brokers from 2.5 on`,
    )
  }
}

const THROTTLED = 'throttleTimeMs'

const throttleOf = (response: unknown): number => {
  if (response === null || typeof response !== 'object') return 0
  const ms: unknown = Reflect.get(response, THROTTLED)
  return typeof ms === 'number' ? ms : 0
}

export class KafkaClient {
  readonly transport: Transport
  readonly requestTimeoutMs: number
  readonly #topics = new Map<string, TopicInfo>()
  readonly #coordinators = new Map<string, NodeId>()
  readonly #versions = new Map<string, ApiVersions>()
  readonly #refreshes = new Map<string, Promise<ReadonlyMap<string, TopicInfo | KafkaProtocolError>>>()
  #nodes: readonly NodeId[] = []
  #controller: NodeId = BOOTSTRAP

  constructor(transport: Transport, options: { readonly requestTimeoutMs?: number } = {}) {
    this.transport = transport
    this.requestTimeoutMs = options.requestTimeoutMs ?? 30_000
    transport.onDown((node, lane) => {
      this.#versions.delete(`${node}/${lane}`)
    })
  }

  /** The node to send administrative requests to; any node forwards them on current brokers. */
  get controller(): NodeId {
    return this.#controller
  }

  get nodes(): readonly NodeId[] {
    return this.#nodes
  }

  async request<Input, Message, ResponseInput, Response>(
    node: NodeId,
    lane: Lane,
    of: Api<Input, Message, ResponseInput, Response>,
    message: Input,
    options: RequestOptions = {},
  ): Promise<Response> {
    const version = await this.version(node, lane, of, options)
    const body = await this.transport.send(node, lane, {
      apiKey: of.key,
      apiName: of.name,
      apiVersion: version,
      parts: encodeRequestBody(of, version, message),
      timeoutMs: options.timeoutMs ?? this.requestTimeoutMs,
    })
    const response = decodeResponseBody(of, version, body)
    const throttleMs = throttleOf(response)
    if (throttleMs > 0) this.transport.throttle(node, lane, throttleMs)
    return response
  }

  /** The version that `request` would use. Throws `UnsupportedBrokerError` when there is none. */
  async version(
    node: NodeId,
    lane: Lane,
    of: { readonly key: number; readonly name: string; readonly minVersion: number; readonly maxVersion: number },
    options: RequestOptions = {},
  ): Promise<number> {
    const key = `${node}/${lane}`
    let versions = this.#versions.get(key)
    if (versions === undefined) {
      versions = await this.transport.versions(node, lane)
      this.#versions.set(key, versions)
    }
    const offered = versions.get(of.key)
    const min = Math.max(of.minVersion, options.minVersion ?? 0)
    const max = Math.min(of.maxVersion, options.maxVersion ?? of.maxVersion)
    const version = Math.min(max, offered?.maxVersion ?? -1)
    if (offered === undefined || version < min || version < offered.minVersion) {
      const theirs = offered === undefined ? 'not at all' : `${offered.minVersion} to ${offered.maxVersion}`
      throw new UnsupportedBrokerError(of.name, `${min} to ${max}`, theirs)
    }
    return version
  }

  /** From the cache; undefined when the topic was not looked up yet or does not exist. */
  topic(name: string): TopicInfo | undefined {
    return this.#topics.get(name)
  }

  leader(topic: string, partition: number): NodeId | undefined {
    const leader = this.#topics.get(topic)?.partitions[partition]?.leader
    return leader === undefined || leader < 0 ? undefined : leader
  }

  /** Asks a broker; each topic is either known afterwards or has an error of its own. Concurrent equal calls share. */
  refresh(topics: readonly string[]): Promise<ReadonlyMap<string, TopicInfo | KafkaProtocolError>> {
    const key = [...topics].sort().join(' ')
    const running = this.#refreshes.get(key)
    if (running !== undefined) return running
    const refresh = this.#refresh(topics).finally(() => this.#refreshes.delete(key))
    this.#refreshes.set(key, refresh)
    return refresh
  }

  async #refresh(topics: readonly string[]): Promise<ReadonlyMap<string, TopicInfo | KafkaProtocolError>> {
    const response = await this.#ask((node) =>
      this.request(
        node,
        'control',
        api.Metadata,
        { topics: topics.map((name) => ({ name })), allowAutoTopicCreation: false },
        { minVersion: 4, maxVersion: 12 },
      ),
    )
    this.transport.learn(response.brokers)
    this.#nodes = response.brokers.map(({ nodeId }) => nodeId)
    this.#controller = response.controllerId >= 0 ? response.controllerId : BOOTSTRAP
    const result = new Map<string, TopicInfo | KafkaProtocolError>()
    for (const topic of response.topics) {
      if (topic.name === null) continue
      const info = this.#learnTopic(topic.name, topic)
      result.set(topic.name, info)
    }
    return result
  }

  #learnTopic(name: string, topic: MetadataResponseTopic): TopicInfo | KafkaProtocolError {
    if (topic.errorCode !== ErrorCode.NONE) {
      if (topic.errorCode === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) this.#topics.delete(name)
      const touched: Touched = { topic: name, operations: ['Describe'] }
      return this.errorOf(topic.errorCode, `metadata of topic ${name}`, touched)
    }
    const partitions = topic.partitions
      .map((p) => ({ partition: p.partitionIndex, leader: p.leaderId, leaderEpoch: p.leaderEpoch }))
      .sort((a, b) => a.partition - b.partition)
    const info = { topic: name, topicId: topic.topicId, partitions }
    this.#topics.set(name, info)
    return info
  }

  /** Node of the coordinator; asked once, until `forgetCoordinator`. Throws `KafkaProtocolError`. */
  async coordinator(kind: CoordinatorKind, key: string): Promise<NodeId> {
    const cacheKey = `${kind}/${key}`
    const known = this.#coordinators.get(cacheKey)
    if (known !== undefined) return known
    const response = await this.#ask((node) =>
      this.request(
        node,
        'control',
        api.FindCoordinator,
        { key, keyType: kind === 'group' ? 0 : 1 },
        { minVersion: 1, maxVersion: 3 },
      ),
    )
    if (response.errorCode !== ErrorCode.NONE) {
      const touched = kind === 'group' ? { group: key } : { transactionalId: key }
      throw this.errorOf(response.errorCode, `coordinator of ${kind} ${key}`, touched)
    }
    const { nodeId, host, port } = response
    this.transport.learn([{ nodeId, host, port, rack: null }])
    this.#coordinators.set(cacheKey, nodeId)
    return nodeId
  }

  /** The error of a code in an answer: a refusal says how to grant what is wanted. */
  errorOf(code: number, where: string, touched: Touched, brokerMessage?: string | null): KafkaProtocolError {
    return brokerError(code, where, this.transport.principal, touched, brokerMessage)
  }

  forgetCoordinator(kind: CoordinatorKind, key: string): void {
    this.#coordinators.delete(`${kind}/${key}`)
  }

  close(): Promise<void> {
    return this.transport.close()
  }

  /** Tries the nodes that we know, then the configured addresses: brokers come and go. */
  async #ask<T>(call: (node: NodeId) => Promise<T>): Promise<T> {
    for (const node of this.#nodes.slice(0, 3)) {
      try {
        return await call(node)
      } catch (error) {
        if (!(error instanceof Error && Reflect.get(error, 'retriable') === true)) throw error
      }
    }
    return call(BOOTSTRAP)
  }
}
