/**
 * One client connection. Requests are handled one after the other and answered in order, as Kafka does: the next one
 * waits for the answer of the one before, also behind a long Fetch. Reading pauses while too much is waiting.
 */
import type { Socket } from 'node:net'
import { Reader, decodeRequestHeader } from '../../../runtime/kafka/protocol/index.js'
import { unsupportedApiVersions } from '../api/api-versions.js'
import type { RequestContext, Route } from '../api/route.js'
import type { Cluster, ClusterNode } from '../cluster.js'
import type { FaultEffect } from '../faults.js'
import type { Logger } from '../logger.js'
import { FrameReader } from './frame-reader.js'

const API_VERSIONS_KEY = 18
/** Bytes of requests that may wait before the socket is paused. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024

export interface ConnectionServices {
  readonly cluster: Cluster
  readonly node: ClusterNode
  readonly routes: ReadonlyMap<number, Route>
  readonly logger: Logger
}

type TrickleEffect = Extract<FaultEffect, { readonly kind: 'trickle' }>

type Outcome = Buffer[] | null | 'close' | 'freeze'

export class Connection {
  readonly #socket: Socket
  readonly #services: ConnectionServices
  readonly #frames = new FrameReader()
  readonly #waiting: Buffer[] = []
  readonly #closeCallbacks = new Set<() => void>()
  #waitingBytes = 0
  #busy = false
  #frozen = false

  constructor(socket: Socket, services: ConnectionServices) {
    this.#socket = socket
    this.#services = services
    socket.setNoDelay(true)
    socket.on('data', (chunk) => this.#received(chunk))
    socket.on('error', (error) => services.logger.debug(`connection of ${this.#peer}: ${error.message}`))
    socket.on('close', () => this.#closed())
  }

  destroy(): void {
    this.#socket.destroy()
  }

  get #peer(): string {
    return `${this.#socket.remoteAddress ?? 'unknown'}:${this.#socket.remotePort ?? 0}`
  }

  #closed(): void {
    this.#waiting.length = 0
    for (const callback of [...this.#closeCallbacks]) callback()
    this.#closeCallbacks.clear()
  }

  #received(chunk: Buffer): void {
    if (this.#frozen) return
    const frames = this.#frames.push(chunk)
    if (frames === null) {
      this.#services.logger.error(`closing the connection of ${this.#peer}: invalid request size`)
      this.#socket.destroy()
      return
    }
    for (const frame of frames) {
      this.#waiting.push(frame)
      this.#waitingBytes += frame.length
    }
    if (this.#waitingBytes > MAX_WAITING_BYTES) this.#socket.pause()
    if (!this.#busy) {
      this.#busy = true
      void this.#work()
    }
  }

  async #work(): Promise<void> {
    for (;;) {
      const frame = this.#waiting.shift()
      if (frame === undefined || this.#frozen || this.#socket.destroyed) break
      this.#waitingBytes -= frame.length
      if (this.#socket.isPaused() && this.#waitingBytes <= MAX_WAITING_BYTES) this.#socket.resume()
      const outcome = await this.#handle(frame)
      if (outcome === 'freeze') this.#frozen = true
      else if (outcome === 'close') this.#socket.destroy()
      else if (outcome !== null && !(await this.#send(outcome))) break
    }
    this.#busy = false
  }

  /** Never throws: what goes wrong in a request closes the connection, as in Kafka. */
  async #handle(frame: Buffer): Promise<Outcome> {
    const { cluster, node, routes, logger } = this.#services
    try {
      const reader = new Reader(frame)
      const { apiKey, apiVersion, correlationId, clientId } = decodeRequestHeader(reader)
      const target = routes.get(apiKey)
      if (target === undefined || apiVersion < target.minVersion || apiVersion > target.maxVersion) {
        if (apiKey === API_VERSIONS_KEY) return unsupportedApiVersions(correlationId)
        logger.error(`closing the connection of ${this.#peer}: no version ${apiVersion} of API ${apiKey}`)
        return 'close'
      }
      const effect = cluster.faults.takeConnectionEffect(target.name, node.id)
      const before = await this.#beforeEffect(effect)
      if (before !== null) return before
      logger.debug(`${clientId ?? ''} → node ${node.id}: ${target.name} v${apiVersion}`)
      const answer = await target.serve(apiVersion, correlationId, reader, this.#context(target, apiVersion, clientId))
      if (effect?.kind === 'drop') return 'close'
      if (effect?.kind === 'freeze') return 'freeze'
      if (effect?.kind === 'trickle' && Array.isArray(answer)) await this.#trickle(answer, effect)
      return effect?.kind === 'trickle' ? null : answer
    } catch (error) {
      logger.error(`closing the connection of ${this.#peer}: ${error instanceof Error ? (error.stack ?? '') : ''}`)
      return 'close'
    }
  }

  async #beforeEffect(effect: FaultEffect | undefined): Promise<Outcome> {
    if (effect === undefined || effect.kind === 'error' || effect.kind === 'trickle') return null
    if (effect.kind === 'delay') {
      await new Promise<void>((resolve) => void this.#services.cluster.clock.schedule(effect.ms, resolve))
      return null
    }
    if (effect.when === 'after') return null
    return effect.kind === 'drop' ? 'close' : 'freeze'
  }

  #context(target: Route, apiVersion: number, clientId: string | null): RequestContext {
    const { cluster, node } = this.#services
    return {
      cluster,
      node,
      apiVersion,
      clientId: clientId ?? '',
      clientHost: `/${this.#socket.remoteAddress ?? ''}`,
      onClose: (callback) => {
        this.#closeCallbacks.add(callback)
        return () => void this.#closeCallbacks.delete(callback)
      },
      injectedError: (topic, partition) => cluster.faults.takeError(target.name, node.id, topic, partition),
    }
  }

  async #trickle(parts: readonly Buffer[], { bytes, everyMs }: TrickleEffect): Promise<void> {
    const answer = Buffer.concat(parts)
    for (let at = 0; at < answer.length && !this.#socket.destroyed; at += bytes) {
      await this.#send([answer.subarray(at, at + bytes)])
      await new Promise<void>((resolve) => void this.#services.cluster.clock.schedule(everyMs, resolve))
    }
  }

  /** Waits when the client does not read. False when the connection has ended. */
  async #send(parts: readonly Buffer[]): Promise<boolean> {
    const socket = this.#socket
    if (socket.destroyed) return false
    socket.cork()
    let flowing = true
    for (const part of parts) flowing = socket.write(part)
    socket.uncork()
    if (flowing) return true
    return new Promise((resolve) => {
      const settle = (alive: boolean): void => {
        socket.off('drain', drained)
        socket.off('close', ended)
        resolve(alive)
      }
      const drained = (): void => settle(true)
      const ended = (): void => settle(false)
      socket.once('drain', drained)
      socket.once('close', ended)
    })
  }
}
