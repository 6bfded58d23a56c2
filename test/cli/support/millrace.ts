/**
 * The `millrace` command as its users run it: `dist/cli/main.js` in a process of its own. Waits are for lines of output,
 * never for time.
 */
import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll, vi } from 'vitest'

// A process loads a compiler in two seconds of CPU time: on a busy machine that is long.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

// Those that a failed or timed-out test has left behind: nobody waits for them any more.
const children = new Set<ChildProcess>()
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
})

export const cliMain = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))

export interface RunOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** What stands on standard input. Default: nothing. */
  readonly input?: string
  /** Arguments of Node. */
  readonly nodeArgs?: readonly string[]
}

export interface Ended {
  /** The exit code, or the name of the signal that ended it. */
  readonly code: number | string
  readonly stdout: string
  readonly stderr: string
}

export interface EndedJson extends Pick<Ended, 'code' | 'stderr'> {
  readonly data: unknown
}

/** Runs to its end. */
export async function millrace(args: readonly string[], options: RunOptions): Promise<Ended> {
  await using running = start(args, options)
  return await running.ended
}

/** The result with `--json`, and how it ended. */
export async function millraceJson(args: readonly string[], options: RunOptions): Promise<EndedJson> {
  const { code, stdout, stderr } = await millrace([...args, '--json'], options)
  return { code, data: JSON.parse(stdout) as unknown, stderr }
}

export function start(args: readonly string[], { cwd, env = {}, input = '', nodeArgs = [] }: RunOptions): Running {
  if (!existsSync(cliMain)) throw new Error('dist/ is missing: run `npm run build` first')
  const child = spawn(process.execPath, [...nodeArgs, cliMain, ...args], {
    cwd,
    env: { ...withoutOurs(process.env), NO_COLOR: '1', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  children.add(child)
  child.once('close', () => children.delete(child))
  // A command that ends before it has read its input is no fault of the test.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  return new Running(child, `millrace ${args.join(' ')}`)
}

/** A busy machine takes longer than a second for things that are told only then. */
export function withoutProgress(stderr: string): string {
  return stderr.replace(/^… .*\n/gm, '')
}

/** The shell of whoever runs the tests says nothing to the command under test. */
function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(MILLRACE_|NODE_OPTIONS$|FORCE_COLOR$|VITEST)/.test(name)),
  )
}

interface Waiter {
  readonly pattern: RegExp
  readonly count: number
  resolve(this: void): void
  reject(this: void, error: Error): void
}

/** Standard output and error together, in the order of arrival. */
export class Running implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #name: string
  readonly #waiters = new Set<Waiter>()
  #stdout = ''
  #stderr = ''
  #output = ''
  readonly ended: Promise<Ended>

  constructor(child: ChildProcessByStdio<Writable, Readable, Readable>, name: string) {
    this.#child = child
    this.#name = name
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text
      this.#take(text)
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
      this.#take(text)
    })
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject)
      // `close` comes when all output has been read, too.
      child.once('close', (code, signal) => {
        const how = code ?? signal ?? 'unknown'
        for (const { pattern, reject: fail } of this.#waiters) {
          fail(new Error(`${name} ended with ${how} before it said ${String(pattern)}:\n${this.#output}`))
        }
        resolve({ code: how, stdout: this.#stdout, stderr: this.#stderr })
      })
    })
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get output(): string {
    return this.#output
  }

  /** When the output has that many matches, counted from the beginning of the process; fails when it ends before. */
  async says(pattern: RegExp, count = 1): Promise<void> {
    const ended = this.#child.exitCode !== null || this.#child.signalCode !== null
    if (matches(this.#output, pattern) >= count) return
    if (ended) throw new Error(`${this.#name} ended before it said ${String(pattern)}:\n${this.#output}`)
    await new Promise<void>((resolve, reject) => {
      this.#waiters.add({ pattern, count, resolve, reject })
    })
  }

  /** Sends the signal and waits for the end. */
  async end(signal: NodeJS.Signals): Promise<Ended> {
    this.#child.kill(signal)
    return await this.ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.end('SIGKILL')
  }

  #take(text: string): void {
    this.#output += text
    for (const waiter of this.#waiters) {
      if (matches(this.#output, waiter.pattern) < waiter.count) continue
      this.#waiters.delete(waiter)
      waiter.resolve()
    }
  }
}

const matches = (text: string, pattern: RegExp): number =>
  [...text.matchAll(new RegExp(pattern.source, `${pattern.flags.replace('g', '')}g`))].length
