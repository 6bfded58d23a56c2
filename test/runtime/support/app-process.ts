/** An application as a process of its own, which runs what `npm run build` made. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { eventually } from './topics.js'

const program = fileURLToPath(new URL('../../fixtures/runtime/run.mjs', import.meta.url))
const built = new URL('../../../dist/runtime/index.js', import.meta.url)

export interface Running {
  readonly child: ChildProcess
  /** Exit code or signal. */
  readonly ended: Promise<number | string>
  readonly output: () => string
}

const children = new Set<ChildProcess>()

/** `fileBlocks`: files of the process grow no further, each of 512 bytes; LMDB then fails as on a full disk. */
export const run = (env: Readonly<Record<string, string>>, { fileBlocks = 0 } = {}): Running => {
  if (!existsSync(built)) throw new Error('dist/ is missing: run `npm run build` first')
  const command = [process.execPath, program] as const
  const limited = ['/bin/sh', '-c', `ulimit -f ${fileBlocks} && exec "$@"`, 'sh', ...command] as const
  const [file, ...args] = fileBlocks === 0 ? command : limited
  const child = spawn(file, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.add(child)
  let text = ''
  const collect = (chunk: Buffer): void => {
    text += chunk.toString()
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  const ended = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => {
      children.delete(child)
      resolve(code ?? signal ?? 'unknown')
    })
  })
  return { child, ended, output: () => text }
}

/** From then on signals drain. */
export const running = (process: Running): Promise<string> =>
  eventually(process.output, (text) => text.includes('"msg":"running"'))

export const killAll = (): void => {
  for (const child of children) child.kill('SIGKILL')
}
