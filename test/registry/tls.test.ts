/** A registry behind TLS with a certificate authority of its own (throw-away keys in tls/). */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { RegistryClient } from '../../registry/index.js'

const pem = (name: string): Promise<string> => readFile(new URL(`tls/${name}`, import.meta.url), 'utf8')

test('is trusted with its authority, and not without', async () => {
  const server = createServer({ key: await pem('key.pem'), cert: await pem('cert.pem') }, (_, response) => {
    response.end('["a"]')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    using trusting = new RegistryClient({ url, ca: await pem('ca.pem') })
    expect(await trusting.subjects()).toEqual(['a'])
    using other = new RegistryClient({ url })
    await expect(other.subjects()).rejects.toMatchObject({
      kind: 'unreachable',
      help: 'give the certificate authority of the registry as registry.ca in millrace.config.ts',
    })
  } finally {
    server.close()
    server.closeAllConnections()
  }
})
