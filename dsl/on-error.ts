/**
 * What happens to a record that an operator cannot process: bytes that are not what the serde expects, a lambda that
 * throws, a value that cannot be written. The policy holds for the whole record: none of its outputs is written.
 */
import { PipelineError } from './errors.js'
import type { CallSite } from './model/call-site.js'
import type { ErrorPolicy } from './model/graph.js'
import { DeclaredTopic, type Sink } from './topic.js'
import { checkTopicName } from './names.js'

/** A topic for records that could not be processed. They are written as they came: raw key, value and headers. */
export interface DeadLetter {
  readonly deadLetter: Sink<Uint8Array | null, Uint8Array | null> | string
}

/**
 * `'fail'` stops the task (nothing is lost: it can go on after a fix) · `'skip'` drops the record and counts it ·
 * `deadLetter(topic)` writes the raw record there, with headers that say where it came from and what went wrong.
 */
export type OnError = 'fail' | 'skip' | DeadLetter

/** Options that every operator with a lambda takes. */
export interface OperatorOptions {
  /** Default: the pipeline's policy. */
  readonly onError?: OnError
  /** Name of the operator in `explain`, metrics and error messages; unique in the pipeline. */
  readonly name?: string
}

/**
 * Policy that writes failing records to a topic, as the raw bytes that they came in.
 *
 * @example
 * ```ts
 * pipeline('orders', { onError: deadLetter('orders-dead') }, (p) => { … })
 * ```
 */
export function deadLetter(topic: Sink<Uint8Array | null, Uint8Array | null> | string): DeadLetter {
  return { deadLetter: topic }
}

/** Checks what the author wrote, and gives the plain form. */
export function errorPolicy(onError: unknown, site: CallSite | undefined): ErrorPolicy {
  if (onError === 'fail' || onError === 'skip') return { kind: onError }
  if (typeof onError === 'object' && onError !== null && 'deadLetter' in onError) {
    const target = onError.deadLetter
    if (target instanceof DeclaredTopic) return { kind: 'dead-letter', topic: target.name }
    if (typeof target === 'string') return { kind: 'dead-letter', topic: checkTopicName(target, site) }
  }
  throw new PipelineError('MR1211', "`onError` is neither 'fail' nor 'skip' nor deadLetter(topic)", { site })
}
