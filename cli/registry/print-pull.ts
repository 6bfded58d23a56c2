import type { Terminal } from '../terminal.js'
import type { ProjectPull } from './pull-project.js'

/** Whether there were any. */
export function printPullProblems(terminal: Terminal, { missing, result }: ProjectPull): boolean {
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
  return missing.length > 0 || result.invalid.length > 0
}
