/** The listening socket of one node, and its connections. */
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { Connection } from './connection.js'
import type { ConnectionServices } from './connection.js'

export class NodeServer {
  readonly #services: ConnectionServices
  readonly #connections = new Set<Connection>()
  #server: Server | null = null

  constructor(services: ConnectionServices) {
    this.#services = services
  }

  get connections(): number {
    return this.#connections.size
  }

  /** Port 0 takes a free one, which is kept when the node is started again. Rejects when the port is taken. */
  async start(port: number): Promise<void> {
    const { node } = this.#services
    const server = createServer((socket) => {
      const connection = new Connection(socket, this.#services)
      this.#connections.add(connection)
      socket.once('close', () => this.#connections.delete(connection))
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ port, host: node.host }, () => {
        server.off('error', reject)
        resolve()
      })
    })
    node.port = (server.address() as AddressInfo).port
    node.isUp = true
    this.#server = server
  }

  /** Cuts all connections. */
  async stop(): Promise<void> {
    const server = this.#server
    if (server === null) return
    this.#server = null
    this.#services.node.isUp = false
    const closed = new Promise<void>((resolve) => void server.close(() => resolve()))
    for (const connection of this.#connections) connection.destroy()
    await closed
  }
}
