/** Watches what a build depends on. Changes that come while a build runs are taken together after it. */
import { join } from 'node:path'
import type { ProjectBuilder } from './project-build.js'
import { requirePeer } from './require-peer.js'

/** Editors write in steps: wait until a file is quiet. */
const quietMs = 50

/** Calls `rebuild` with the absolute paths that changed, one call at a time, until SIGINT or SIGTERM. */
export async function watchProject(
  { project, outDir }: ProjectBuilder,
  rebuild: (changed: readonly string[]) => Promise<void>,
): Promise<void> {
  requirePeer('chokidar')
  const { watch } = await import('chokidar')
  const generated = join(outDir, '/')
  const watcher = watch(project.root, {
    ignoreInitial: true,
    awaitWriteFinish: { stabilityThreshold: quietMs, pollInterval: 10 },
    ignored: (path, stats) =>
      /(^|[/\\])(node_modules|\.git|\.millrace|dist)([/\\]|$)/.test(path) ||
      path.startsWith(generated) ||
      (stats?.isFile() === true && !/\.([mc]?[jt]sx?|json|avsc)$/.test(path)),
  })
  const changed = new Set<string>()
  let wake = () => undefined as void
  watcher.on('all', (_event, path) => {
    changed.add(path)
    wake()
  })
  const ended = new AbortController()
  const end = () => {
    ended.abort()
    wake()
  }
  process.once('SIGINT', end).once('SIGTERM', end)
  try {
    while (!ended.signal.aborted) {
      if (changed.size === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        continue
      }
      const files = [...changed]
      changed.clear()
      await rebuild(files)
    }
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end)
    await watcher.close()
  }
}
