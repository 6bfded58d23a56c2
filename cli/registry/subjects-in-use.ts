/** Which subjects the pipelines need, found by running their builders: types are not needed for that. */
import type { LogicalNode, LogicalTopic } from '../../compiler/ir/logical-plan.js'
import type { SerdeSpec } from '../../dsl/model/serde-spec.js'
import type { Project } from '../config-file.js'
import { stagedPipelines } from '../resolved-plans.js'

export interface SubjectUse {
  readonly subject: string
  /** false: of a key, which is a string where the subject does not exist. */
  readonly required: boolean
  readonly pipeline: string
}

/** Pipelines whose builder fails are passed over: `build` tells why. */
export async function subjectsInUse(project: Project): Promise<readonly SubjectUse[]> {
  const staged = await stagedPipelines(project)
  return (staged?.pipelines ?? []).flatMap(({ plan }) =>
    plan.nodes.flatMap(topicsOf).flatMap((topic) => usesOf(topic, plan.name)),
  )
}

function topicsOf(node: LogicalNode): readonly LogicalTopic[] {
  switch (node.kind) {
    case 'source':
    case 'table-source':
    case 'global-table':
      return [node.topic]
    case 'to':
      return [node.target.kind === 'topic' ? node.target.topic : node.target.like]
    default:
      return []
  }
}

function usesOf({ name, key, value }: LogicalTopic, pipeline: string): readonly SubjectUse[] {
  const uses: SubjectUse[] = []
  const keySubject = subjectOf(key, `${name}-key`)
  const valueSubject = subjectOf(value, `${name}-value`)
  if (keySubject !== undefined)
    uses.push({ subject: keySubject, required: key !== undefined && isNamed(key), pipeline })
  if (valueSubject !== undefined)
    uses.push({ subject: valueSubject, required: value === undefined || isNamed(value), pipeline })
  return uses
}

/** undefined: the serde needs no subject. */
function subjectOf(serde: SerdeSpec | undefined, fromTopic: string): string | undefined {
  if (serde === undefined) return fromTopic
  if (serde.kind === 'nullable') return subjectOf(serde.inner, fromTopic)
  return serde.kind === 'avro' ? (serde.subject ?? fromTopic) : undefined
}

/** `avro({ subject })` must exist; `avro<T>()` may be derived from its type. */
function isNamed(serde: SerdeSpec): boolean {
  if (serde.kind === 'nullable') return isNamed(serde.inner)
  return serde.kind === 'avro' && serde.subject !== undefined
}
