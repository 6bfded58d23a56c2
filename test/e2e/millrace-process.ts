import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Cluster } from './cluster.js'

/** A program of ours in a process of its own, as users start it. Needs `npm run build`. */
export interface MillraceProcess {
  /** What it has written so far, to both streams. */
  readonly output: () => string
  /** Throws, with its output, when it has ended by itself. */
  readonly assertRunning: () => void
  /** SIGTERM, and the exit code that follows. */
  readonly terminate: () => Promise<number | null>
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const cli = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

/** Runs a generated module of `generated/` with `node`. */
export function startGenerated(module: string, cluster: Cluster): MillraceProcess {
  return start([`${root}generated/${module}`], root, cluster)
}

/** Starts a command in an example's folder. */
export function startMillrace(example: string, args: readonly string[], cluster: Cluster): MillraceProcess {
  return start([cli, ...args], `${root}examples/${example}`, cluster)
}

/** Runs a command in an example's folder to its end. Throws, with its output, unless it ends with 0. */
export async function millrace(example: string, args: readonly string[], cluster: Cluster): Promise<string> {
  const { child, output } = run([cli, ...args], `${root}examples/${example}`, cluster)
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`millrace ${args.join(' ')} ended with ${String(code)}:\n${output()}`)
  return output()
}

function start(args: readonly string[], cwd: string, cluster: Cluster): MillraceProcess {
  const { child, output } = run(args, cwd, cluster)
  const closed = once(child, 'close')
  return {
    output,
    assertRunning: () => {
      if (child.exitCode !== null) throw new Error(`ended with exit code ${child.exitCode}:\n${output()}`)
    },
    terminate: async () => {
      child.kill('SIGTERM')
      await closed
      return child.exitCode
    },
  }
}

function run(args: readonly string[], cwd: string, { brokers, registryUrl }: Cluster) {
  const environment = {
    NO_COLOR: '1',
    MILLRACE_BROKERS: brokers,
    MILLRACE_REGISTRY_URL: registryUrl,
    MILLRACE_HTTP_PORT: '0',
  }
  const chunks: Buffer[] = []
  const child = spawn(process.execPath, ['--enable-source-maps', ...args], {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return { child, output: () => Buffer.concat(chunks).toString() }
}
