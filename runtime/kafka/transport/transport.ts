/**
 * Port to the network: bytes to a broker node and back. Everything above it (metadata, versions to use, retries) is ours
 * and does not know what opens the sockets; everything below (TLS, SASL, framing, correlation) belongs to the adapter.
 */

/** A broker by its id in the cluster; `BOOTSTRAP` is whichever of the configured addresses answers. */
export type NodeId = number
export const BOOTSTRAP: NodeId = -1

/**
 * Requests of one lane share a socket per node, and a broker answers the requests of a socket in order. So what may
 * block (joining a group, long polls, acks=all) must not stand in front of what must not.
 */
export type Lane = 'control' | 'group' | 'fetch' | 'produce'

export interface BrokerAddress {
  readonly nodeId: NodeId
  readonly host: string
  readonly port: number
  readonly rack: string | null
}

export interface VersionRange {
  readonly minVersion: number
  readonly maxVersion: number
}

/** By API key, as the broker's ApiVersions answer tells. */
export type ApiVersions = ReadonlyMap<number, VersionRange>

export interface RawRequest {
  readonly apiKey: number
  readonly apiName: string
  readonly apiVersion: number
  /**
   * What follows the client id: for flexible versions the header's tagged fields, then the body. Written without
   * copying; must not change before the response.
   */
  readonly parts: readonly Buffer[]
  /** In ms; a request that takes longer fails, and its connection is closed (it may be half-open). */
  readonly timeoutMs: number
}

export interface Transport {
  /** Who we are, as ACLs name it; undefined when only the brokers know. */
  readonly principal?: string | undefined
  /** Tells the addresses of nodes, as metadata lists them. A node whose address changed is reconnected. */
  learn(brokers: readonly BrokerAddress[]): void
  /** Connects if need be. */
  versions(node: NodeId, lane: Lane): Promise<ApiVersions>
  /** What follows the correlation id of the response: a view of the receive buffer. Fails with a `TransportError`. */
  send(node: NodeId, lane: Lane, request: RawRequest): Promise<Buffer>
  /** The response that `view` is a part of is read by nobody any more; its memory may be used again. Optional to call. */
  giveBack(view: Buffer): void
  /** Holds back further requests of that connection, as the broker asked (KIP-219). */
  throttle(node: NodeId, lane: Lane, ms: number): void
  /** Called when an open connection is lost. Returns its unsubscription. */
  onDown(listener: (node: NodeId, lane: Lane) => void): () => void
  /** Fails what is in flight and closes every socket. */
  close(): Promise<void>
}
