/** Lines on stderr, by level. */
import type { LogLevel } from './options.js'

const LEVELS: readonly LogLevel[] = ['silent', 'error', 'info', 'debug']

export interface Logger {
  error(line: string): void
  info(line: string): void
  debug(line: string): void
}

export const createLogger = (level: LogLevel): Logger => {
  const threshold = LEVELS.indexOf(level)
  const at =
    (own: LogLevel) =>
    (line: string): void => {
      if (LEVELS.indexOf(own) <= threshold) process.stderr.write(`embedded kafka: ${line}\n`)
    }
  return { error: at('error'), info: at('info'), debug: at('debug') }
}
