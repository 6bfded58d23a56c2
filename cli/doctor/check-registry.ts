/** Whether the registry answers and has what the lock has. */
import { diffSchemas, readLock, RegistryError, type SubjectDiff } from '../../registry/index.js'
import type { Project } from '../config-file.js'
import { count } from '../count.js'
import { registryClient } from '../registry/client.js'
import { failed, ok, warning, type Finding } from './finding.js'

export async function checkRegistry(project: Project): Promise<readonly Finding[]> {
  const lock = await readLock(project.path(project.config.lock))
  using client = registryClient(project)
  if (client === undefined) {
    return lock === undefined || lock.subjects.size === 0
      ? []
      : [
          failed(
            'registry',
            'the pipelines use schemas, and no registry is configured',
            'registry.url, or MILLRACE_REGISTRY_URL',
          ),
        ]
  }
  try {
    await client.subjects()
    const findings = [ok('registry', `${client.url} answers`)]
    if (lock === undefined) return findings
    const diffs = await diffSchemas(client, lock)
    const moved = diffs.filter(({ status }) => status !== 'unchanged')
    if (moved.length === 0) return [...findings, ok('registry', `${count(diffs.length, 'subject')} as in the lock`)]
    return [...findings, ...moved.map(subjectFinding)]
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error
    return [failed('registry', error.message, 'check registry.url, registry.auth and registry.ca, and that it runs')]
  }
}

function subjectFinding({ subject, status, removedVersions, rewrittenVersions, addedVersions }: SubjectDiff): Finding {
  if (status === 'missing') {
    return failed(
      'registry',
      `subject ${subject} is not in the registry`,
      'millrace schema register, or the right registry.url',
    )
  }
  const broken = [...removedVersions, ...rewrittenVersions]
  if (broken.length > 0) {
    return failed(
      'registry',
      `versions ${broken.join(', ')} of ${subject} are gone or have another text than in the lock`,
      'is it the right registry? millrace schema pull takes it over',
    )
  }
  return warning(
    'registry',
    `${subject} has new versions: ${addedVersions.join(', ')}`,
    'millrace schema pull and build, for the fast path',
  )
}
