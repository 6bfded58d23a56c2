/** `millrace check`: types, schemas and pipelines, without writing anything. */
import { diagnosticToJson } from '../../compiler/diagnostics/index.js'
import { command } from '../command.js'
import { loadProject } from '../config-file.js'
import { ExitCode } from '../exit-code.js'
import { printDiagnostics } from '../print-diagnostics.js'
import { ProjectBuilder } from '../project-build.js'

export default command({
  args: {
    verbose: { type: 'boolean', description: 'Also print notes' },
  },
  async run({ terminal, cwd, configFile }, args) {
    const project = await loadProject(cwd, configFile)
    const builder = await ProjectBuilder.open(project)
    const { result, ok } = await terminal.progress('checking', () => builder.compile())
    const { diagnostics, pipelines } = result
    terminal.data({
      ok,
      pipelines: pipelines.map(({ name }) => name),
      diagnostics: diagnostics.map(diagnosticToJson),
    })
    printDiagnostics(terminal, project.root, diagnostics, { notes: args.verbose ?? false })
    if (ok) terminal.success(`${pipelines.map(({ name }) => name).join(', ')}: no errors`)
    return ok ? ExitCode.Ok : ExitCode.Failed
  },
})
