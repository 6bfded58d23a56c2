/** `schema check`: asks the registry whether schemas that pipelines write may follow as the next versions. */
import { checkCompatibility, type VersionIncompatibility } from '../avro/compatibility.js'
import { parseSchema } from '../avro/parse-schema.js'
import type { CompatibilityAnswer, RegistryClient, SchemaText } from './client.js'
import { errorCodes, RegistryError } from './errors.js'
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
  let answer: CompatibilityAnswer | undefined
  try {
    answer = await client.testCompatibility(subject, candidate)
  } catch (error) {
    // Some registries do not follow references in this resource, and call what refers to another subject invalid.
    if (!(error instanceof RegistryError) || error.errorCode !== errorCodes.invalidSchema) throw error
    const reasons = await ownReasons(client, candidate)
    if (reasons === undefined) throw error
    return { subject, status: reasons.length > 0 ? 'incompatible' : 'compatible', reasons }
  }
  if (answer === undefined) return { subject, status: 'new', reasons: [] }
  if (answer.compatible) return { subject, status: 'compatible', reasons: [] }
  const own = (await ownReasons(client, candidate)) ?? []
  return { subject, status: 'incompatible', reasons: own.length > 0 ? own : answer.messages }
}

/**
 * Our own check, by the level of the subject, in our words with paths; undefined when a schema does not parse. The
 * registry has the last word where it can say one: then this is only its explanation.
 */
async function ownReasons(client: RegistryClient, candidate: CandidateSchema): Promise<readonly string[] | undefined> {
  const { subject, schema, references = [] } = candidate
  const level = await client.compatibilityLevel(subject)
  const numbers = await client.versions(subject)
  const compared = level.endsWith('_TRANSITIVE') ? numbers : numbers.slice(-1)
  const versions = await inParallel(compared, (version) => client.version(subject, version))
  const texts = [...versions, { schema, references }]
  const parsed = await inParallel(texts, async (text) =>
    parseSchema(text.schema, await versionTexts(client, text.schema, text.references)),
  )
  const schemas = parsed.flatMap((result) => (result.ok ? [result.schema] : []))
  const newest = schemas.pop()
  if (newest === undefined || schemas.length < versions.length) return undefined
  return checkCompatibility(newest, schemas, level).map((problem) =>
    explain(problem, versions[problem.old]?.version ?? 0),
  )
}

function explain(problem: VersionIncompatibility, version: number): string {
  const who = problem.reader === 'new' ? `reading data of version ${version}` : `version ${version} reading new data`
  return `${problem.path}: ${problem.message} (${who})`
}
