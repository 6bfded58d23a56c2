/** `millrace tail <topic>`: records as JSON lines, decoded through the registry. */
import { readRecords } from '../../runtime/kafka/tools/read-records.js'
import { count } from '../count.js'
import { command } from '../command.js'
import { loadProject } from '../config-file.js'
import { ExitCode } from '../exit-code.js'
import { commandRetries, withKafka } from '../kafka/connect.js'
import { parseFrom } from '../kafka/read-from.js'
import { readableRecord } from '../kafka/readable-record.js'
import { recordFilter } from '../kafka/record-filter.js'
import { requireTopic } from '../kafka/require-topic.js'
import { schemaSource } from '../registry/schema-source.js'
import { UsageError } from '../usage-error.js'

export default command({
  args: {
    topic: { type: 'positional', required: true, description: 'Topic' },
    from: {
      type: 'string',
      default: 'end',
      valueHint: 'where',
      description: 'beginning | end | -N (the last N of each partition) | an offset | a time (ISO 8601)',
    },
    filter: {
      type: 'string',
      valueHint: 'expression',
      description: "JavaScript expression, such as 'value.amount > 100 && key !== null'",
    },
    limit: { type: 'string', valueHint: 'n', description: 'End after that many records' },
    follow: {
      type: 'boolean',
      default: true,
      description: 'Wait for new records',
      negativeDescription: 'End at the end',
    },
  },
  async run({ terminal, cwd, configFile }, args) {
    const project = await loadProject(cwd, configFile)
    const from = parseFrom(args.from)
    const matches = recordFilter(args.filter)
    const limit = parseLimit(args.limit)
    const schemas = schemaSource(project)
    const stop = new AbortController()
    const interrupt = () => stop.abort()
    process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
    try {
      return await withKafka(project, async (client) => {
        await requireTopic(client, args.topic)
        const options = { ...commandRetries, signal: stop.signal, from, follow: args.follow }
        let scanned = 0
        let printed = 0
        if (limit > 0) {
          for await (const record of readRecords(client, args.topic, options)) {
            scanned += 1
            const readable = await readableRecord(record, schemas?.byId)
            if (!matches(readable)) continue
            process.stdout.write(`${JSON.stringify(readable)}\n`)
            printed += 1
            if (printed >= limit) break
          }
        }
        if (printed < scanned) terminal.note(`${printed} of ${count(scanned, 'record')} match`)
        return ExitCode.Ok
      })
    } catch (error) {
      if (stop.signal.aborted) return ExitCode.Ok
      throw error
    } finally {
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
    }
  },
})

function parseLimit(text: string | undefined): number {
  if (text === undefined) return Infinity
  if (/^\d+$/.test(text)) return Number(text)
  throw new UsageError(`--limit ${text} is no number of records`)
}
