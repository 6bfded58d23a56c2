/**
 * What is tried again is for the debug log; but for what people have to mend, a missing ACL: that is a warning, once a
 * minute while it lasts.
 */
import { AuthorizationError } from './authorization-error.js'

const AGAIN_MS = 60_000
/** Messages may name offsets. */
const MAX_REMEMBERED = 1000

/** Returns what `onRetry` of requests may be. */
export const retryLog = (
  log: (level: 'debug' | 'warn', message: string) => void,
  now: () => number = () => performance.now(),
): ((error: Error) => void) => {
  const told = new Map<string, number>()
  return (error) => {
    if (!(error instanceof AuthorizationError)) {
      log('debug', error.message)
      return
    }
    const what = JSON.stringify(error.accesses)
    const before = told.get(what)
    if (before !== undefined && now() - before < AGAIN_MS) return
    if (told.size >= MAX_REMEMBERED) told.clear()
    told.set(what, now())
    log('warn', `waiting for a permission: ${error.message}`)
  }
}
