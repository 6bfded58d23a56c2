/** A difference between what is deployed and what was compiled, and what it takes to bring it out. */
import type { LockedSerde } from './lock.js'

/**
 * safe: old and new processes may share the tasks · rolling: restart one process after the other, which share none while
 * it lasts · reset: what is in Kafka must go first · refused: rows that are there could not be read.
 */
export const verdicts = ['safe', 'rolling', 'reset', 'refused'] as const
export type Verdict = (typeof verdicts)[number]

export interface Difference {
  readonly verdict: Verdict
  readonly kind: 'pipeline' | 'sub-topology' | 'topic' | 'store'
  readonly name: string
  /** What is different, and why that matters. */
  readonly reason: string
  /** What to do; undefined: nothing beside the restart. */
  readonly fix: string | undefined
}

export function worst(differences: readonly Difference[]): Verdict {
  return differences.reduce<Verdict>(
    (found, { verdict }) => (verdicts.indexOf(verdict) > verdicts.indexOf(found) ? verdict : found),
    'safe',
  )
}

export function sameSerde(left: LockedSerde, right: LockedSerde): boolean {
  if (left.kind !== 'avro' || right.kind !== 'avro') return left.kind === right.kind
  return left.fingerprint === right.fingerprint
}

export function serdeText(serde: LockedSerde): string {
  return serde.kind === 'avro' ? `Avro (${serde.fingerprint.slice(0, 12)})` : serde.kind
}
