/** The lock as a file: read with errors that say what to do, written atomically and only when it changes. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseLock, printLock, type SchemaLock } from './lock.js'

/** Undefined when there is no such file. @throws SchemaLockError */
export async function readLock(path: string): Promise<SchemaLock | undefined> {
  const text = await readIfThere(path)
  return text === undefined ? undefined : parseLock(text, path)
}

/** Whether anything changed. */
export function writeLock(path: string, lock: SchemaLock): Promise<boolean> {
  return writeIfChanged(path, printLock(lock))
}

/**
 * Writes a text file atomically, or leaves it alone, with its time stamp, when it holds that text already: watchers and
 * incremental builds then see no change. Whether it was written.
 */
export async function writeIfChanged(path: string, text: string): Promise<boolean> {
  if ((await readIfThere(path)) === text) return false
  await mkdir(dirname(path), { recursive: true })
  const temporary = `${path}.${process.pid}.tmp`
  try {
    await writeFile(temporary, text)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  return true
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
