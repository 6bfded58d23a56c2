/** What a command failed with, for people and (with --json) for machines; and the exit code that goes with it. */
import { ExitCode } from './exit-code.js'
import type { Terminal } from './terminal.js'
import { UsageError } from './usage-error.js'

export function reportError(terminal: Terminal, error: unknown): ExitCode {
  const help = error instanceof Error && 'help' in error ? error.help : undefined
  const helpText = typeof help === 'string' ? help : undefined
  if (error instanceof Error) terminal.data({ error: { message: error.message, help: helpText } })
  if (error instanceof Error && isForeseen(error)) terminal.error(error.message, helpText)
  // What else reaches this place is a bug of ours, or a failure that a command did not foresee: the stack is wanted.
  else terminal.error(error instanceof Error ? (error.stack ?? error.message) : String(error))
  return error instanceof UsageError ? ExitCode.Usage : ExitCode.Failed
}

/** Errors of registry, lock and broker say by themselves what to do, or whether another try may succeed. */
function isForeseen(error: Error): boolean {
  return error instanceof UsageError || 'help' in error || 'retriable' in error
}
