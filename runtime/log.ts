/** Structured logging; pino unless the application brings its own. */
import { pino } from 'pino'

export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** To standard error, since standard output belongs to `print`. Level: MILLRACE_LOG_LEVEL, default `info`. */
export const defaultLogger = (name: string): Logger =>
  pino(
    { name, level: process.env['MILLRACE_LOG_LEVEL'] ?? 'info', base: { name } },
    pino.destination({ fd: 2, sync: true }),
  )
