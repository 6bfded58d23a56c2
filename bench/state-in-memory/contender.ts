import type { Step } from './workload.js'

/** What a step has written, in finished batches, by topic without the application's prefix. */
export interface Written {
  readonly outputs: readonly Buffer[]
  readonly changelogs: readonly Buffer[]
}

export interface Contender {
  readonly name: string
  /** The table, before the first step. */
  readonly load: (recordSet: Buffer) => void
  /** Everything between a fetch and the requests of a commit. The buffers are valid until the next step. */
  readonly step: (step: Step) => Written
}
