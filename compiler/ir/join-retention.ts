/** How long a join of streams keeps its rows. */
import type { LogicalNodeOf } from './logical-plan.js'

/** Kept beyond what window and grace need: records that are a little later still find their partners. */
const SLACK_MS = 5 * 60_000

/** ms of stream time. */
export function joinRetention({
  before,
  after,
  grace,
}: Pick<LogicalNodeOf<'stream-join'>, 'before' | 'after' | 'grace'>): number {
  return Math.max(0, before) + Math.max(0, after) + grace + SLACK_MS
}
