/** What a project wants to see in its registry: schema files, and schemas derived from the types of sinks. */
import { placeOf } from '../../compiler/ir/exchange.js'
import { schemaText } from '../../avro/print-schema.js'
import { derivedVersion, type ResolvedPlan, type ResolvedSerde } from '../../compiler/ir/resolved-plan.js'
import type { Project } from '../config-file.js'
import { resolvedPlans } from '../resolved-plans.js'
import { schemaFiles, type SchemaFile } from './schema-files.js'

export interface Candidate {
  readonly subject: string
  readonly schema: string
  readonly mentions: SchemaFile['mentions']
}

export async function candidateSchemas(project: Project): Promise<readonly Candidate[]> {
  const files = schemaFiles(project).map(({ subject, text, mentions }) => ({ subject, schema: text, mentions }))
  const given = new Set(files.map(({ subject }) => subject))
  const derived = (await derivedSchemas(project)).filter(({ subject }) => !given.has(subject))
  return [...files, ...derived]
}

/** Of pipelines that resolve: before the first `pull` the types of topics are not known yet. */
async function derivedSchemas(project: Project): Promise<readonly Candidate[]> {
  return derivedCandidates(await resolvedPlans(project))
}

/** Schemas of the TypeScript types of sinks, for subjects that the lock does not hold. */
export function derivedCandidates(plans: readonly ResolvedPlan[]): readonly Candidate[] {
  const schemas = new Map<string, Candidate>()
  const add = (serde: ResolvedSerde) => {
    if (serde.kind !== 'avro' || serde.writers.some(({ version }) => version !== derivedVersion)) return
    const { subject, schema } = serde
    schemas.set(subject, { subject, schema: schemaText(schema), mentions: [] })
  }
  for (const plan of plans) {
    for (const node of plan.nodes) {
      const topic = node.kind === 'to' ? plan.topics.get(placeOf(node.id)) : undefined
      if (topic === undefined) continue
      add(topic.key)
      add(topic.value)
    }
  }
  return [...schemas.values()]
}
