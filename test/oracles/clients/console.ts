import type { CompressionType } from '../../../runtime/kafka/record-batch/index.js'
import { javaTool } from './java-tool.js'
import { hex, type PlainRecord } from './plain-record.js'

const bytesDeserializer = 'org.apache.kafka.common.serialization.BytesDeserializer'
/** The tool prints bytes outside of printable ASCII as \xNN, tabs and backslashes too: a tab separates fields safely. */
const tab = '\t'
const nullText = '\\null'
/** The consumer prints its text for null as it prints bytes. No sample holds the same one as data. */
const printedNull = '\\x5Cnull'

/** Reads a partition from its start with Java's ConsoleConsumer. Header names and values must not hold `:` or `;`. */
export async function consumeWithConsole(
  brokers: string,
  topic: string,
  partition: number,
  count: number,
  isolation: 'read_committed' | 'read_uncommitted' = 'read_committed',
): Promise<readonly PlainRecord[]> {
  const formatter = {
    'print.timestamp': 'true',
    'print.headers': 'true',
    'print.key': 'true',
    'print.value': 'true',
    'key.separator': tab,
    'headers.separator': ';',
    'null.literal': nullText,
    'key.deserializer': bytesDeserializer,
    'value.deserializer': bytesDeserializer,
    'headers.deserializer': bytesDeserializer,
  }
  const output = await javaTool('org.apache.kafka.tools.consumer.ConsoleConsumer', [
    ...['--bootstrap-server', brokers],
    ...['--topic', topic, '--partition', String(partition), '--offset', 'earliest'],
    ...['--max-messages', String(count), '--timeout-ms', '30000', '--isolation-level', isolation],
    ...Object.entries(formatter).flatMap(([name, value]) => ['--formatter-property', `${name}=${value}`]),
  ])
  return output
    .split('\n')
    .filter((line) => line.includes(tab))
    .map(parseLine)
}

/** Writes records with Java's ConsoleProducer: text without tabs, at the current time. `null` is a tombstone. */
export async function produceWithConsole(
  brokers: string,
  topic: string,
  compression: CompressionType,
  records: readonly { readonly key: string; readonly value: string | null; readonly header: string }[],
): Promise<void> {
  const reader = { 'parse.key': 'true', 'parse.headers': 'true', 'null.marker': nullText }
  await javaTool(
    'org.apache.kafka.tools.ConsoleProducer',
    [
      ...['--bootstrap-server', brokers, '--topic', topic, '--compression-codec', compression],
      ...Object.entries(reader).flatMap(([name, value]) => ['--reader-property', `${name}=${value}`]),
    ],
    { input: records.map(({ key, value, header }) => `source:${header}\t${key}\t${value ?? nullText}\n`).join('') },
  )
}

/** `CreateTime:<ms> <headers> <key> <value>` */
function parseLine(line: string): PlainRecord {
  const [time = '', headers = '', key = '', value = ''] = line.split(tab)
  return {
    timestamp: Number(time.replace(/^\w+:/, '')),
    headers: headers === 'NO_HEADERS' ? [] : headers.split(';').map(parseHeader),
    key: unescape(key),
    value: unescape(value),
  }
}

function parseHeader(text: string): readonly [string, string | null] {
  const [name = '', value = ''] = text.split(':')
  return [name, unescape(value)]
}

function unescape(text: string): string | null {
  if (text === printedNull) return null
  const bytes = text.replace(/\\x([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
  return hex(Buffer.from(bytes, 'latin1'))
}
