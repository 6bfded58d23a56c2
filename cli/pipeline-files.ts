/** The files that the configuration's `pipelines` patterns name. */
import { existsSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Project } from './config-file.js'
import { isGlob, matchesGlob } from './glob.js'
import { UsageError } from './usage-error.js'

const skipped = new Set(['node_modules', 'dist', '.git', '.millrace'])

/** Absolute paths, sorted. */
export function pipelineFiles(project: Project): readonly string[] {
  const pipelines = [project.config.pipelines].flat()
  const found = new Set<string>()
  for (const pattern of pipelines) {
    if (!isGlob(pattern)) {
      const file = project.path(pattern)
      if (!existsSync(file)) throw new UsageError(`pipelines: there is no file ${pattern}`)
      found.add(file)
    }
  }
  const patterns = pipelines.filter(isGlob)
  if (patterns.length > 0) {
    for (const file of filesBelow(project.root)) {
      const path = relative(project.root, file).replaceAll('\\', '/')
      if (patterns.some((pattern) => matchesGlob(path, pattern))) found.add(file)
    }
  }
  if (found.size === 0) {
    throw new UsageError(
      `no pipeline files: nothing matches ${pipelines.join(', ')}`,
      'set pipelines in millrace.config.ts',
    )
  }
  return [...found].sort()
}

function* filesBelow(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && !skipped.has(entry.name)) yield* filesBelow(path)
    else if (entry.isFile() && /\.[mc]?tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts')) yield path
  }
}
