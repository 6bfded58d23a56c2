/** `millrace dev`: embedded broker and registry; builds on change, and runs what was built. */
import type { CompiledPipeline } from '../../compiler/index.js'
import { command, type CommandContext } from '../command.js'
import { loadProject } from '../config-file.js'
import { DevTopics } from '../dev/create-topics.js'
import { startServices } from '../dev/embedded-services.js'
import { fillRegistry, registerDerived } from '../dev/fill-registry.js'
import { PipelineProcesses } from '../dev/pipeline-processes.js'
import { ExitCode } from '../exit-code.js'
import { printDiagnostics } from '../print-diagnostics.js'
import { ProjectBuilder } from '../project-build.js'
import { watchProject } from '../watch-project.js'

export default command({
  args: {
    fresh: { type: 'boolean', description: 'Begin with an empty broker and registry, not with what the last run left' },
  },
  async run(context, args) {
    const { terminal } = context
    const project = await loadProject(context.cwd, context.configFile)
    await using services = await startServices(project, terminal, { fresh: args.fresh === true })
    await fillRegistry(project, services.registry.url, terminal)
    const builder = await ProjectBuilder.open(project)
    await using processes = new PipelineProcesses(project, services.environment, terminal)
    const topics = new DevTopics(services.broker)
    const rebuild = async (changed: readonly string[]) => {
      if (changed.some((file) => file.endsWith('.avsc') || file.endsWith('.lock.json'))) {
        await fillRegistry(project, services.registry.url, terminal)
      }
      const pipelines = await build(context, builder, changed)
      if (pipelines === undefined) return
      await topics.createFor(pipelines)
      await registerDerived(pipelines, services.registry.url, terminal)
      await processes.restart(pipelines.map(({ name }) => name))
    }
    await watchProject(builder, terminal, rebuild)
    return ExitCode.Ok
  },
})

/** undefined: there are errors; what runs goes on running. */
async function build(
  { terminal }: CommandContext,
  builder: ProjectBuilder,
  changed: readonly string[],
): Promise<readonly CompiledPipeline[] | undefined> {
  const started = performance.now()
  await builder.writeTypes()
  const built = await builder.compile(changed, { output: (text) => terminal.say(text.trimEnd()) })
  printDiagnostics(terminal, builder.project.root, built.result.diagnostics)
  if (!built.ok) return undefined
  await builder.write(built)
  const names = built.result.pipelines.map(({ name }) => name).join(', ')
  terminal.success(`built ${names} in ${(performance.now() - started).toFixed(0)} ms`)
  return built.result.pipelines
}
