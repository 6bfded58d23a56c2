import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'

export interface DaemonOptions {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly logFile: string
}

/** A server process that never outlives this one. */
export interface Daemon {
  readonly name: string
  readonly running: boolean
  readonly signal: (signal: NodeJS.Signals) => void
  /** Kills it and waits until it is gone. */
  readonly kill: () => Promise<void>
  /** The last part of what it has written. */
  readonly logTail: () => string
}

const setpriv = '/usr/bin/setpriv'

/**
 * Starts a server. It has a process group of its own (Ctrl-C reaches only us: we stop it in order) and dies with this
 * process even when that is killed: on Linux by the parent-death signal, elsewhere on a regular exit only.
 */
export function startDaemon({ name, command, args, cwd, logFile }: DaemonOptions): Daemon {
  const log = openSync(logFile, 'a')
  const tied = existsSync(setpriv)
  const child = spawn(tied ? setpriv : command, tied ? ['--pdeathsig', 'KILL', command, ...args] : args, {
    cwd,
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.unref()

  let running = true
  const killOnExit = (): void => void child.kill('SIGKILL')
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      running = false
      process.off('exit', killOnExit)
      resolve()
    }
    child.once('exit', end)
    child.once('error', end)
  })
  process.on('exit', killOnExit)

  return {
    name,
    get running() {
      return running
    },
    signal: (signal) => void child.kill(signal),
    kill: async () => {
      child.ref()
      child.kill('SIGKILL')
      await ended
    },
    logTail: () => (existsSync(logFile) ? readFileSync(logFile, 'utf8').slice(-3000) : ''),
  }
}
