/** `millrace schema check`: whether the registry would take the project's schemas as next versions. Writes nothing. */
import { checkSchemas } from '../../../registry/index.js'
import { command } from '../../command.js'
import { loadProject } from '../../config-file.js'
import { ExitCode } from '../../exit-code.js'
import { candidateSchemas } from '../../registry/candidate-schemas.js'
import { requireRegistry } from '../../registry/client.js'

export default command({
  args: {},
  async run({ terminal, cwd, configFile }) {
    const project = await loadProject(cwd, configFile)
    using client = requireRegistry(project)
    const candidates = await candidateSchemas(project)
    const results = await terminal.progress('asking the registry', (update) =>
      checkSchemas(
        client,
        candidates.map(({ subject, schema }) => ({ subject, schema })),
        ({ subject }) => update(subject),
      ),
    )
    terminal.data(results)
    for (const { subject, status, reasons } of results) {
      terminal.print(`${status.padEnd(12)}  ${subject}`)
      for (const reason of reasons) terminal.print(`                ${reason}`)
    }
    return results.some(({ status }) => status === 'incompatible') ? ExitCode.Failed : ExitCode.Ok
  },
})
