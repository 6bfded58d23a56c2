/**
 * Where a process keeps snapshots: `<directory>/<application>/<n>`, the first n that no other process has locked. Several
 * processes of a machine may thus share a directory, and a restarted one finds what it left.
 */
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, utimesSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'

const LOCK = '.lock'
/** Held while the lock of a dead process is replaced, so that no two replace it. */
const TAKEOVER = '.lock-takeover'
const MAX_PROCESSES = 64
const TOUCH_MS = 5000
/** Locks of other machines, whose processes we cannot see, are dead when they have not been touched for so long. */
const STALE_MS = 60_000

interface LockOwner {
  readonly host: string
  readonly pid: number
  /** Start of the process, where the system tells it: process ids are used again. */
  readonly started: string
}

export class StateDirectoryError extends Error {
  override name = 'StateDirectoryError'
}

export class StateDirectory {
  readonly path: string
  readonly #lock: string
  readonly #timer: NodeJS.Timeout

  private constructor(directory: string) {
    this.path = directory
    this.#lock = path.join(directory, LOCK)
    this.#timer = setInterval(() => {
      touch(this.#lock)
    }, TOUCH_MS)
    this.#timer.unref()
  }

  /** Throws StateDirectoryError. */
  static lock(directory: string, applicationId: string): StateDirectory {
    for (let n = 0; n < MAX_PROCESSES; n++) {
      const candidate = path.join(directory, encodeURIComponent(applicationId), String(n))
      mkdirSync(candidate, { recursive: true })
      if (takeLock(candidate)) return new StateDirectory(candidate)
    }
    throw new StateDirectoryError(`${directory} is in use by ${MAX_PROCESSES} processes of ${applicationId}`)
  }

  release(): void {
    clearInterval(this.#timer)
    rmSync(this.#lock, { force: true })
  }
}

const takeLock = (directory: string): boolean => {
  const lock = path.join(directory, LOCK)
  if (create(lock)) return true
  if (isHeld(lock)) return false
  const takeover = path.join(directory, TAKEOVER)
  if (!create(takeover)) {
    if (!isHeld(takeover)) rmSync(takeover, { force: true })
    return false
  }
  try {
    // Somebody else may have replaced it just before.
    if (isHeld(lock)) return false
    rmSync(lock, { force: true })
    return create(lock)
  } finally {
    rmSync(takeover, { force: true })
  }
}

const create = (file: string): boolean => {
  try {
    const descriptor = openSync(file, 'wx')
    const owner: LockOwner = { host: hostname(), pid: process.pid, started: startOf(process.pid) }
    writeSync(descriptor, JSON.stringify(owner))
    closeSync(descriptor)
    return true
  } catch (error) {
    if (isError(error, 'EEXIST')) return false
    throw error
  }
}

const isHeld = (file: string): boolean => {
  try {
    const touched = Date.now() - statSync(file).mtimeMs < STALE_MS
    const text = readFileSync(file, 'utf8')
    // Being written this moment, or left so by a crash.
    if (text === '') return touched
    const owner = JSON.parse(text) as LockOwner
    return owner.host === hostname() ? isAlive(owner) : touched
  } catch (error) {
    return !isError(error, 'ENOENT') && !(error instanceof SyntaxError)
  }
}

const isAlive = ({ pid, started }: LockOwner): boolean => {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (!isError(error, 'EPERM')) return false
  }
  return startOf(pid) === started
}

/** Empty where there is no /proc. */
const startOf = (pid: number): string => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name of the command, in parentheses, may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

const touch = (file: string): void => {
  const now = new Date()
  try {
    utimesSync(file, now, now)
  } catch (error) {
    if (!isError(error, 'ENOENT')) throw error
  }
}

const isError = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
