import { prepareDistributions, type Distributions } from './distributions.js'
import { startKafkaCluster, type KafkaCluster } from './kafka-cluster.js'
import { startSchemaRegistry, type SchemaRegistry } from './schema-registry.js'

/** A real broker, a real registry, and the tools of others to check us with. Plain data: it crosses process borders. */
export interface RealEnvironment {
  /** `host:port`, comma-separated. */
  readonly brokers: string
  readonly registryUrl: string
  /** The only broker's log folders. */
  readonly dataDirectory: string
  readonly kafkaClasspath: string
  readonly python: string
}

export interface RunningEnvironment extends RealEnvironment {
  readonly stop: () => Promise<void>
}

/** Fetches what is missing, then starts one broker and a registry. */
export async function startRealEnvironment(log: (line: string) => void): Promise<RunningEnvironment> {
  const distributions = await prepareDistributions(log)
  const started = Date.now()
  const { kafka, registry } = await startBoth(distributions)
  log(`Kafka at ${kafka.brokers}, registry at ${registry.url} in ${((Date.now() - started) / 1000).toFixed(1)} s`)
  return {
    brokers: kafka.brokers,
    registryUrl: registry.url,
    dataDirectory: kafka.dataDirectory(1),
    kafkaClasspath: distributions.kafkaClasspath,
    python: distributions.python,
    stop: async () => {
      await Promise.all([kafka.stop(), registry.stop()])
    },
  }
}

async function startBoth(distributions: Distributions): Promise<{ kafka: KafkaCluster; registry: SchemaRegistry }> {
  const [kafka, registry] = await Promise.allSettled([
    startKafkaCluster({ classpath: distributions.kafkaClasspath }),
    startSchemaRegistry({ java: distributions.registryJava, jar: distributions.registryJar }),
  ])
  if (kafka.status === 'fulfilled' && registry.status === 'fulfilled') {
    return { kafka: kafka.value, registry: registry.value }
  }
  if (kafka.status === 'fulfilled') await kafka.value.stop()
  if (registry.status === 'fulfilled') await registry.value.stop()
  const reasons = [kafka, registry].flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []))
  throw new AggregateError(reasons, reasons.map((reason) => reason.message).join('\n'))
}

const variable = 'REAL_ENVIRONMENT'

/** For a shell: by these, the command line uses the environment, and a test run takes it instead of one of its own. */
export function environmentVariables(environment: RealEnvironment): Readonly<Record<string, string>> {
  return {
    MILLRACE_BROKERS: environment.brokers,
    MILLRACE_REGISTRY_URL: environment.registryUrl,
    [variable]: JSON.stringify(environment),
  }
}

/** The environment that those variables describe, if they are set. */
export function environmentFromVariables(variables: NodeJS.ProcessEnv): RealEnvironment | undefined {
  const text = variables[variable]
  return text === undefined ? undefined : (JSON.parse(text) as RealEnvironment)
}
