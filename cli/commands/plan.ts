/** `millrace plan`: what it takes to bring the pipelines out where those of the topology lock run. */
import {
  acceptPipeline,
  emptyTopologyLock,
  renameInLock,
  worst,
  type CompiledPipeline,
  type Difference,
  type TopologyLock,
} from '../../compiler/index.js'
import { command } from '../command.js'
import { loadProject } from '../config-file.js'
import { ExitCode } from '../exit-code.js'
import { printDiagnostics } from '../print-diagnostics.js'
import { ProjectBuilder } from '../project-build.js'
import type { Terminal } from '../terminal.js'
import { differencesOf, readTopologyLock, writeTopologyLock, type PipelineDifferences } from '../topology-lock.js'
import { UsageError } from '../usage-error.js'

export default command({
  args: {
    accept: { type: 'boolean', description: 'Write the topology lock: this is what is deployed from now on' },
    reset: {
      type: 'string',
      valueHint: 'names',
      description: 'With --accept: stores and topics, by comma, whose state is given up',
    },
    rename: {
      type: 'string',
      valueHint: 'old=new',
      description:
        'A store or internal topic is called otherwise in the code and keeps its name in Kafka; accepts as well',
    },
  },
  async run({ terminal, cwd, configFile }, args) {
    const project = await loadProject(cwd, configFile)
    const builder = await ProjectBuilder.open(project)
    const lock = renamed(await readTopologyLock(project), args.rename)
    const { result, ok } = await terminal.progress('compiling', () =>
      builder.compile([], { topologyLock: emptyTopologyLock }),
    )
    printDiagnostics(terminal, project.root, result.diagnostics)
    if (!ok) return ExitCode.Failed
    const reset = new Set(args.reset?.split(',').map((name) => name.trim()))
    const found = differencesOf(lock, result.pipelines)
    const open = found.flatMap(({ differences }) => differences.filter((each) => isOpen(each, reset)))
    const verdict = worst(open)
    terminal.data({ verdict, pipelines: found.map((each) => ({ ...each, verdict: worst(each.differences) })) })
    for (const each of found) print(terminal, each)
    const accepts = args.accept === true || args.rename !== undefined
    if (open.length > 0 && (verdict === 'reset' || verdict === 'refused')) {
      if (accepts) terminal.error(`${project.config.topology} is not written`)
      return ExitCode.Failed
    }
    if (!accepts) {
      if (found.some(({ differences }) => differences.length > 0)) {
        terminal.note(`millrace plan --accept writes ${project.config.topology}`)
      }
      return ExitCode.Ok
    }
    const changed = await writeTopologyLock(project, accepted(lock, result.pipelines, reset))
    terminal.success(`${project.config.topology} ${changed ? 'is written: check it in' : 'is as it was'}`)
    return ExitCode.Ok
  },
})

function renamed(lock: TopologyLock, rename: string | undefined): TopologyLock {
  if (rename === undefined) return lock
  const [from = '', to = '', ...more] = rename.split('=')
  if (from === '' || to === '' || more.length > 0) throw new UsageError(`--rename ${rename} is not of the form old=new`)
  const result = renameInLock(lock, from, to)
  if (result === undefined) throw new UsageError(`the topology lock has no '${from}' that could be called '${to}'`)
  return result
}

function isOpen({ verdict, name }: Difference, reset: ReadonlySet<string>): boolean {
  return verdict === 'safe' || verdict === 'rolling' || !reset.has(name)
}

function accepted(
  lock: TopologyLock,
  pipelines: readonly CompiledPipeline[],
  reset: ReadonlySet<string>,
): TopologyLock {
  return {
    pipelines: Object.fromEntries(
      pipelines.map(({ name, keeps }) => [name, acceptPipeline(lock.pipelines[name], keeps, reset)]),
    ),
  }
}

const verdictTexts = {
  safe: 'safe',
  rolling: 'needs a rolling restart',
  reset: 'needs a reset',
  refused: 'refused',
} as const

function print(terminal: Terminal, { pipeline, differences }: PipelineDifferences): void {
  const text = differences.length === 0 ? 'as deployed' : verdictTexts[worst(differences)]
  terminal.print(`${pipeline}: ${text}`)
  for (const { verdict, kind, name, reason, fix } of differences) {
    const what = kind === 'pipeline' ? '' : `${kind} ${name} `
    terminal.print(`  ${verdict.padEnd(7)}  ${what}${reason}`)
    if (fix !== undefined) terminal.print(`           fix: ${fix}`)
  }
}
