/**
 * What a builder did wrong: thrown where the author's builder stands on the stack, so that the compiler can point at the
 * line. The codes are those of the compiler's diagnostics (docs/diagnostics).
 */
import type { CallSite } from './model/call-site.js'

/**
 * `MR1204` used after the builder ended · `MR1205` stream of another pipeline · `MR1208` branches of a split ·
 * `MR1209` a name that Kafka or millrace cannot use · `MR1211` an argument of the wrong kind · `MR1212` a name given
 * twice · `MR1214` a pipeline's builder is asynchronous · `MR1218` an operator that is not compiled yet.
 */
export type PipelineErrorCode = 'MR1204' | 'MR1205' | 'MR1208' | 'MR1209' | 'MR1211' | 'MR1212' | 'MR1214' | 'MR1218'

/** Thrown by the DSL when a pipeline is built wrongly. */
export class PipelineError extends Error {
  override readonly name = 'PipelineError'
  readonly code: PipelineErrorCode
  /** What to do about it. */
  readonly help: string | undefined
  /** The call that was wrong; known only in a compiled build. */
  readonly site: CallSite | undefined

  constructor(code: PipelineErrorCode, message: string, details: { help?: string; site?: CallSite | undefined } = {}) {
    super(message)
    this.code = code
    this.help = details.help
    this.site = details.site
  }
}
