import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { awaitReady } from './await-ready.js'
import { startDaemon } from './daemon.js'
import { freePorts } from './free-ports.js'

export interface SchemaRegistryOptions {
  /** A `java` of at least 21. */
  readonly java: string
  readonly jar: string
}

export interface SchemaRegistry {
  /** Base URL of its Confluent-compatible API. */
  readonly url: string
  readonly stop: () => Promise<void>
}

/** Starts Apicurio Registry on loopback, with an in-memory store. */
export async function startSchemaRegistry({ java, jar }: SchemaRegistryOptions): Promise<SchemaRegistry> {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-registry-'))
  const [port = 0, managementPort = 0] = await freePorts(2)
  const daemon = startDaemon({
    name: 'schema registry',
    command: java,
    args: [
      '-Xmx384m',
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      `-Djava.io.tmpdir=${directory}`,
      ...systemProperties(port, managementPort),
      '-jar',
      jar,
    ],
    cwd: directory,
    logFile: join(directory, 'server.log'),
  })
  const url = `http://127.0.0.1:${port}/apis/ccompat/v7`
  const stop = async (): Promise<void> => {
    await daemon.kill()
    await rm(directory, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    await awaitReady([daemon], () => answers(`${url}/subjects`))
    await useConfluentDefaults(url)
    return { url, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function systemProperties(port: number, managementPort: number): readonly string[] {
  const properties = {
    'quarkus.http.host': '127.0.0.1',
    'quarkus.http.port': port,
    // Binds every interface unless told otherwise.
    'quarkus.management.host': '127.0.0.1',
    'quarkus.management.port': managementPort,
    'quarkus.log.level': 'WARN',
    'quarkus.banner.enabled': false,
    'apicurio.storage.sql.kind': 'h2',
    'apicurio.datasource.url': `jdbc:h2:mem:registry-${port}`,
    'apicurio.rest.deletion.artifact.enabled': true,
    'apicurio.rest.deletion.artifact-version.enabled': true,
    'apicurio.rest.deletion.group.enabled': true,
  }
  return Object.entries(properties).map(([name, value]) => `-D${name}=${value}`)
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url)
    await response.body?.cancel()
    return response.status === 200
  } catch {
    return false
  }
}

/** It starts without a compatibility rule; a Confluent registry starts with BACKWARD. */
async function useConfluentDefaults(url: string): Promise<void> {
  const response = await fetch(`${url}/config`, {
    method: 'PUT',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ compatibility: 'BACKWARD' }),
  })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`the registry refused its configuration: HTTP ${response.status}`)
}
