/** `millrace schema diff`: what moved in the registry since the lock was written. */
import { diffSchemas, readLock, type SubjectDiff } from '../../../registry/index.js'
import { count } from '../../count.js'
import { command } from '../../command.js'
import { loadProject } from '../../config-file.js'
import { ExitCode } from '../../exit-code.js'
import { requireRegistry } from '../../registry/client.js'
import { fieldReaders } from '../../registry/field-readers.js'
import type { Terminal } from '../../terminal.js'
import { UsageError } from '../../usage-error.js'

export default command({
  args: {},
  async run({ terminal, cwd, configFile }) {
    const project = await loadProject(cwd, configFile)
    using client = requireRegistry(project)
    const lock = await readLock(project.path(project.config.lock))
    if (lock === undefined) throw new UsageError(`there is no ${project.config.lock}`, 'millrace schema pull')
    const diffs = await terminal.progress('asking the registry', (update) =>
      diffSchemas(client, lock, ({ subject }) => update(subject)),
    )
    const moved = diffs.filter(({ status }) => status !== 'unchanged')
    const readers = moved.length === 0 ? new Map<string, readonly string[]>() : await fieldReaders(project)
    terminal.data(moved.map((diff) => ({ ...diff, pipelines: readers.get(diff.subject) ?? [] })))
    for (const diff of moved) print(terminal, diff, readers.get(diff.subject) ?? [])
    if (moved.length === 0) terminal.success(`${count(diffs.length, 'subject')} as in the lock`)
    else terminal.note('millrace schema pull takes this over')
    return moved.length === 0 ? ExitCode.Ok : ExitCode.Failed
  },
})

function print(terminal: Terminal, diff: SubjectDiff, pipelines: readonly string[]): void {
  terminal.print(`${diff.subject}: ${diff.status === 'missing' ? 'no longer in the registry' : 'changed'}`)
  const lists = [
    ['new versions', diff.addedVersions],
    ['versions gone', diff.removedVersions],
    ['versions with another text', diff.rewrittenVersions],
  ] as const
  for (const [what, versions] of lists) if (versions.length > 0) terminal.print(`  ${what}: ${versions.join(', ')}`)
  for (const change of diff.changes) terminal.print(`  ${change.path}: ${change.message}`)
  if (pipelines.length > 0) terminal.print(`  used by: ${pipelines.join(', ')}`)
}
