/** MR13xx: the topology, and the pipeline against the topology lock. */
import type { Span } from '../ir/span.js'
import type { Diagnostic } from './diagnostic.js'
import { make } from './make.js'

interface Change {
  /** `store counts`. */
  readonly what: string
  readonly reason: string
  readonly fix: string | undefined
}

export function unreadableState({ what, reason, fix }: Change, span: Span | undefined): Diagnostic {
  return make('MR1301', span, `${what}: ${reason}`, { help: fix })
}

export function needsReset({ what, reason, fix }: Change, span: Span | undefined): Diagnostic {
  return make('MR1302', span, `${what}: ${reason}`, { help: fix })
}

/** `topics`: `app-x-repartition is given 4 partitions`. */
export function notCoPartitioned(operator: string, topics: readonly string[], span: Span | undefined): Diagnostic {
  return make('MR1303', span, `${operator} brings records of the same key together, but ${topics.join(', ')}`, {
    help: 'give all of them the same `partitions`, or leave the number out: internal topics then follow the widest input',
  })
}
