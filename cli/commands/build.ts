/** `millrace build`: compiles the pipelines of the project. */
import { relative } from 'node:path'
import { diagnosticToJson } from '../../compiler/diagnostics/index.js'
import { command, type CommandContext } from '../command.js'
import { loadProject } from '../config-file.js'
import { ExitCode } from '../exit-code.js'
import { printDiagnostics } from '../print-diagnostics.js'
import { ProjectBuilder, type ProjectBuild } from '../project-build.js'
import { UsageError } from '../usage-error.js'
import { watchProject } from '../watch-project.js'

export default command({
  args: {
    watch: { type: 'boolean', alias: 'w', description: 'Build again when a file or the schema lock changes' },
    frozen: { type: 'boolean', description: 'Write nothing; exit code 1 when lock or generated files are stale (CI)' },
    verbose: { type: 'boolean', description: 'Also print notes, and how long each step took' },
  },
  async run(context, args) {
    if (args.watch && args.frozen) throw new UsageError('--watch and --frozen exclude one another')
    const project = await loadProject(context.cwd, context.configFile)
    const builder = await ProjectBuilder.open(project)
    if (args.frozen) return await frozen(context, builder)
    const verbose = args.verbose ?? false
    if (!args.watch) return await build(context, builder, [], verbose)
    await watchProject(builder, context.terminal, async (changed) => {
      if (changed.length > 0) {
        context.terminal.note(`changed: ${changed.map((file) => relative(project.root, file)).join(', ')}`)
      }
      await build(context, builder, changed, verbose)
    })
    return ExitCode.Ok
  },
})

async function build(
  { terminal }: CommandContext,
  builder: ProjectBuilder,
  changed: readonly string[],
  verbose: boolean,
): Promise<ExitCode> {
  const started = performance.now()
  await builder.writeTypes()
  const built = await terminal.progress('building', () =>
    builder.compile(changed, { output: (text) => terminal.say(text.trimEnd()) }),
  )
  const report = await builder.write(built)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const { diagnostics, pipelines, timings } = built.result
  terminal.data({
    ok: built.ok,
    pipelines: pipelines.map(({ name }) => name),
    ...report,
    diagnostics: diagnostics.map(diagnosticToJson),
    timings,
  })
  printDiagnostics(terminal, builder.project.root, diagnostics, { notes: verbose })
  if (verbose) for (const { pass, duration } of timings) terminal.note(`${duration.toFixed(0).padStart(6)} ms  ${pass}`)
  for (const file of report.removed) terminal.note(`removed ${file}`)
  if (!built.ok) return ExitCode.Failed
  const names = pipelines.map(({ name }) => name).join(', ')
  terminal.success(`built ${names} in ${seconds} s → ${relative(process.cwd(), builder.outDir) || '.'}`)
  return ExitCode.Ok
}

async function frozen({ terminal }: CommandContext, builder: ProjectBuilder): Promise<ExitCode> {
  const built: ProjectBuild = await terminal.progress('building', () => builder.compile())
  const stale = await builder.stale(built)
  const { diagnostics } = built.result
  terminal.data({ ok: built.ok && stale.length === 0, stale, diagnostics: diagnostics.map(diagnosticToJson) })
  printDiagnostics(terminal, builder.project.root, diagnostics)
  for (const { path, reason } of stale) terminal.error(`${path}: ${reason}`)
  if (stale.length > 0) terminal.note('millrace build writes them anew')
  if (!built.ok || stale.length > 0) return ExitCode.Failed
  terminal.success('everything generated is fresh')
  return ExitCode.Ok
}
