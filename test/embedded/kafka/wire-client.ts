/** A client that sends single requests in a version of its choice, over a socket of its own. */
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import {
  Reader,
  decodeResponseHeader,
  encodeRequestFrame,
  responseHeaderVersion,
} from '../../../runtime/kafka/protocol/index.js'
import type { Api } from '../../../runtime/kafka/protocol/index.js'

/** The broker has ended the connection instead of answering. */
export class ConnectionClosed extends Error {
  override readonly name = 'ConnectionClosed'
}

interface Pending {
  readonly resolve: (frame: Buffer) => void
  readonly reject: (error: Error) => void
}

export class WireClient {
  readonly #socket: Socket
  readonly #pending: Pending[] = []
  #received = Buffer.alloc(0)
  #nextId = 1
  #closed = false

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk) => this.#push(chunk))
    socket.on('error', () => this.#close())
    socket.on('close', () => this.#close())
  }

  static open(address: string): Promise<WireClient> {
    const [host = '', port = ''] = (address.split(',')[0] ?? '').split(':')
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), host)
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        socket.setNoDelay(true)
        resolve(new WireClient(socket))
      })
    })
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /** Answers arrive in the order of the requests. Rejects with {@link ConnectionClosed}. */
  async send<Input, Response>(
    target: Api<Input, unknown, never, Response>,
    version: number,
    message: Input,
  ): Promise<Response> {
    const correlationId = this.#nextId++
    const parts = encodeRequestFrame(target, { apiVersion: version, correlationId, clientId: 'wire' }, message)
    const frame = await this.exchange(Buffer.concat(parts))
    const reader = new Reader(frame)
    const answered = decodeResponseHeader(responseHeaderVersion(target, version), reader)
    if (answered !== correlationId) throw new Error(`answer ${answered} to request ${correlationId}`)
    const response = target.response.decode(version, reader)
    if (reader.remaining > 0) throw new Error(`${reader.remaining} bytes after the answer`)
    return response
  }

  /** Sends bytes as they are; resolves with the next frame that comes, without its size. */
  exchange(bytes: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new ConnectionClosed('closed before'))
        return
      }
      this.#pending.push({ resolve, reject })
      this.#socket.write(bytes)
    })
  }

  /** Sends without waiting for an answer. */
  write(bytes: Buffer): void {
    this.#socket.write(bytes)
  }

  /** Resolves when the connection has ended. */
  untilClosed(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#closed) resolve()
      else this.#socket.once('close', () => resolve())
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #push(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk])
    while (this.#received.length >= 4) {
      const size = this.#received.readInt32BE(0)
      if (this.#received.length < 4 + size) return
      const frame = this.#received.subarray(4, 4 + size)
      this.#received = this.#received.subarray(4 + size)
      this.#pending.shift()?.resolve(frame)
    }
  }

  #close(): void {
    this.#closed = true
    for (const { reject } of this.#pending.splice(0)) reject(new ConnectionClosed('the broker closed the connection'))
  }
}
