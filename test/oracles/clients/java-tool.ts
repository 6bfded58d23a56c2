import { runCommand, type CommandOptions } from '../../../scripts/real-kafka/run-command.js'
import { realEnvironment } from '../../kafka/setup/real-environment.js'

const options = [
  '-XX:TieredStopAtLevel=1',
  '-XX:+UseSerialGC',
  '-Xmx256m',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=error',
] as const

/**
 * Runs one of Kafka's own command line tools, by its class, to its end; resolves with its standard output.
 *
 *     await javaTool('org.apache.kafka.tools.GetOffsetShell', ['--bootstrap-server', brokers, '--topic', topic])
 */
export async function javaTool(
  mainClass: string,
  args: readonly string[],
  run: Pick<CommandOptions, 'input' | 'timeoutMs'> = {},
): Promise<string> {
  const classpath = realEnvironment().kafkaClasspath
  const { stdout } = await runCommand('java', [...options, '-cp', classpath, mainClass, ...args], {
    timeoutMs: 60_000,
    ...run,
  })
  return stdout
}
