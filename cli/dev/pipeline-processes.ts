/** The running pipelines of `millrace dev`: a process each, as in production, started again after each build. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Project } from '../config-file.js'
import type { Terminal } from '../terminal.js'
import { parentVariable } from './end-with-parent.js'

const main = fileURLToPath(new URL('../main.js', import.meta.url))

export class PipelineProcesses implements AsyncDisposable {
  readonly #running = new Map<string, ChildProcess>()
  #disposed = false

  constructor(
    private readonly project: Project,
    private readonly environment: Readonly<Record<string, string>>,
    private readonly terminal: Terminal,
  ) {}

  /** Ends what runs, and starts these pipelines. */
  async restart(pipelines: readonly string[]): Promise<void> {
    await this.#stop()
    // A build that a signal interrupted may end after everything was closed.
    if (!this.#disposed) for (const pipeline of pipelines) this.#start(pipeline)
  }

  #start(pipeline: string): void {
    const child = spawn(
      process.execPath,
      ['--enable-source-maps', main, 'run', pipeline, '--http-port', '0', '--log', 'text'],
      {
        cwd: this.project.root,
        env: { ...process.env, ...this.environment, [parentVariable]: String(process.pid) },
        // Ctrl+C of a terminal goes to a whole process group: a group of its own hears of it from us alone, once.
        detached: true,
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      },
    )
    this.#running.set(pipeline, child)
    child.once('exit', (code, signal) => {
      if (this.#running.get(pipeline) !== child) return
      this.#running.delete(pipeline)
      this.terminal.warn(
        `pipeline ${pipeline} ended (${code === null ? signal : `exit code ${code}`}); it starts again after the next build`,
      )
    })
    this.terminal.note(`running ${pipeline} (process ${child.pid ?? 0})`)
  }

  async #stop(): Promise<void> {
    const children = [...this.#running.values()]
    this.#running.clear()
    await Promise.all(
      children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return
        const exited = once(child, 'exit')
        child.kill('SIGTERM')
        await exited
      }),
    )
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true
    return this.#stop()
  }
}
