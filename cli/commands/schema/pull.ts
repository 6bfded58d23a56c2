/** `millrace schema pull`: pins the subjects in use in the lock file, and writes their TypeScript types. */
import { count } from '../../count.js'
import { command } from '../../command.js'
import { loadProject } from '../../config-file.js'
import { ExitCode } from '../../exit-code.js'
import { requireRegistry } from '../../registry/client.js'
import { printPullProblems } from '../../registry/print-pull.js'
import { pullProject } from '../../registry/pull-project.js'

export default command({
  args: {
    subjects: {
      type: 'positional',
      required: false,
      description: 'Further subjects, comma-separated; * stands for any text',
    },
  },
  async run({ terminal, cwd, configFile }, args) {
    const project = await loadProject(cwd, configFile)
    using client = requireRegistry(project)
    const named = args.subjects?.split(',').map((name) => name.trim()) ?? []
    const pull = await terminal.progress('reading the registry', (update) =>
      pullProject(project, client, named, update),
    )
    if (printPullProblems(terminal, pull)) return ExitCode.Failed
    const subjects = [...pull.result.lock.subjects.keys()]
    terminal.data({ lock: project.config.lock, subjects, changed: pull.changed })
    terminal.success(
      `${count(subjects.length, 'subject')} in ${project.config.lock}${pull.changed ? '' : ' (unchanged)'}`,
    )
    return ExitCode.Ok
  },
})
