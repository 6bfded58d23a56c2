/** A process under test that says every few seconds what it uses. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { usagesOf, type HeapUsage, type Usage } from './usage.js'

export interface Used {
  readonly rss: number
  readonly handles: number
  /** The least of the time, which is what stays after garbage collections, of all threads. */
  readonly heap: number
  /** Share of a core. */
  readonly cpu: number
}

export class WatchedProcess {
  /** What it said beside that. */
  said = ''
  readonly #child: ChildProcess
  #rest = ''
  #usages: Usage[] = []
  #heaps: HeapUsage[] = []
  #runs: () => void = () => undefined
  readonly running = new Promise<void>((resolve) => (this.#runs = resolve))

  constructor(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>) {
    this.#child = spawn(process.execPath, args, { cwd, env: { ...process.env, ...env }, stdio: 'pipe' })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk) => {
        this.#hear(String(chunk))
      })
    }
  }

  #hear(chunk: string): void {
    const lines = (this.#rest + chunk).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const usage of usagesOf(lines.join('\n'))) {
      if (usage.usage === 'heap') this.#heaps.push(usage)
      else this.#usages.push(usage)
    }
    this.said += lines.filter((line) => !line.startsWith('{"usage":')).join('\n')
    if (this.said.includes('"msg":"running"')) this.#runs()
  }

  /** Since the last call, over some seconds at least. */
  takeUsed(): Used {
    const [first, last] = [this.#usages[0], this.#usages.at(-1)]
    if (first === undefined || last === undefined) throw new Error(`the process said nothing:\n${this.said}`)
    const least = new Map<number, number>()
    for (const { thread, heap } of this.#heaps) least.set(thread, Math.min(heap, least.get(thread) ?? Infinity))
    const cpu = (last.cpuMs - first.cpuMs) / (last.atMs - first.atMs)
    this.#usages = [last]
    this.#heaps = []
    return { rss: last.rss, handles: last.handles, heap: [...least.values()].reduce((a, b) => a + b, 0), cpu }
  }

  /** Its exit code after SIGTERM. */
  async end(): Promise<number | null> {
    const closed = once(this.#child, 'close')
    if (this.#child.exitCode === null) {
      this.#child.kill('SIGTERM')
      await closed
    }
    return this.#child.exitCode
  }
}
