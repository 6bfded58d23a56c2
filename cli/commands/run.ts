/** `millrace run <pipeline>`: executes a compiled pipeline. Needs no compiler: nothing of it is loaded. */
import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { runMain } from '../../runtime/index.js'
import { appSettings } from '../app-settings.js'
import { command } from '../command.js'
import { loadProject, type Project } from '../config-file.js'
import { endWithParent } from '../dev/end-with-parent.js'
import { didYouMean } from '../did-you-mean.js'
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
    const module = moduleOf(project, args.pipeline)
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

function moduleOf(project: Project, name: string): string {
  if (name.endsWith('.js')) {
    const file = project.path(name)
    if (!existsSync(file)) throw new UsageError(`there is no ${file}`, 'millrace build')
    return file
  }
  const folder = project.path(project.config.generated)
  const file = join(folder, `${name}.js`)
  if (existsSync(file)) return file
  const built = builtPipelines(folder)
  if (built.length === 0) throw new UsageError(`no compiled pipelines in ${folder}`, 'millrace build')
  const near = didYouMean(name, built)
  throw new UsageError(
    `no compiled pipeline '${name}' in ${folder}`,
    near === undefined ? `there are: ${built.join(', ')}` : `did you mean '${near}'?`,
  )
}

function builtPipelines(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  const end = '.manifest.json'
  return readdirSync(folder)
    .filter((name) => name.endsWith(end))
    .map((name) => name.slice(0, -end.length))
}
