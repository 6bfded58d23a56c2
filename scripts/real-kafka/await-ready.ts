import { setTimeout as delay } from 'node:timers/promises'
import type { Daemon } from './daemon.js'

const pollMs = 50

/** Waits until `probe` says yes; fails at once when a daemon dies, and after `timeoutMs` with the logs. */
export async function awaitReady(
  daemons: readonly Daemon[],
  probe: () => Promise<boolean>,
  timeoutMs = 90_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await probe())) {
    const dead = daemons.find((daemon) => !daemon.running)
    if (dead !== undefined) throw new Error(`${dead.name} ended while it started:\n${dead.logTail()}`)
    if (Date.now() > deadline) {
      const logs = daemons.map((daemon) => `${daemon.name}:\n${daemon.logTail()}`).join('\n')
      throw new Error(`not ready after ${timeoutMs / 1000} s\n${logs}`)
    }
    await delay(pollMs)
  }
}
