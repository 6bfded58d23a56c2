/** Draws plans and record sets from numbers, runs them in all forms, and makes what differs small and readable. */
import type { Optimization } from '../../compiler/ir/optimizations.js'
import type { Manifest } from '../../runtime/abi/index.js'
import { internalPartitions } from '../../runtime/executor/topology.js'
import { Chooser } from '../avro/arbitrary-schema.js'
import { difference } from './compare.js'
import { compilePlans, type CompiledForm } from './compile-plans.js'
import { makePlan, type GeneratedPlan } from './generate/plan.js'
import { makeRecords, PARTITIONS } from './generate/records.js'
import { compiledForm, idsOf, interpretedForm } from './plan-engines.js'
import { shrink } from './shrink.js'

export interface Failure {
  readonly plan: GeneratedPlan
  readonly message: string
}

/** Numbers of one plan, and of each record set. */
export interface Draw {
  readonly plan: readonly number[]
  readonly records: readonly (readonly number[])[]
}

const SHRINK_ATTEMPTS = 60

export async function runPlans(
  project: string,
  draws: readonly Draw[],
  without: Optimization,
): Promise<readonly Failure[]> {
  const drawn = draws.map(({ plan, records }, index) => ({
    plan: makePlan(`p${index}`, new Chooser(plan)),
    records,
  }))
  return comparePlans(project, drawn, without)
}

export interface PlanWithRecords {
  readonly plan: GeneratedPlan
  /** Numbers of each record set. */
  readonly records: Draw['records']
}

/** How many of the plans are not well typed at most, so that a generator gone wrong is noticed. */
const MAX_ILL_TYPED = 0.1

export async function comparePlans(
  project: string,
  drawn: readonly PlanWithRecords[],
  without: Optimization,
): Promise<readonly Failure[]> {
  const compiled = await compilePlans(
    project,
    drawn.map(({ plan }) => plan),
    without,
  )
  if (drawn.length - compiled.size > drawn.length * MAX_ILL_TYPED) {
    throw new Error(`${drawn.length - compiled.size} of ${drawn.length} random plans are not well typed`)
  }
  return drawn.flatMap(({ plan, records }) => {
    const forms = compiled.get(plan.name)
    const message = forms && differenceOf(plan, forms, records)
    return message === undefined ? [] : [{ plan, message }]
  })
}

/** The smallest plan found that still differs with one of the record sets. */
export async function shrinkDraw(project: string, draw: Draw, without: Optimization): Promise<Failure | undefined> {
  let smallest: Failure | undefined
  const fails = async (numbers: readonly number[]): Promise<boolean> => {
    const [failure] = await runPlans(project, [{ ...draw, plan: numbers }], without).catch(() => [])
    if (failure !== undefined) smallest = failure
    return failure !== undefined
  }
  await shrink(draw.plan, fails, { attempts: SHRINK_ATTEMPTS })
  return smallest
}

function differenceOf(plan: GeneratedPlan, forms: readonly CompiledForm[], sets: Draw['records']): string | undefined {
  for (const numbers of sets) {
    for (const { name, pipeline } of forms) {
      if (!isCoPartitioned(pipeline.manifest)) continue
      const records = makeRecords(new Chooser(numbers), plan, idsOf(pipeline.manifest, plan))
      const found = difference(interpretedForm(plan, pipeline), compiledForm(name, pipeline), records)
      if (found !== undefined) return found
    }
  }
  return undefined
}

/** Joins of topics with other numbers of partitions are refused when an application starts. */
function isCoPartitioned(manifest: Manifest): boolean {
  const internal = internalPartitions(manifest, () => PARTITIONS)
  return (manifest.coPartitioned ?? []).every(
    ({ topics }) => new Set(topics.map((topic) => internal.get(topic) ?? PARTITIONS)).size === 1,
  )
}
