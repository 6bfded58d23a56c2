/** How a request finds its handler, with the codec's types on both sides. */
import type { api } from '../../../runtime/kafka/protocol/index.js'
import { encodeResponseFrame } from '../../../runtime/kafka/protocol/index.js'
import type { Api, Reader } from '../../../runtime/kafka/protocol/index.js'
import type { Cluster, ClusterNode } from '../cluster.js'

export type ApiName = keyof typeof api

/** What a handler knows beside the request. */
export interface RequestContext {
  readonly cluster: Cluster
  /** The node that received the request. */
  readonly node: ClusterNode
  readonly apiVersion: number
  readonly clientId: string
  readonly clientHost: string
  /** Calls back when the connection ends, until the returned function is called. */
  readonly onClose: (callback: () => void) => () => void
  /** An error that a test has asked for; 0 when there is none. */
  readonly injectedError: (topic?: string, partition?: number) => number
}

/** The answer; null when there is none, and the connection goes on; `close` when the broker hangs up instead. */
export type Handled<Response> = Response | null | 'close'

export type Handler<Request, Response> = (
  request: Request,
  context: RequestContext,
) => Handled<Response> | Promise<Handled<Response>>

export interface Route {
  readonly name: ApiName
  readonly key: number
  /** As advertised. */
  readonly minVersion: number
  readonly maxVersion: number
  /** Decodes, handles, encodes: the frame to send, or why there is none. */
  readonly serve: (
    version: number,
    correlationId: number,
    body: Reader,
    context: RequestContext,
  ) => Promise<Handled<Buffer[]>>
}

export const route = <Request, ResponseInput extends object>(
  target: Api<never, Request, ResponseInput, unknown>,
  handler: Handler<Request, ResponseInput>,
  versions: { readonly min?: number; readonly max?: number } = {},
): Route => ({
  name: target.name as ApiName,
  key: target.key,
  minVersion: versions.min ?? target.minVersion,
  maxVersion: versions.max ?? target.maxVersion,
  serve: async (version, correlationId, body, context) => {
    const answer = await handler(target.request.decode(version, body), context)
    if (answer === null) return null
    if (answer === 'close') return 'close'
    return encodeResponseFrame(target, version, correlationId, answer)
  },
})
