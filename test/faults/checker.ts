/** Checks the invariants I1–I8 on the log of a run (docs/faults.md says what they are). Knows nothing of processes. */
import { committedAgainstOutputs, committedAtEnd } from './invariants/committed-offsets.js'
import { counts, store } from './invariants/counts.js'
import { abortedInvisible, lost, twice } from './invariants/outputs.js'
import { order } from './invariants/order.js'
import { flatUsage, progress } from './invariants/liveness.js'
import type { Guarantee, History } from './history.js'
import type { Violation } from './invariants/violation.js'

export type { Violation } from './invariants/violation.js'

export const check = (history: History, guarantee: Guarantee): readonly Violation[] => [
  ...checkWithoutStore(history, guarantee),
  ...counts(history, guarantee),
  ...(guarantee === 'exactly_once' ? store(history) : []),
]

/** Of a pipeline that only copies. */
export const checkWithoutStore = (history: History, guarantee: Guarantee): readonly Violation[] => [
  ...lost(history),
  ...(guarantee === 'exactly_once' ? twice(history) : []),
  ...order(history),
  ...committedAgainstOutputs(history, guarantee),
  ...committedAtEnd(history),
  ...abortedInvisible(history),
  ...progress(history),
  ...flatUsage(history),
]
