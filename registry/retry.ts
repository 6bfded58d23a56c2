/** When a request is tried again, and after how long. No jitter: a build is one client, and tests are exact. */

/** Time, replaceable in tests. */
export interface Clock {
  now(): number
  /** Rejects when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const onAbort = (): void => {
        clearTimeout(timer)
        reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'))
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      }, ms)
      signal?.addEventListener('abort', onAbort, { once: true })
    }),
}

const firstDelayMs = 100
const longestDelayMs = 5_000
/** A registry that asks for more than this is one that a person should know of. */
const longestRetryAfterMs = 60_000

/** Before attempt `attempt` + 1, attempts counted from 1; undefined: give up, the registry wants too long a pause. */
export function delayBefore(attempt: number, retryAfterMs: number | undefined): number | undefined {
  const backoff = Math.min(firstDelayMs * 2 ** (attempt - 1), longestDelayMs)
  if (retryAfterMs === undefined) return backoff
  return retryAfterMs > longestRetryAfterMs ? undefined : Math.max(backoff, retryAfterMs)
}

/** The header Retry-After, in seconds or as a date, in ms from now. */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

/** Statuses that may pass: too many requests, and faults of the server or of what stands before it. */
export function isRetriable(status: number): boolean {
  return status === 429 || status === 408 || (status >= 500 && status !== 501)
}
