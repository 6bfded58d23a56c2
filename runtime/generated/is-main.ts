import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'

/** Whether Node was started with this module (`node generated/orders.js`). Worker threads that load it are not. */
export function isMain(url: string): boolean {
  const [, script] = process.argv
  if (!isMainThread || script === undefined || !url.startsWith('file:')) return false
  try {
    return realpathSync(script) === realpathSync(fileURLToPath(url))
  } catch {
    return false
  }
}
