/** Which pipelines use a subject, for `schema diff`. */
import type { Project } from '../config-file.js'
import { subjectsInUse } from './subjects-in-use.js'

export async function fieldReaders(project: Project): Promise<ReadonlyMap<string, readonly string[]>> {
  const readers = new Map<string, string[]>()
  for (const { subject, pipeline } of await subjectsInUse(project)) {
    const pipelines = readers.get(subject) ?? []
    readers.set(subject, pipelines)
    if (!pipelines.includes(pipeline)) pipelines.push(pipeline)
  }
  return readers
}
