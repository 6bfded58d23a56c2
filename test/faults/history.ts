/**
 * The log of operations of a run: what was written and acknowledged, what was done to whom, what was seen when. One JSON
 * object a line in a file; the checker needs nothing else.
 */
export interface LoggedRecord {
  readonly partition: number
  readonly offset: number
  readonly key: string
  readonly value: string
}

/** An offset by partition; -1: none committed. */
export type Offsets = readonly number[]

export type Entry =
  /** The brokers acknowledged these values, in this order. */
  | { readonly op: 'acked'; readonly at: number; readonly values: readonly string[] }
  /** What was done to a process, the brokers or the registry. */
  | {
      readonly op: 'fault'
      readonly at: number
      readonly target: string
      readonly fault: string
      /** What was to be done at a step of the process, and whether the step came. */
      readonly drawn?: string
      readonly isHit?: boolean
      /** From SIGTERM to a clean end of the process. */
      readonly endMs?: number
    }
  /** Everything is whole again: what is missing must come out soon. */
  | { readonly op: 'healed'; readonly at: number }
  /** All that was written has come out, and is committed. */
  | { readonly op: 'settled'; readonly at: number }
  /** It has not. */
  | { readonly op: 'stuck'; readonly at: number; readonly missing: number }
  /**
   * Committed offsets, and all committed outputs that can depend on them: those of transactions that were open when the
   * offsets were read have ended (`offsets first`), or the offsets were read after the outputs (`outputs first`).
   */
  | {
      readonly op: 'sample'
      readonly at: number
      readonly order: 'offsets first' | 'outputs first'
      readonly committed: Offsets
      /** How many records of each output partition were seen by then. */
      readonly outputs: Offsets
    }
  /** At the end: the topics, read committed; records in the order of their offsets. */
  | { readonly op: 'topic'; readonly topic: 'input' | 'output' | 'counts'; readonly records: readonly LoggedRecord[] }
  /** At the end: values of a topic by a second way: every batch, undecided until the marker of its transaction. */
  | { readonly op: 'by markers'; readonly topic: 'output' | 'counts'; readonly records: readonly LoggedRecord[] }
  /** At the end: the store as its changelog gives it. */
  | { readonly op: 'store'; readonly counts: Readonly<Record<string, number>> }
  | { readonly op: 'committed'; readonly offsets: Offsets }
  | {
      readonly op: 'usage'
      readonly at: number
      readonly process: string
      readonly rss: number
      readonly handles: number
    }

export type History = readonly Entry[]

export type Guarantee = 'at_least_once' | 'exactly_once'
