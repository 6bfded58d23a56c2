/** What retention removes: whole segments from the start of a log, as Kafka does. */
import type { RolledSegment } from './partition-log.js'

export interface RetentionRules {
  /** `retention.ms`; negative: for ever. */
  readonly ms: number
  /** `retention.bytes`; negative: no limit. */
  readonly bytes: number
}

/** Where the log begins when what is too old, then what is too much, is gone; undefined: nothing goes. */
export const retainedFrom = (
  segments: readonly RolledSegment[],
  rules: RetentionRules,
  now: number,
): number | undefined => {
  const old = segments.findIndex((segment) => !isExpired(segment, rules, now))
  const expired = old < 0 ? segments.length : old
  const rest = segments.slice(expired)
  const drop = expired + excess(rest, rules)
  return segments[drop - 1]?.nextOffset
}

const isExpired = ({ maxTimestamp }: RolledSegment, { ms }: RetentionRules, now: number): boolean =>
  ms >= 0 && maxTimestamp >= 0 && now - maxTimestamp > ms

/** How many segments go until the log would be smaller than the limit. */
const excess = (segments: readonly RolledSegment[], { bytes }: RetentionRules): number => {
  if (bytes < 0) return 0
  let over = segments.reduce((sum, { size }) => sum + size, 0) - bytes
  let count = 0
  for (const { size } of segments) {
    over -= size
    if (over < 0) break
    count++
  }
  return count
}
