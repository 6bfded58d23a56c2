/** `millrace produce <topic>`: JSON lines from standard input or a file to records, typed by the topic's schema. */
import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { writeRecords, type OutgoingRecord } from '../../runtime/kafka/tools/write-records.js'
import { count } from '../count.js'
import { command, type CommandContext } from '../command.js'
import { loadProject } from '../config-file.js'
import { ExitCode } from '../exit-code.js'
import { commandRetries, withKafka } from '../kafka/connect.js'
import { parseLine, type LineProblem, type LineSchemas } from '../kafka/parse-line.js'
import { requireTopic } from '../kafka/require-topic.js'
import { schemaSource } from '../registry/schema-source.js'

/** Problems printed; the rest is counted. */
const shownProblems = 20

export default command({
  args: {
    topic: { type: 'positional', required: true, description: 'Topic' },
    file: { type: 'string', description: 'File of JSON lines (default: standard input)' },
    key: { type: 'string', description: 'Field of the value that becomes the key', valueHint: 'field' },
    envelope: {
      type: 'boolean',
      description: 'Lines are {"key": …, "value": …, "timestamp": …, "headers": {…}} instead of values',
    },
  },
  async run(context, args) {
    const project = await loadProject(context.cwd, context.configFile)
    const source = schemaSource(project)
    const schemas: LineSchemas = {
      key: await source?.latest(`${args.topic}-key`),
      value: await source?.latest(`${args.topic}-value`),
    }
    const { records, problems } = await readLines(context, args.file, (line, number) =>
      parseLine(line, number, schemas, { keyField: args.key, envelope: args.envelope ?? false }),
    )
    if (problems.length > 0) return refuse(context, problems)
    const written = await withKafka(project, async (client) => {
      await requireTopic(client, args.topic)
      return await context.terminal.progress(`writing to ${args.topic}`, () =>
        writeRecords(client, args.topic, records, commandRetries),
      )
    })
    context.terminal.data({ topic: args.topic, records: written })
    context.terminal.success(`${count(written, 'record')} written to ${args.topic}${describe(args.topic, schemas)}`)
    return ExitCode.Ok
  },
})

type Parsed =
  | { readonly ok: true; readonly record: OutgoingRecord }
  | { readonly ok: false; readonly problems: readonly LineProblem[] }

async function readLines(
  context: CommandContext,
  file: string | undefined,
  parse: (line: string, number: number) => Parsed,
) {
  const input = file === undefined ? process.stdin : createReadStream(resolve(context.cwd, file))
  const records: OutgoingRecord[] = []
  const problems: LineProblem[] = []
  let number = 0
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    number += 1
    if (line.trim() === '') continue
    const parsed = parse(line, number)
    if (parsed.ok) records.push(parsed.record)
    else problems.push(...parsed.problems)
  }
  return { records, problems }
}

/** Nothing is written when one line is wrong: a corrected file can be given again as a whole. */
function refuse({ terminal }: CommandContext, problems: readonly LineProblem[]): ExitCode {
  terminal.data({ records: 0, problems })
  for (const { line, path, message } of problems.slice(0, shownProblems)) {
    terminal.error(`line ${line}${path === '' ? '' : `, ${path}`}: ${message}`)
  }
  if (problems.length > shownProblems) terminal.error(`and ${problems.length - shownProblems} more`)
  terminal.note('nothing was written')
  return ExitCode.Failed
}

function describe(topic: string, { value }: LineSchemas): string {
  return value === undefined ? ` as JSON text (no subject ${topic}-value)` : `, schema id ${value.id}`
}
