import { spawn } from 'node:child_process'

export interface CommandOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  /** Text for standard input, which is then closed. */
  readonly input?: string
  /** The command is killed after this many milliseconds. Default: 5 minutes. */
  readonly timeoutMs?: number
}

export interface CommandResult {
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command to its end. Rejects, with the end of its output, when it fails or takes too long. */
export function runCommand(
  command: string,
  args: readonly string[],
  { cwd, env, input, timeoutMs = 300_000 }: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: env ?? process.env, stdio: 'pipe' })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    // A command that exits without reading its input closes the pipe; its exit code tells what happened.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input ?? '')
    child.once('error', (error) => {
      clearTimeout(timer)
      reject(new Error(`cannot run ${command}: ${error.message}`, { cause: error }))
    })
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      const result = { stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }
      if (code === 0) resolve(result)
      else reject(new Error(failure(command, args, code ?? signal ?? 'unknown', result)))
    })
  })
}

function failure(command: string, args: readonly string[], how: number | string, result: CommandResult): string {
  const output = `${result.stdout}\n${result.stderr}`.trim().slice(-4000)
  return `${command} ${args.join(' ').slice(0, 400)} ended with ${how}\n${output}`
}
