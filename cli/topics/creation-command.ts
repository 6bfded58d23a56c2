/** How an administrator creates a topic with Kafka's own tool: for clusters on which an application must not. */
import type { NeededTopic } from './needed-topics.js'

export function creationCommand(
  { topic, partitions, config }: Pick<NeededTopic, 'topic' | 'partitions' | 'config'>,
  brokers: readonly string[],
  replication: number | undefined,
): string {
  const options: readonly (readonly [string, string | undefined])[] = [
    ['--bootstrap-server', brokers.join(',')],
    ['--topic', topic],
    ['--partitions', partitions?.toString()],
    ['--replication-factor', replication?.toString()],
    ...Object.entries(config).map(([name, value]) => ['--config', `${name}=${value}`] as const),
  ]
  const given = options.flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${quoted(value)}`]))
  return `kafka-topics.sh --create --if-not-exists ${given.join(' ')}`
}

/** For a POSIX shell. */
const quoted = (text: string) => (/^[\w.,:=/[\]-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)
