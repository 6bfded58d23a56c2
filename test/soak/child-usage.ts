/** Preloaded into a process under test, into each of its threads: says every few seconds what it uses. */
import { readdirSync, writeSync } from 'node:fs'
import { isMainThread, threadId } from 'node:worker_threads'
import type { HeapUsage, Usage } from './usage.js'

const INTERVAL_MS = 5000

const say = (usage: Usage | HeapUsage): void => {
  writeSync(2, `${JSON.stringify(usage)}\n`)
}

setInterval(() => {
  say({ usage: 'heap', thread: threadId, heap: process.memoryUsage().heapUsed })
  if (!isMainThread) return
  const { user, system } = process.cpuUsage()
  say({
    usage: 'process',
    rss: process.memoryUsage.rss(),
    handles: readdirSync('/proc/self/fd').length,
    cpuMs: (user + system) / 1000,
    atMs: performance.now(),
  })
}, INTERVAL_MS).unref()
