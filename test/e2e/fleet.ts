/** Processes that share the work of one compiled pipeline of a project; a test starts, kills and ends them. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { expect } from 'vitest'
import type { Project } from '../cli/support/project.js'

interface Member {
  readonly name: string
  readonly child: ChildProcess
  said: string
}

/** Says that it runs tasks, not only that it waits for some. */
const WORKING = /"tasks":\["[^\n]*"msg":"running"/

export class Fleet implements AsyncDisposable {
  readonly #project: Project
  readonly #environment: Readonly<Record<string, string>>
  readonly #members = new Map<string, Member>()

  constructor(project: Project, brokers: string, options: object) {
    this.#project = project
    this.#environment = { MILLRACE_BROKERS: brokers, APP_OPTIONS: JSON.stringify(options) }
  }

  static async writeProgram(project: Project, pipeline: string): Promise<void> {
    await project.write(
      'program.mjs',
      `import { runMain } from 'millrace/runtime'
await runMain({
  pipeline: new URL('./generated/${pipeline}.js', import.meta.url),
  http: false,
  state: { directory: process.env.STATE_DIR, snapshotInterval: 300 },
  ...JSON.parse(process.env.APP_OPTIONS),
})
`,
    )
  }

  /** Resolves when it has tasks. The state of an earlier process of this name is its own. */
  async start(name: string): Promise<void> {
    const child = spawn(process.execPath, [this.#project.path('program.mjs')], {
      cwd: this.#project.root,
      env: { ...process.env, ...this.#environment, STATE_DIR: this.#project.path(`state-of-${name}`) },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const member: Member = { name, child, said: '' }
    this.#members.set(name, member)
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (member.said += String(chunk)))
    await this.until(() => WORKING.test(member.said))
  }

  /** What it has written so far, to both streams. */
  said(name: string): string {
    return this.#members.get(name)?.said ?? ''
  }

  async kill(name: string): Promise<void> {
    await this.#end(name, 'SIGKILL')
  }

  /** Fails unless it ends as it should. */
  async terminate(name: string): Promise<void> {
    const { child, said } = await this.#end(name, 'SIGTERM')
    expect(child.exitCode, said).toBe(0)
  }

  /** Fails at once, with what it said, when a process ends before. */
  async until(done: () => boolean | Promise<boolean>): Promise<void> {
    const look = async (): Promise<boolean> => {
      for (const { name, child, said } of this.#members.values()) {
        if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}:\n${said}`)
      }
      return done()
    }
    await expect.poll(look, { timeout: 60_000, interval: 200 }).toBe(true)
  }

  async #end(name: string, signal: NodeJS.Signals): Promise<Member> {
    const member = this.#members.get(name)
    if (member === undefined) throw new Error(`${name} does not run`)
    this.#members.delete(name)
    const closed = once(member.child, 'close')
    member.child.kill(signal)
    await closed
    return member
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#members.keys()].map((name) => this.kill(name)))
  }
}
