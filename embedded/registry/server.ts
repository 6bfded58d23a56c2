/** HTTP in front of the store: reading requests, authentication, faults, errors as JSON. */
import { Buffer } from 'node:buffer'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { RegistryFailure } from './failure.js'
import type { RegistryFaultEffect, RegistryFaults } from './faults.js'
import { parseBody } from './request-body.js'
import { answer } from './routes.js'
import type { RegistryStore } from './store.js'

/** Who may ask; default everybody. */
export interface RegistryAuth {
  readonly basic?: { readonly username: string; readonly password: string }
  readonly bearer?: string
}

export interface RequestLogEntry {
  readonly method: string
  /** With the query. */
  readonly path: string
}

const contentType = 'application/vnd.schemaregistry.v1+json'
const maxBodyBytes = 10 * 1024 * 1024
const maxLogEntries = 10_000

export class RegistryServer {
  readonly log: RequestLogEntry[] = []
  private server: Server | undefined
  private address: { readonly host: string; readonly port: number }

  constructor(
    private readonly store: RegistryStore,
    private readonly faults: RegistryFaults,
    private readonly auth: RegistryAuth,
    host: string,
    port: number,
    /** Called before a request that may have changed something is answered. */
    private readonly save: () => void,
  ) {
    this.address = { host, port }
  }

  get url(): string {
    return `http://${this.address.host}:${this.address.port}`
  }

  /** Listens, after a stop on the same port as before. */
  async start(): Promise<void> {
    if (this.server !== undefined) return
    const server = createServer((request, response) => {
      void this.handle(request, response)
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(this.address.port, this.address.host, resolve)
    })
    this.address = { ...this.address, port: (server.address() as AddressInfo).port }
    this.server = server
  }

  /** Cuts all connections and stops listening: clients get ECONNREFUSED. */
  async stop(): Promise<void> {
    const { server } = this
    this.server = undefined
    if (server === undefined) return
    await new Promise<void>((resolve) => {
      server.close(() => {
        resolve()
      })
      server.closeAllConnections()
    })
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/' } = request
    if (this.log.length === maxLogEntries) this.log.shift()
    this.log.push({ method, path })
    const effect = this.faults.take(method, path)
    try {
      if (effect?.kind === 'freeze') return
      if (effect?.kind === 'delay') await delay(effect.ms)
      if (effect?.kind === 'drop' && effect.when === 'before') {
        request.socket.destroy()
        return
      }
      const text = await readBody(request)
      const result = effect?.kind === 'status' ? faultAnswer(effect) : this.respond(request, method, path, text)
      if (effect?.kind === 'drop') request.socket.destroy()
      else send(response, result)
    } catch {
      // The client went away, or the body is too long: there is nobody to answer.
      request.socket.destroy()
    }
  }

  private respond(request: IncomingMessage, method: string, path: string, text: string): Answer {
    if (!isAllowed(this.auth, request.headers.authorization)) {
      const headers = { 'WWW-Authenticate': this.auth.bearer === undefined ? 'Basic realm="registry"' : 'Bearer' }
      return { status: 401, json: { error_code: 401, message: 'Unauthorized' }, headers }
    }
    try {
      const url = new URL(path, 'http://registry')
      const segments = url.pathname
        .split('/')
        .filter((segment) => segment !== '')
        .map(decodeSegment)
      const json = answer(this.store, { method, segments, query: url.searchParams, body: parseBody(text) })
      if (method !== 'GET') this.save()
      return { status: 200, json }
    } catch (error) {
      if (error instanceof RegistryFailure) {
        return { status: error.status, json: { error_code: error.errorCode, message: error.message } }
      }
      return { status: 500, json: { error_code: 50001, message: `Error in the registry: ${String(error)}` } }
    }
  }
}

interface Answer {
  readonly status: number
  readonly json: unknown
  readonly headers?: Readonly<Record<string, string>>
}

function send(response: ServerResponse, { status, json, headers }: Answer): void {
  response.writeHead(status, { 'Content-Type': contentType, ...headers })
  response.end(JSON.stringify(json))
}

function faultAnswer(effect: RegistryFaultEffect & { kind: 'status' }): Answer {
  const { status, errorCode = status, retryAfter } = effect
  const headers = retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }
  return { status, json: { error_code: errorCode, message: `injected fault ${status}` }, headers }
}

function isAllowed(auth: RegistryAuth, header: string | undefined): boolean {
  const expected: string[] = []
  if (auth.basic !== undefined) {
    const credentials = Buffer.from(`${auth.basic.username}:${auth.basic.password}`).toString('base64')
    expected.push(`Basic ${credentials}`)
  }
  if (auth.bearer !== undefined) expected.push(`Bearer ${auth.bearer}`)
  return expected.length === 0 || (header !== undefined && expected.includes(header))
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new RegistryFailure(400, 400, `bad percent-encoding in ${segment}`)
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBodyBytes) throw new Error('the body is too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
