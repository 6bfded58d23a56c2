/** `millrace explain <pipeline>`: every plan level; `millrace explain MR1003`: the page of a diagnostic. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { codes } from '../../compiler/diagnostics/codes.js'
import { explain, explainLevels } from '../../compiler/explain/index.js'
import { command, type CommandContext } from '../command.js'
import { loadProject } from '../config-file.js'
import { didYouMean } from '../did-you-mean.js'
import { ExitCode } from '../exit-code.js'
import { printDiagnostics } from '../print-diagnostics.js'
import { ProjectBuilder } from '../project-build.js'
import { UsageError } from '../usage-error.js'

const formats = ['text', 'mermaid', 'json'] as const

export default command({
  args: {
    what: {
      type: 'positional',
      required: false,
      description: 'Pipeline, or a code such as MR1003 (default: all pipelines)',
    },
    level: { type: 'string', valueHint: 'level', description: explainLevels.join(' | ') },
    format: { type: 'string', valueHint: 'format', description: `${formats.join(' | ')} (default: text)` },
  },
  async run(context, args) {
    const { terminal } = context
    if (args.what !== undefined && /^MR\d{4}$/.test(args.what)) return explainCode(context, args.what)
    const level = oneOf(args.level, explainLevels, '--level')
    const format = terminal.json ? 'json' : (oneOf(args.format, formats, '--format') ?? 'text')
    const project = await loadProject(context.cwd, context.configFile)
    const builder = await ProjectBuilder.open(project)
    const { result } = await terminal.progress('compiling', () => builder.compile())
    printDiagnostics(terminal, project.root, result.diagnostics)
    const names = result.pipelines.map(({ name }) => name)
    const wanted = result.pipelines.filter(({ name }) => args.what === undefined || name === args.what)
    if (wanted.length === 0 && args.what !== undefined) {
      const near = didYouMean(args.what, names)
      throw new UsageError(
        `no pipeline '${args.what}' without errors`,
        near === undefined ? `there are: ${names.join(', ')}` : `did you mean '${near}'?`,
      )
    }
    const texts = wanted.map((pipeline) => explain(pipeline, { format, level }))
    // One document, also for several pipelines.
    const isList = format === 'json' && args.what === undefined
    process.stdout.write(isList ? `[${texts.join(',')}]\n` : texts.join('\n'))
    return wanted.length > 0 ? ExitCode.Ok : ExitCode.Failed
  },
})

function oneOf<const T extends string>(given: string | undefined, known: readonly T[], option: string): T | undefined {
  if (given === undefined) return undefined
  const found = known.find((each) => each === given)
  if (found !== undefined) return found
  throw new UsageError(`${option} ${given} is not known`, known.join(' | '))
}

/** The page of docs/diagnostics where it is installed, else the title. */
function explainCode({ terminal }: CommandContext, code: string): ExitCode {
  const info = Object.entries(codes).find(([name]) => name === code)?.[1]
  if (info === undefined) throw new UsageError(`no diagnostic has the code ${code}`)
  const page = fileURLToPath(new URL(`../../../docs/diagnostics/${code}.md`, import.meta.url))
  const text = existsSync(page) ? readFileSync(page, 'utf8').trimEnd() : `${code}: ${info.title}`
  terminal.data({ code, ...info, page: text })
  terminal.print(text)
  return ExitCode.Ok
}
