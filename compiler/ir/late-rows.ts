/** Whether what is late for windows is a matter of the key: of sessions, and where the last window is to be known. */
import type { LogicalWindow } from './logical-plan.js'

export function isLateByKey({ kind, closeAfter }: LogicalWindow): boolean {
  return kind === 'session' || (kind === 'sliding' && closeAfter !== undefined)
}
