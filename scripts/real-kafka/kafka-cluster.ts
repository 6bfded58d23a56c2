import { randomBytes } from 'node:crypto'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { awaitReady } from './await-ready.js'
import { clusterView } from './cluster-view.js'
import { startDaemon, type Daemon } from './daemon.js'
import { freePorts } from './free-ports.js'
import { runCommand } from './run-command.js'
import { serverProperties } from './server-properties.js'

export interface KafkaClusterOptions {
  /** Class path with the broker, see distributions.ts. */
  readonly classpath: string
  /** 1 or 3. Default: 1. */
  readonly nodes?: number
  /** `broker.rack` of each node. Default: none. */
  readonly racks?: readonly string[]
  /** More lines for server.properties. */
  readonly properties?: Readonly<Record<string, string>>
  /** Beside the plain one. */
  readonly listeners?: readonly KafkaListener[]
  /** More arguments of the tool that formats the log folders. */
  readonly formatArguments?: readonly string[]
  /** More arguments of the JVM. */
  readonly javaArguments?: readonly string[]
}

/** A further way in, on a port of its own. */
export interface KafkaListener {
  /** Upper-case letters and underscores. */
  readonly name: string
  readonly protocol: 'SSL' | 'SASL_SSL' | 'SASL_PLAINTEXT'
  /** Without the prefix `listener.name.…`. */
  readonly properties: Readonly<Record<string, string>>
}

/** A running cluster. Node ids count from 1. */
export interface KafkaCluster {
  /** `host:port`, comma-separated. */
  readonly brokers: string
  /** The same of a further listener. */
  readonly brokersAt: (listener: string) => string
  /** The log folders of a node, for DumpLogSegments. */
  readonly dataDirectory: (nodeId: number) => string
  /** kill -9, or another signal: SIGSTOP and SIGCONT freeze and thaw a node. */
  readonly signal: (nodeId: number, signal: NodeJS.Signals) => void
  /** kill -9, and wait until the process is gone. */
  readonly kill: (nodeId: number) => Promise<void>
  /** Starts a killed node again on its old port and waits until every node sees it. */
  readonly revive: (nodeId: number) => Promise<void>
  /** Kills everything and removes its data. */
  readonly stop: () => Promise<void>
}

interface Node {
  readonly id: number
  readonly port: number
  /** Of the further listeners, by name. */
  readonly listenerPorts: ReadonlyMap<string, number>
  readonly directory: string
  daemon: Daemon | undefined
}

const javaOptions = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto', '-Djava.awt.headless=true']
const logOptions = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-Dorg.slf4j.simpleLogger.showDateTime=true']

/** Starts Apache Kafka (KRaft) on loopback ports that the system chooses. */
export async function startKafkaCluster(options: KafkaClusterOptions): Promise<KafkaCluster> {
  const root = await mkdtemp(join(tmpdir(), 'millrace-kafka-'))
  try {
    const nodes = await formatNodes(root, options)
    try {
      for (const node of nodes) launch(node, options)
      await allReady(nodes)
      return handle(root, nodes, options)
    } catch (error) {
      await Promise.all(nodes.map(killNode))
      throw error
    }
  } catch (error) {
    await rm(root, { recursive: true, force: true })
    throw error
  }
}

async function formatNodes(root: string, options: KafkaClusterOptions): Promise<readonly Node[]> {
  const { nodes: count = 1, racks = [], properties = {}, listeners = [] } = options
  const ports = await freePorts(count * (2 + listeners.length))
  // A leading dash would be an option of the format tool.
  const clusterId = randomBytes(16).toString('base64url').replace(/^-/, 'A')
  const nodes = ports.slice(0, count).map((port, i): Node => {
    const listenerPorts = new Map(listeners.map(({ name }, at) => [name, ports[(2 + at) * count + i] ?? 0]))
    return { id: i + 1, port, listenerPorts, directory: join(root, `node-${i + 1}`), daemon: undefined }
  })
  const controllerPorts = ports.slice(count, 2 * count)
  const voters = controllerPorts.map((port, i) => `${i + 1}@127.0.0.1:${port}`).join(',')

  for (const [i, node] of nodes.entries()) {
    const dataDirectory = dataOf(node)
    await mkdir(dataDirectory, { recursive: true })
    const controllerPort = controllerPorts[i] ?? 0
    const settings = {
      id: node.id,
      nodes: count,
      port: node.port,
      controllerPort,
      voters,
      dataDirectory,
      listeners: listeners.map((listener) => ({ ...listener, port: node.listenerPorts.get(listener.name) ?? 0 })),
    }
    await writeFile(propertiesOf(node), serverProperties(settings, { ...rackOf(racks[i]), ...properties }))
  }
  await formatStorage(nodes, clusterId, options)
  return nodes
}

/** Formats the first node; the others get a copy with identities of their own, which saves a JVM start for each. */
async function formatStorage(
  nodes: readonly Node[],
  clusterId: string,
  { classpath, formatArguments = [] }: KafkaClusterOptions,
): Promise<void> {
  const [first, ...others] = nodes
  if (first === undefined) throw new Error('a cluster needs a node')
  const format = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', propertiesOf(first), ...formatArguments]
  await runCommand('java', [...javaOptions, '-Xmx128m', '-cp', classpath, ...format])
  for (const node of others) {
    await cp(dataOf(first), dataOf(node), { recursive: true })
    const directoryId = randomBytes(16).toString('base64url').replace(/^-/, 'A')
    const identity = `version=1\ncluster.id=${clusterId}\nnode.id=${node.id}\ndirectory.id=${directoryId}\n`
    await writeFile(join(dataOf(node), 'meta.properties'), identity)
  }
}

function rackOf(rack: string | undefined): Readonly<Record<string, string>> {
  return rack === undefined ? {} : { 'broker.rack': rack }
}

function launch(node: Node, { classpath, javaArguments = [] }: KafkaClusterOptions): void {
  node.daemon = startDaemon({
    name: `Kafka node ${node.id}`,
    command: 'java',
    args: [
      ...javaOptions,
      ...logOptions,
      ...javaArguments,
      '-Xms64m',
      '-Xmx512m',
      '-XX:MaxDirectMemorySize=256m',
      '-cp',
      classpath,
      'kafka.Kafka',
      propertiesOf(node),
    ],
    cwd: node.directory,
    logFile: join(node.directory, 'server.log'),
  })
}

/** Ready: every running node lists every other one, and a controller. */
async function allReady(nodes: readonly Node[]): Promise<void> {
  const running = nodes.filter((node) => node.daemon !== undefined)
  const daemons = running.flatMap((node) => node.daemon ?? [])
  await awaitReady(daemons, async () => {
    const views = await Promise.all(running.map((node) => clusterView(node.port).catch(() => undefined)))
    return views.every(
      (view) =>
        view !== undefined && view.controllerId >= 0 && running.every((node) => view.brokerIds.includes(node.id)),
    )
  })
}

function handle(root: string, nodes: readonly Node[], options: KafkaClusterOptions): KafkaCluster {
  const node = (id: number): Node => {
    const found = nodes.find((candidate) => candidate.id === id)
    if (found === undefined) throw new Error(`the cluster has no node ${id}`)
    return found
  }
  return {
    brokers: nodes.map(({ port }) => `127.0.0.1:${port}`).join(','),
    brokersAt: (listener) =>
      nodes.map(({ listenerPorts }) => `127.0.0.1:${listenerPorts.get(listener) ?? 0}`).join(','),
    dataDirectory: (id) => dataOf(node(id)),
    signal: (id, signal) => node(id).daemon?.signal(signal),
    kill: (id) => killNode(node(id)),
    revive: async (id) => {
      launch(node(id), options)
      await allReady(nodes)
    },
    stop: async () => {
      await Promise.all(nodes.map(killNode))
      await rm(root, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function killNode(node: Node): Promise<void> {
  await node.daemon?.kill()
  node.daemon = undefined
}

function dataOf(node: Node): string {
  return join(node.directory, 'data')
}

function propertiesOf(node: Node): string {
  return join(node.directory, 'server.properties')
}
