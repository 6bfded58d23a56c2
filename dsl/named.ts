/** Options that many operators take. */
import type { OnError } from './on-error.js'

export interface Named {
  /**
   * Name of the operator, of its store and of its internal topics; unique in the pipeline. Names are for ever: state is
   * found again by it. Default: from the place in the pipeline.
   */
  readonly name?: string
}

export interface TableOptions extends Named {
  /** What a record gets that cannot be processed. Default: the pipeline's policy. */
  readonly onError?: OnError
}
