/** `millrace schema register`: the only command that writes to a registry. */
import type { RegisterResult } from '../../../registry/index.js'
import { command } from '../../command.js'
import { loadProject } from '../../config-file.js'
import { ExitCode } from '../../exit-code.js'
import { requireRegistry } from '../../registry/client.js'
import { candidateSchemas } from '../../registry/candidate-schemas.js'
import { registerCandidates } from '../../registry/register-project.js'
import type { Terminal } from '../../terminal.js'

export default command({
  args: {},
  async run({ terminal, cwd, configFile }) {
    const project = await loadProject(cwd, configFile)
    using client = requireRegistry(project)
    const candidates = await candidateSchemas(project)
    const results = await terminal.progress('registering schemas', (update) =>
      registerCandidates(client, candidates, update),
    )
    terminal.data(results)
    for (const result of results) print(terminal, result)
    if (results.length === 0)
      terminal.note(`no schemas in ${project.config.schemas}/, and none that sinks derive from their types`)
    return results.every((result) => 'version' in result) ? ExitCode.Ok : ExitCode.Failed
  },
})

function print(terminal: Terminal, result: RegisterResult): void {
  if ('version' in result) {
    terminal.print(`${result.status.padEnd(10)}  ${result.subject} version ${result.version} (id ${result.id})`)
    return
  }
  const help = result.status === 'failed' ? 'millrace schema check tells what the registry objects to' : undefined
  terminal.error(`${result.subject} ${result.status}: ${result.reason}`, result.help ?? help)
}
