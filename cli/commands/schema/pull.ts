/** `millrace schema pull`: pins the subjects in use in the lock file, and writes their TypeScript types. */
import { join } from 'node:path'
import { generateTypes } from '../../../avro/typescript.js'
import {
  pullSchemas,
  readLock,
  typedSubjects,
  writeIfChanged,
  writeLock,
  type PullResult,
} from '../../../registry/index.js'
import { command } from '../../command.js'
import { loadProject, type Project } from '../../config-file.js'
import { ExitCode } from '../../exit-code.js'
import { matchesGlob } from '../../glob.js'
import { requireRegistry } from '../../registry/client.js'
import { subjectsInUse, type SubjectUse } from '../../registry/subjects-in-use.js'
import type { Terminal } from '../../terminal.js'

export default command({
  name: 'pull',
  description: 'Pin the subjects that the pipelines use in the lock file, and write their TypeScript types',
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
    const lockFile = project.path(project.config.lock)
    const before = await readLock(lockFile)
    const uses = await subjectsInUse(project)
    const { bigint } = project.config
    const named = args.subjects?.split(',').map((name) => name.trim()) ?? []
    const kept = [...(before?.subjects ?? [])].filter(([, entry]) => !entry.referenceOnly).map(([subject]) => subject)
    const result = await terminal.progress('reading the registry', (update) =>
      pullSchemas(client, {
        subjects: [...new Set([...named, ...kept, ...uses.map(({ subject }) => subject)])],
        longOf: (subject) => (bigint.some((name) => matchesGlob(subject, name)) ? 'bigint' : 'number'),
        onProgress: ({ subject }) => update(subject),
      }),
    )
    if (!report(terminal, result, uses, named)) return ExitCode.Failed
    const wrote = await writeLock(lockFile, result.lock)
    const types = await writeTypes(project, result)
    const subjects = [...result.lock.subjects.keys()]
    terminal.data({ lock: project.config.lock, subjects, changed: wrote || types })
    terminal.success(`${subjects.length} subjects in ${project.config.lock}${wrote ? '' : ' (unchanged)'}`)
    return ExitCode.Ok
  },
})

export function typesFile(project: Project): string {
  return join(project.path(project.config.generated), 'schemas.ts')
}

function writeTypes(project: Project, { lock }: PullResult): Promise<boolean> {
  return writeIfChanged(typesFile(project), generateTypes(typedSubjects(lock), project.config.lock))
}

/** Key subjects need not exist: keys are strings then. */
function report(
  terminal: Terminal,
  result: PullResult,
  uses: readonly SubjectUse[],
  named: readonly string[],
): boolean {
  const required = new Set([...named, ...uses.filter((use) => use.required).map((use) => use.subject)])
  const missing = result.missing.filter(({ subject }) => required.has(subject))
  for (const { subject, nearest } of missing) {
    terminal.error(
      `subject ${subject} is not in the registry`,
      nearest.length === 0
        ? 'millrace schema register writes those of schemas/'
        : `did you mean ${nearest.join(', ')}?`,
    )
  }
  for (const { subject, version, errors } of result.invalid) {
    const why = errors.map(({ path, message }) => `${path}: ${message}`).join('; ')
    terminal.error(`${subject} version ${version} is no valid Avro schema: ${why}`)
  }
  return missing.length === 0 && result.invalid.length === 0
}
