/**
 * JSON over HTTP, for the few read-only calls to a schema registry. 404 is `undefined`; whatever may pass by itself
 * (connection errors, time-outs, 429, 5xx) is a retriable RegistryError.
 */
import { request as requestHttp, type Agent as HttpAgent, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as requestHttps, type Agent as HttpsAgent } from 'node:https'
import { RegistryError } from './runtime-registry.js'

export interface HttpTarget {
  /** Without a slash at the end. */
  readonly url: string
  readonly agent: HttpAgent | HttpsAgent
  readonly authorization: string | undefined
  readonly timeoutMs: number
}

const CONTENT_TYPE = 'application/vnd.schemaregistry.v1+json'
const MAX_ANSWER_BYTES = 32 * 1024 * 1024

export const getJson = (target: HttpTarget, path: string): Promise<unknown> => call(target, 'GET', path, undefined)

export const postJson = (target: HttpTarget, path: string, body: object): Promise<unknown> =>
  call(target, 'POST', path, JSON.stringify(body))

const call = async (target: HttpTarget, method: string, path: string, body: string | undefined): Promise<unknown> => {
  const { status, text } = await exchange(target, method, path, body)
  if (status === 404) return undefined
  if (status === 401 || status === 403) {
    throw new RegistryError(`schema registry ${target.url} refuses the credentials (${status})`, false)
  }
  if (status < 200 || status > 299) {
    const retriable = status === 429 || status >= 500
    throw new RegistryError(`schema registry: ${method} ${target.url}${path} answered ${status}: ${text}`, retriable)
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new RegistryError(`schema registry: ${method} ${target.url}${path} did not answer JSON`, true, {
      cause: error,
    })
  }
}

const exchange = (
  target: HttpTarget,
  method: string,
  path: string,
  body: string | undefined,
): Promise<{ readonly status: number; readonly text: string }> =>
  new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      reject(new RegistryError(`no schema registry at ${target.url}: ${error.message}`, true, { cause: error }))
    }
    const options: RequestOptions = {
      method,
      agent: target.agent,
      timeout: target.timeoutMs,
      headers: {
        accept: `${CONTENT_TYPE}, application/json`,
        ...(body === undefined ? {} : { 'content-type': CONTENT_TYPE, 'content-length': Buffer.byteLength(body) }),
        ...(target.authorization === undefined ? {} : { authorization: target.authorization }),
      },
    }
    const url = new URL(target.url + path)
    const start = url.protocol === 'https:' ? requestHttps : requestHttp
    const request = start(url, options, (response) => {
      read(response).then((text) => {
        resolve({ status: response.statusCode ?? 0, text })
      }, fail)
    })
    request.on('timeout', () => request.destroy(new Error(`no answer within ${target.timeoutMs} ms`)))
    request.on('error', fail)
    request.end(body)
  })

const read = async (response: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response) {
    const buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
    bytes += buffer.length
    if (bytes > MAX_ANSWER_BYTES) throw new Error(`the answer exceeds ${MAX_ANSWER_BYTES} bytes`)
    chunks.push(buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}
