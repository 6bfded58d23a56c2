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

/** `operators`: labels of those behind the table that may give up a record and go on. */
export function noSourceChangelog(table: string, operators: readonly string[], span: Span | undefined): Diagnostic {
  const [are, give] = operators.length === 1 ? ['does', 'gives'] : ['do', 'give']
  const message = `${table} cannot be restored from its topic: ${operators.join(', ')} behind it ${are} not stop at a record that fails, but ${give} it up, and its row with it`
  return make('MR1304', span, message, {
    help: "set `onError: 'fail'` for the operators behind the table, or leave `changelog: 'source'` out",
  })
}
