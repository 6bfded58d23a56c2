/** Watches what a build depends on. Changes that come while a build runs are taken together after it. */
import type { FSWatcher } from 'chokidar'
import { once } from 'node:events'
import { join } from 'node:path'
import type { ProjectBuilder } from './project-build.js'
import { reportError } from './report-error.js'
import { requirePeer } from './require-peer.js'
import type { Terminal } from './terminal.js'

/** Editors write in steps: wait until a file is quiet. */
const quietMs = 50

/**
 * Calls `build` with the absolute paths that changed (first with none), one call at a time, until SIGINT or SIGTERM. A
 * build that throws is reported; the next change may mend it. A signal does not wait for the build that runs.
 */
export async function watchProject(
  builder: ProjectBuilder,
  terminal: Terminal,
  build: (changed: readonly string[]) => Promise<void>,
): Promise<void> {
  const changed = new Set<string>()
  let wake = () => undefined as void
  const watcher = await startWatcher(builder, (path) => {
    changed.add(path)
    wake()
  })
  const signal = new AbortController()
  const end = () => signal.abort()
  const ended = once(signal.signal, 'abort')
  process.once('SIGINT', end).once('SIGTERM', end)
  const attempt = async (files: readonly string[]) => {
    try {
      await build(files)
    } catch (error) {
      if (!signal.signal.aborted) reportError(terminal, error)
    }
  }
  try {
    await Promise.race([attempt([]), ended])
    if (!signal.signal.aborted) terminal.note('watching; end with Ctrl+C')
    while (!signal.signal.aborted) {
      const files = [...changed]
      changed.clear()
      const next = new Promise<void>((resolve) => {
        wake = resolve
      })
      await Promise.race([files.length > 0 ? attempt(files) : next, ended])
    }
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end)
    await watcher.close()
  }
}

/** Resolves when no later change is missed. */
async function startWatcher(
  { project, outDir }: ProjectBuilder,
  onChange: (path: string) => void,
): Promise<Pick<FSWatcher, 'close'>> {
  requirePeer('chokidar')
  const { watch } = await import('chokidar')
  const generated = join(outDir, '/')
  const watcher = watch(project.root, {
    ignoreInitial: true,
    awaitWriteFinish: { stabilityThreshold: quietMs, pollInterval: 10 },
    ignored: (path, stats) =>
      /(^|[/\\])(node_modules|\.git|\.millrace|dist)([/\\]|$)/.test(path.slice(project.root.length)) ||
      path.startsWith(generated) ||
      (stats?.isFile() === true && !/\.([mc]?[jt]sx?|json|avsc)$/.test(path)),
  })
  watcher.on('all', (event, path) => {
    if (!event.endsWith('Dir')) onChange(path)
  })
  await once(watcher, 'ready')
  return watcher
}
