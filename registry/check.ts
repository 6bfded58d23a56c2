/** `schema check`: asks the registry whether schemas that pipelines write may follow as the next versions. */
import { checkCompatibility, type VersionIncompatibility } from '../avro/compatibility.js'
import { parseSchema } from '../avro/parse-schema.js'
import type { RegistryClient, SchemaText } from './client.js'
import { inParallel, type OnProgress } from './progress.js'
import { versionTexts } from './version-texts.js'

export interface CandidateSchema extends SchemaText {
  readonly subject: string
}

export interface CheckResult {
  readonly subject: string
  /** `registered`: this very schema is a version already; `new`: the subject does not exist yet. */
  readonly status: 'registered' | 'compatible' | 'incompatible' | 'new'
  /** Why it is incompatible: the registry's words, else what our own check finds against the newest version. */
  readonly reasons: readonly string[]
}

/** Reads only; results in the order of the candidates. @throws RegistryError */
export async function checkSchemas(
  client: RegistryClient,
  candidates: readonly CandidateSchema[],
  onProgress?: OnProgress,
): Promise<readonly CheckResult[]> {
  let done = 0
  return inParallel(candidates, async (candidate) => {
    const result = await checkSchema(client, candidate)
    onProgress?.({ done: ++done, total: candidates.length, subject: candidate.subject })
    return result
  })
}

async function checkSchema(client: RegistryClient, candidate: CandidateSchema): Promise<CheckResult> {
  const { subject } = candidate
  if ((await client.lookup(subject, candidate)) !== undefined) return { subject, status: 'registered', reasons: [] }
  const answer = await client.testCompatibility(subject, candidate)
  if (answer === undefined) return { subject, status: 'new', reasons: [] }
  if (answer.compatible) return { subject, status: 'compatible', reasons: [] }
  const own = await ownReasons(client, candidate)
  return { subject, status: 'incompatible', reasons: own.length > 0 ? own : answer.messages }
}

/** In our words, with paths; the registry's answer is the verdict, these are only its explanation. */
async function ownReasons(client: RegistryClient, candidate: CandidateSchema): Promise<readonly string[]> {
  const level = await client.compatibilityLevel(candidate.subject)
  const newest = await client.version(candidate.subject, 'latest')
  const [schema, before] = await Promise.all([
    versionTexts(client, candidate.schema, candidate.references ?? []),
    versionTexts(client, newest.schema, newest.references),
  ])
  const [after, old] = [schema, before].map(({ text, references }) => parseSchema(text, { references }))
  if (after?.ok !== true || old?.ok !== true) return []
  return checkCompatibility(after.schema, [old.schema], level).map((problem) => explain(problem, newest.version))
}

function explain(problem: VersionIncompatibility, version: number): string {
  const who = problem.reader === 'new' ? `reading data of version ${version}` : `version ${version} reading new data`
  return `${problem.path}: ${problem.message} (${who})`
}
