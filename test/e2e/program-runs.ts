/** Runs a compiled pipeline of a project as a program of its own, exactly once, that a test kills or ends. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { expect } from 'vitest'
import type { Project } from '../cli/support/project.js'

export class ProgramRuns {
  /** What the processes said, for messages of failures. */
  said = ''
  readonly #project: Project
  readonly #brokers: string
  readonly #pipeline: string

  constructor(project: Project, brokers: string, pipeline: string) {
    this.#project = project
    this.#brokers = brokers
    this.#pipeline = pipeline
  }

  /** Other time-outs than those of the command line, so that a killed process is missed soon. */
  async writeProgram(): Promise<void> {
    await this.#project.write(
      'program.mjs',
      `import { createApp } from 'millrace/runtime'
const app = createApp({
  pipeline: new URL('./generated/${this.#pipeline}.js', import.meta.url),
  guarantee: 'exactly_once',
  sessionTimeout: 6000,
  heartbeatInterval: 200,
  commitInterval: 50,
  state: { directory: process.env.STATE_DIR },
})
process.on('SIGTERM', () => void app.close())
await app.start()
await app.finished()
`,
    )
  }

  /** `state`: name of its state directory. */
  start(state: string): ChildProcess {
    const child = spawn(process.execPath, [this.#project.path('program.mjs')], {
      cwd: this.#project.root,
      env: { ...process.env, MILLRACE_BROKERS: this.#brokers, STATE_DIR: this.#project.path(state) },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (this.said += String(chunk)))
    return child
  }

  async end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
    const closed = once(child, 'close')
    child.kill(signal)
    await closed
  }

  /** Fails at once, with what it said, when the process ends before. */
  async until(child: ChildProcess, done: () => Promise<boolean>): Promise<void> {
    const seen = async () => {
      if (child.exitCode !== null) throw new Error(`the process ended with ${child.exitCode}:\n${this.said}`)
      return await done()
    }
    await expect.poll(seen, { timeout: 90_000, interval: 200 }).toBe(true)
  }
}
