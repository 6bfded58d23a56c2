/** Registers what a project wants to see in its registry, one schema after the other. */
import {
  registerSchemas,
  type RegisterResult,
  type RegistryClient,
  type SchemaReference,
} from '../../registry/index.js'
import type { Candidate } from './candidate-schemas.js'

export async function registerCandidates(
  client: RegistryClient,
  candidates: readonly Candidate[],
  onSubject: (subject: string) => void = () => undefined,
): Promise<readonly RegisterResult[]> {
  const versions = new Map<string, number>()
  const results: RegisterResult[] = []
  const failed = new Set<string>()
  for (const { subject, schema, mentions } of candidates) {
    onSubject(subject)
    const cause = [subject, ...mentions.map((mention) => mention.subject)].find((each) => failed.has(each))
    if (cause !== undefined) {
      failed.add(subject)
      results.push({ subject, status: 'skipped', reason: `${cause} could not be registered` })
      continue
    }
    const references = mentions.map((mention): SchemaReference => ({
      ...mention,
      version: versions.get(mention.subject) ?? 1,
    }))
    for (const result of await registerSchemas(client, [{ subject, schema, references }])) {
      if ('version' in result) versions.set(subject, result.version)
      else failed.add(subject)
      results.push(result)
    }
  }
  return results
}
