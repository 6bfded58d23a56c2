/** Checks of what the author's functions give back, with the messages of the interpreter. */
import { mismatch } from './write-number.js'

/** A synchronous operator cannot wait (rule 4). */
export function settled<T>(value: T): T {
  if (typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function') {
    throw new TypeError(
      'the lambda of a synchronous operator returned a promise: return a plain value, or use mapAsync for asynchronous work',
    )
  }
  return value
}

export function iterable(values: unknown): Iterable<unknown> {
  if (values !== null && values !== undefined && typeof Reflect.get(Object(values), Symbol.iterator) === 'function') {
    return values as Iterable<unknown>
  }
  throw new TypeError('flatMap needs an iterable as its result')
}

export function keyAndValue(result: unknown): { readonly key: unknown; readonly value: unknown } {
  if (typeof result === 'object' && result !== null && 'key' in result && 'value' in result) return result
  throw new TypeError('mapRecord needs an object { key, value } as its result')
}

/** Event time in ms, from what an extractor gave. */
export function eventTime(time: unknown): number {
  const ms = time instanceof Date ? time.getTime() : time
  if (typeof ms === 'number' && Number.isSafeInteger(ms)) return ms
  throw new TypeError(`the event time of the record is neither ms since the epoch nor a valid Date: ${String(time)}`)
}

export function sinkTimestamp(timestamp: unknown): number {
  if (typeof timestamp === 'number' && Number.isSafeInteger(timestamp) && timestamp >= 0) return timestamp
  throw new TypeError(`the timestamp set for the record is no time in ms since the epoch: ${String(timestamp)}`)
}

export function topicName(topic: unknown): string {
  if (typeof topic === 'string' && topic !== '') return topic
  throw new TypeError(`the topic chosen for the record is no name: ${String(topic)}`)
}

/** `new Date(ms).getTime()` without the Date. */
export function timeClip(ms: number): number {
  return Math.abs(ms) <= 8.64e15 ? Math.trunc(ms) + 0 : NaN
}

/** Ms of a Date that is to be written. */
export function dateMs(value: unknown, path: string): number {
  if (!(value instanceof Date)) mismatch('a valid Date', value, path)
  return value.getTime()
}
