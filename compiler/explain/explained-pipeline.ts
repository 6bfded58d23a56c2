/** What `explain` prints: a compiled pipeline with all the levels that the compiler keeps (compile.ts gives exactly that). */
import type { PlanDemand } from '../ir/demand.js'
import type { MirProgram } from '../ir/mir.js'
import type { OptimizedPlan } from '../ir/optimized-plan.js'
import type { ResolvedPlan } from '../ir/resolved-plan.js'
import type { Topology } from '../ir/topology.js'

export interface ExplainedPipeline {
  readonly name: string
  readonly levels: {
    readonly resolved: ResolvedPlan
    readonly optimized: OptimizedPlan
    readonly demand: PlanDemand
    readonly topology: Topology
    readonly mir: MirProgram
    readonly simplified: MirProgram
  }
  /** Of the output folder. */
  readonly files: readonly { readonly path: string; readonly text: string }[]
}

/** In the order of the compiler's steps. */
export const explainLevels = [
  /** Operators as the author wrote them. */
  'logical',
  /** With types on every edge, and serdes with their schemas. */
  'resolved',
  /** Which rules fired, which refused and why. */
  'optimized',
  /** Which fields are read, and which are skipped as bytes. */
  'demand',
  /** Sub-topologies as Kafka Streams describes them. */
  'topology',
  /** What each lambda reads and how it was compiled. */
  'lambdas',
  /** The middle representation as it is lowered, and after it was simplified. */
  'mir',
  'simplified',
  /** Where the generated code lies. */
  'code',
] as const

export type ExplainLevel = (typeof explainLevels)[number]

/** What is told when nobody asks for a level: everything but the representations that only compiler writers read. */
export const defaultLevels: readonly ExplainLevel[] = explainLevels.filter(
  (level) => level !== 'logical' && level !== 'mir' && level !== 'simplified',
)
