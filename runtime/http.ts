/**
 * `/metrics` for Prometheus, `/healthz` (the process works or is on its way to), `/readyz` (tasks run, also while the group rebalances
 * and this process keeps them). On the loopback
 * interface unless told otherwise.
 */
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AppMetrics } from './metrics.js'
import type { AppState } from './state.js'

export class HttpServer {
  constructor(
    private readonly server: Server,
    /** For example `http://127.0.0.1:9464`. */
    readonly address: string,
  ) {}

  close(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.close((error) => {
        if (error === undefined) resolve()
        else reject(error)
      })
      this.server.closeAllConnections()
    })
  }
}

const HEALTHY: ReadonlySet<AppState> = new Set(['CREATED', 'REBALANCING', 'RUNNING', 'PENDING_SHUTDOWN'])

/** Fails with a clear message when the port is taken. */
export const startHttpServer = async (
  { port, host }: { readonly port: number; readonly host: string },
  metrics: AppMetrics,
  state: () => AppState,
  isReady: () => boolean,
): Promise<HttpServer> => {
  const server = createServer((request, response) => {
    void answer(request.url ?? '/', response, metrics, state(), isReady())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(new Error(`cannot serve metrics at ${host}:${port}: ${error.message}; set http.port, or http to false`))
    })
    server.listen(port, host, resolve)
  })
  const bound = server.address()
  const actual = bound !== null && typeof bound === 'object' ? bound.port : port
  return new HttpServer(server, `http://${host.includes(':') ? `[${host}]` : host}:${actual}`)
}

const answer = async (
  url: string,
  response: ServerResponse,
  metrics: AppMetrics,
  state: AppState,
  isReady: boolean,
): Promise<void> => {
  switch (url.split('?')[0]) {
    case '/metrics':
      try {
        send(response, 200, metrics.contentType, await metrics.text())
      } catch (error) {
        send(response, 500, 'text/plain', String(error))
      }
      return
    case '/healthz':
      sendState(response, HEALTHY.has(state), state)
      return
    case '/readyz':
      sendState(response, isReady, state)
      return
    default:
      send(response, 404, 'text/plain', 'not found: there are /metrics, /healthz and /readyz\n')
  }
}

const sendState = (response: ServerResponse, good: boolean, state: AppState): void => {
  send(response, good ? 200 : 503, 'application/json', `${JSON.stringify({ state })}\n`)
}

const send = (response: ServerResponse, status: number, type: string, body: string): void => {
  response.writeHead(status, { 'content-type': type })
  response.end(body)
}
