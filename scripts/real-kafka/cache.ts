import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/**
 * Downloads live outside the checkout, so that a fresh clone or `npm ci` does not fetch them again.
 * `MILLRACE_CACHE` moves them.
 */
export function cacheRoot(): string {
  return (
    process.env['MILLRACE_CACHE'] ??
    join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'millrace', 'real')
  )
}

const completeMarker = '.complete'

/**
 * Returns the folder `name` of the cache, filled by `fill` the first time. It is filled under another name and moved
 * into place, so that an interrupted download never counts and two runs at once do not disturb each other.
 */
export async function cached(name: string, fill: (directory: string) => Promise<void>): Promise<string> {
  const target = join(cacheRoot(), name)
  if (existsSync(join(target, completeMarker))) return target

  const staging = `${target}.${randomBytes(4).toString('hex')}`
  await mkdir(dirname(target), { recursive: true })
  try {
    await mkdir(staging)
    await fill(staging)
    await writeFile(join(staging, completeMarker), '')
    await rm(target, { recursive: true, force: true })
    await rename(staging, target)
  } catch (error) {
    if (!existsSync(join(target, completeMarker))) throw error
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
  return target
}
