/** Tokens of SASL OAUTHBEARER, from an endpoint on this machine. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { tokenProvider } from '../../../../runtime/kafka/transport/token-provider.js'

let asked: string[] = []
let answer: { status: number; body: unknown }
const server = createServer((request: IncomingMessage, response: ServerResponse) => {
  let body = ''
  request.on('data', (chunk: Buffer) => {
    body += chunk.toString()
  })
  request.on('end', () => {
    asked.push(`${request.headers.authorization ?? ''} ${body}`)
    response.writeHead(answer.status).end(JSON.stringify(answer.body))
  })
})
let url = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url = typeof address === 'object' ? `http://127.0.0.1:${address?.port ?? 0}/token` : ''
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  asked = []
  answer = { status: 200, body: { access_token: 'abc', expires_in: 3600 } }
})

const source = () => ({ url, clientId: 'me', clientSecret: 's:t', scope: 'kafka' })

it('gives a token as it is', async () => {
  expect(await tokenProvider('xyz')()).toEqual({ value: 'xyz' })
})

it('asks once for a token that lives, also when connections open together', async () => {
  const token = tokenProvider(source())
  expect(await Promise.all([token(), token()])).toEqual([{ value: 'abc' }, { value: 'abc' }])
  expect(await token()).toEqual({ value: 'abc' })
  const basic = Buffer.from('me:s%3At').toString('base64')
  expect(asked).toEqual([`Basic ${basic} grant_type=client_credentials&scope=kafka`])
})

it('asks again for one that has run out', async () => {
  answer.body = { access_token: 'short', expires_in: 0 }
  const token = tokenProvider(source())
  await token()
  await token()
  expect(asked.length).toBe(2)
})

it('says what the endpoint answers, and tries again the next time', async () => {
  answer = { status: 401, body: { error: 'invalid_client' } }
  const token = tokenProvider(source())
  await expect(token()).rejects.toThrow(`the token endpoint ${url} answers 401: {"error":"invalid_client"}`)
  answer = { status: 200, body: {} }
  await expect(token()).rejects.toThrow('without an access_token')
  answer = { status: 200, body: { access_token: 'late', expires_in: 60 } }
  expect(await token()).toEqual({ value: 'late' })
})
