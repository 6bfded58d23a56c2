/** `millrace run <pipeline>`: executes a compiled pipeline. Needs no compiler: nothing of it is loaded. */
import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'
import { runMain } from '../../runtime/index.js'
import { appSettings } from '../app-settings.js'
import { command } from '../command.js'
import { compiledModule } from '../compiled-modules.js'
import { loadProject } from '../config-file.js'
import { endWithParent } from '../dev/end-with-parent.js'
import { readableLogger } from '../readable-logger.js'
import { UsageError } from '../usage-error.js'

export default command({
  args: {
    pipeline: {
      type: 'positional',
      required: true,
      description: 'Name of the pipeline, or path of the generated module',
    },
    threads: {
      type: 'string',
      valueHint: 'n',
      description: 'Worker threads; 0: none (default: the configuration, else 1)',
    },
    'http-port': {
      type: 'string',
      valueHint: 'port',
      description: 'Port of metrics, health and readiness; 0: any free one (default: 9464)',
    },
    log: { type: 'string', valueHint: 'text|json', description: 'Format of logs (default: text on a terminal)' },
  },
  async run({ terminal, cwd, configFile }, args) {
    endWithParent()
    const project = await loadProject(cwd, configFile)
    // The environment wins over the file, and the command line over both.
    override('MILLRACE_HTTP_PORT', count(args['http-port'], '--http-port'))
    override('MILLRACE_THREADS', count(args.threads, '--threads'))
    const readable = isReadable(args.log, terminal.json)
    const module = compiledModule(project, args.pipeline)
    return await runMain({
      ...(readable ? { logger: readableLogger(basename(module, '.js')) } : {}),
      http: {},
      ...appSettings(project),
      pipeline: pathToFileURL(module),
    })
  },
})

function count(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d+$/.test(text)) throw new UsageError(`${option} ${text} is no number`)
  return Number(text)
}

function override(variable: string, value: number | undefined): void {
  if (value !== undefined) process.env[variable] = String(value)
}

function isReadable(format: string | undefined, json: boolean): boolean {
  if (format === undefined) return process.stderr.isTTY && !json
  if (format === 'text' || format === 'json') return format === 'text'
  throw new UsageError(`--log ${format} is neither text nor json`)
}
