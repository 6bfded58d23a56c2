/**
 * `schema register`: the only thing in millrace that writes to a registry. One schema after the other, in the order
 * given, since later ones may refer to earlier ones or be newer versions of them.
 */
import type { CandidateSchema } from './check.js'
import type { RegistryClient } from './client.js'
import { RegistryError } from './errors.js'
import type { OnProgress } from './progress.js'

export type RegisterResult =
  | {
      readonly subject: string
      /** `unchanged`: it was registered before. */
      readonly status: 'registered' | 'unchanged'
      readonly version: number
      readonly id: number
    }
  /** `skipped`: an earlier version of the subject failed, or something that it refers to. */
  | { readonly subject: string; readonly status: 'failed' | 'skipped'; readonly reason: string; readonly help?: string }

/**
 * Refusals of a schema are results; what concerns the registry as a whole (unreachable, unauthorized) is thrown.
 * @throws RegistryError
 */
export async function registerSchemas(
  client: RegistryClient,
  candidates: readonly CandidateSchema[],
  onProgress?: OnProgress,
): Promise<readonly RegisterResult[]> {
  const results: RegisterResult[] = []
  const failed = new Set<string>()
  for (const candidate of candidates) {
    const { subject } = candidate
    const cause = [subject, ...(candidate.references ?? []).map((reference) => reference.subject)].find((s) =>
      failed.has(s),
    )
    if (cause === undefined) {
      const result = await registerSchema(client, candidate)
      if (result.status === 'failed') failed.add(subject)
      results.push(result)
    } else {
      failed.add(subject)
      results.push({ subject, status: 'skipped', reason: `${cause} could not be registered` })
    }
    onProgress?.({ done: results.length, total: candidates.length, subject })
  }
  return results
}

async function registerSchema(client: RegistryClient, candidate: CandidateSchema): Promise<RegisterResult> {
  const { subject } = candidate
  try {
    const before = await client.lookup(subject, candidate)
    if (before !== undefined) return { subject, status: 'unchanged', version: before.version, id: before.id }
    const id = await client.register(subject, candidate)
    const after = await client.lookup(subject, candidate)
    return { subject, status: 'registered', version: after?.version ?? 1, id }
  } catch (error) {
    if (!(error instanceof RegistryError) || (error.kind !== 'incompatible' && error.kind !== 'invalid')) throw error
    return {
      subject,
      status: 'failed',
      reason: error.message,
      ...(error.help === undefined ? {} : { help: error.help }),
    }
  }
}
