import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StateDirectory } from '../../../runtime/state/state-directory.js'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'state-'))
})
afterEach(() => {
  rmSync(directory, { recursive: true })
})

const lock = (): StateDirectory => StateDirectory.lock(directory, 'my app/1')
const lockFile = (n: number): string => path.join(directory, 'my%20app%2F1', String(n), '.lock')

/** Empty where there is no /proc. */
const startOf = (pid: number): string => {
  const file = `/proc/${pid}/stat`
  if (!existsSync(file)) return ''
  const text = readFileSync(file, 'utf8')
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}

describe('the state directory', () => {
  it('is of one at a time; the next gets another, and a freed one is taken again', () => {
    const first = lock()
    const second = lock()
    expect(path.basename(first.path)).toBe('0')
    expect(path.basename(second.path)).toBe('1')
    first.release()
    expect(existsSync(lockFile(0))).toBe(false)
    const third = lock()
    expect(third.path).toBe(first.path)
    second.release()
    third.release()
  })

  it('is taken from a process that has died, not from one that lives', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    lock().release()
    await once(child, 'spawn')
    writeFileSync(lockFile(0), JSON.stringify({ host: hostname(), pid: child.pid, started: startOf(child.pid!) }))
    const beside = lock()
    expect(path.basename(beside.path)).toBe('1')
    beside.release()
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
    const after = lock()
    expect(path.basename(after.path)).toBe('0')
    after.release()
  })

  it('is taken when the process id belongs to another process now', () => {
    lock().release()
    writeFileSync(lockFile(0), JSON.stringify({ host: hostname(), pid: process.pid, started: 'before' }))
    const taken = lock()
    expect(path.basename(taken.path)).toBe('0')
    taken.release()
  })

  it('is taken from another machine only when its process is silent', () => {
    lock().release()
    writeFileSync(lockFile(0), JSON.stringify({ host: 'elsewhere', pid: 1, started: '' }))
    const beside = lock()
    expect(path.basename(beside.path)).toBe('1')
    beside.release()
    const old = new Date(Date.now() - 120_000)
    utimesSync(lockFile(0), old, old)
    const taken = lock()
    expect(path.basename(taken.path)).toBe('0')
    taken.release()
  })

  it('is taken when the lock is nonsense', () => {
    lock().release()
    writeFileSync(lockFile(0), '{')
    const taken = lock()
    expect(path.basename(taken.path)).toBe('0')
    taken.release()
  })
})
