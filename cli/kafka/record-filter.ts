/** The predicate of `tail --filter`: a JavaScript expression over the fields of the printed record. */
import { compileFunction } from 'node:vm'
import { UsageError } from '../usage-error.js'
import type { ReadableRecord } from './readable-record.js'

const names = ['key', 'value', 'headers', 'timestamp', 'partition', 'offset', 'topic'] as const

/**
 * The expression is the user's own, typed at the keyboard. One that throws for a record (a field is missing, the value is
 * null) does not hold for it; one that uses an unknown name holds for none, which is a mistake.
 */
export function recordFilter(expression: string | undefined): (record: ReadableRecord) => boolean {
  if (expression === undefined) return () => true
  let predicate: (...values: readonly unknown[]) => unknown
  try {
    predicate = compileFunction(`'use strict'; return (${expression})`, [...names]) as typeof predicate
  } catch (error) {
    throw new UsageError(
      `--filter is no JavaScript expression: ${error instanceof Error ? error.message : String(error)}`,
      "such as --filter 'value.amount > 100'",
    )
  }
  return (record) => {
    try {
      return Boolean(predicate(...names.map((name) => record[name])))
    } catch (error) {
      if (error instanceof ReferenceError)
        throw new UsageError(`--filter: ${error.message}`, `names: ${names.join(', ')}`)
      return false
    }
  }
}
