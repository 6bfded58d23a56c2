/** What the staging worker tells the compiler. Plain data: it is cloned between threads. */
import type { Site } from '../../../dsl/model/call-site.js'
import type { ErrorPolicy } from '../../../dsl/model/graph.js'
import type { CapturedValue } from '../../ir/captured-value.js'
import type { LogicalNode } from '../../ir/logical-plan.js'

export interface StagedNode {
  /** Without label and span, and without the pipeline's policy: the compiler adds them. */
  readonly node: LogicalNode
  readonly site: Site | undefined
  /** Outermost call of a helper that gave this stream: its type is the most exact one. */
  readonly anchor: Site | undefined
  /** The node's own policy. */
  readonly onError: ErrorPolicy | undefined
  readonly topic: Site | undefined
}

export interface CaptureProblem {
  readonly code: 'MR2001' | 'MR2002' | 'MR2010' | 'MR2011'
  /** Captured variable of the lambda; undefined: the function itself is the problem. */
  readonly variable: string | undefined
  /** `config.cache`. */
  readonly path: string
  /** `an instance of class Cache`. */
  readonly why: string
}

export interface StagedLambda {
  /** undefined when the source of the function is not visible. */
  readonly site: Site | undefined
  readonly captures: ReadonlyMap<string, CapturedValue>
  readonly problems: readonly CaptureProblem[]
}

export interface StagedPipeline {
  readonly name: string
  readonly applicationId: string
  readonly onError: ErrorPolicy
  readonly site: Site | undefined
  readonly nodes: readonly StagedNode[]
  readonly lambdas: readonly StagedLambda[]
}

export interface StagedError {
  readonly message: string
  readonly stack: string | undefined
  /** Of a PipelineError. */
  readonly code: string | undefined
  readonly help: string | undefined
  readonly site: Site | undefined
}

/** Something that a build must not do. */
export interface Violation {
  readonly kind: 'network' | 'environment'
  /** `fetch`, or the name of the variable. */
  readonly what: string
  readonly stack: string | undefined
}

export type StageMessage =
  /** What the author's code wrote to stdout or stderr. */
  | { readonly kind: 'output'; readonly text: string }
  /** Sent before author's code runs, so that a time-out can say where. */
  | { readonly kind: 'building'; readonly pipeline: string; readonly site: Site | undefined }
  | {
      readonly kind: 'pipeline'
      readonly file: string
      readonly exportName: string
      readonly result:
        | { readonly ok: true; readonly pipeline: StagedPipeline }
        | { readonly ok: false; readonly name: string; readonly error: StagedError }
    }
  | { readonly kind: 'done'; readonly violations: readonly Violation[] }
  /** A module threw while it was loaded. */
  | { readonly kind: 'load-failed'; readonly error: StagedError; readonly violations: readonly Violation[] }

export interface StageInput {
  /** Added to the clock, in ms: a second run with another time shows whether the builder depends on it. */
  readonly clockShift: number
}
