/**
 * One HTTP request to a registry: keep-alive, TLS with an own certificate authority, a time limit over the whole
 * exchange, a bound on the size of the answer. On node:http, since fetch takes no certificate authority without
 * undici. No retries here, and no meaning of statuses.
 */
import { Buffer } from 'node:buffer'
import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders, type RequestOptions } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'

export interface HttpRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
}

export interface HttpResponse {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** Thrown by `send` when the time is up. */
export class RequestTimeout extends Error {
  override readonly name = 'RequestTimeout'
}

const maxResponseBytes = 64 * 1024 * 1024

export class HttpTransport {
  private readonly http = new HttpAgent({ keepAlive: true, maxSockets: 16 })
  private readonly https: HttpsAgent

  /** `ca`: PEM text of a certificate authority, beside none of the system's. */
  constructor(ca: string | undefined) {
    this.https = new HttpsAgent({ keepAlive: true, maxSockets: 16, ...(ca === undefined ? {} : { ca }) })
  }

  send(request: HttpRequest): Promise<HttpResponse> {
    const { method, url, headers, body, timeoutMs, signal } = request
    const secure = url.protocol === 'https:'
    const options: RequestOptions = { method, headers, agent: secure ? this.https : this.http }
    if (signal !== undefined) options.signal = signal
    return new Promise((resolve, reject) => {
      const outgoing = (secure ? httpsRequest : httpRequest)(url, options, (response) => {
        const chunks: Buffer[] = []
        let size = 0
        response.on('data', (chunk: Buffer) => {
          size += chunk.length
          chunks.push(chunk)
          if (size > maxResponseBytes) outgoing.destroy(new Error('the answer is too long'))
        })
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
        })
      })
      const timer = setTimeout(() => {
        outgoing.destroy(new RequestTimeout(`no answer within ${timeoutMs} ms`))
      }, timeoutMs)
      outgoing.on('close', () => {
        clearTimeout(timer)
      })
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  }

  close(): void {
    this.http.destroy()
    this.https.destroy()
  }
}
