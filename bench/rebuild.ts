import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Session } from '../compiler/compile.js'
import { isError } from '../compiler/diagnostics/diagnostic.js'
import { readLock, resolveLock } from '../registry/index.js'
import { median } from './median.js'

export interface BuildTimes {
  /** The first build of a process that has the compiler loaded. */
  readonly firstMs: number
  /** A further one after an edit of the pipeline's file, as `build --watch` and `dev` do it; the median. */
  readonly rebuildMs: number
}

const edits = 7

/** Builds the project again and again in this process, its pipeline edited each time. */
export async function rebuild(project: string): Promise<BuildTimes> {
  const file = join(project, 'pipelines/web-orders.ts')
  const lock = await readLock(join(project, 'schemas.lock.json'))
  const session = new Session({
    root: project,
    files: [file],
    outDir: join(project, 'generated'),
    typeFiles: [join(project, 'generated/schemas.ts')],
    ...(lock === undefined ? {} : { locked: resolveLock(lock) }),
  })
  const timed = async (changed: readonly string[]): Promise<number> => {
    const started = performance.now()
    const { diagnostics, pipelines } = await session.compile(changed)
    const elapsed = performance.now() - started
    const fault = diagnostics.find(isError)
    if (fault !== undefined || pipelines.length !== 1) throw new Error(fault?.message ?? 'the pipeline was not found')
    return Math.round(elapsed)
  }
  const firstMs = await timed([])
  const times: number[] = []
  for (let edit = 0; edit < edits; edit++) {
    await appendFile(file, `// edit ${edit}\n`)
    times.push(await timed([file]))
  }
  return { firstMs, rebuildMs: median(times) }
}
