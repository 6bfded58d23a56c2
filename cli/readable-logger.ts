/**
 * Log lines of a running pipeline for people: time, level, message, fields; errors with the stack that leads to the
 * author's line. Machines get JSON from the runtime's own logger. Level: MILLRACE_LOG_LEVEL, default `info`.
 */
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import pc from 'picocolors'
import type { Logger } from '../runtime/log.js'
import { supportsColor } from './terminal.js'

const levels = ['debug', 'info', 'warn', 'error'] as const
type Level = (typeof levels)[number]

/** `label` stands before each line: which pipeline speaks. */
export function readableLogger(label: string, stderr: NodeJS.WriteStream = process.stderr): Logger {
  const paint = pc.createColors(supportsColor(stderr))
  const marks = {
    debug: paint.dim('debug'),
    info: paint.cyan('info'),
    warn: paint.yellow('warning'),
    error: paint.red('error'),
  }
  const least = levelOf(process.env['MILLRACE_LOG_LEVEL'])
  const write = (level: Level) => (fields: object, message: string) => {
    if (levels.indexOf(level) < least) return
    const { err, ...others } = fields as Readonly<Record<string, unknown>>
    const time = paint.dim(new Date().toTimeString().slice(0, 8))
    const details = Object.entries(others).map(([name, value]) => paint.dim(`${name}=${fieldText(value)}`))
    const line = [time, paint.bold(label), marks[level], message, ...details].join(' ')
    stderr.write([line, ...stackLines(err, message), ''].join('\n'))
  }
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}

/** Levels that we do not have (pino's trace, fatal, silent) count as their neighbours. */
function levelOf(name = 'info'): number {
  if (name === 'trace') return 0
  if (name === 'fatal') return levels.indexOf('error')
  if (name === 'silent') return levels.length
  return Math.max(0, levels.indexOf(name as Level))
}

function fieldText(value: unknown): string {
  if (typeof value === 'string') return /^\S+$/.test(value) ? value : JSON.stringify(value)
  return inspect(value, { breakLength: Infinity, depth: 4 })
}

/**
 * The innermost cause is what the author's code threw; ours above it only say where, which the message tells. What we
 * threw on purpose is not explained by a stack (no broker answers, bytes are no Avro); a fault of ours is.
 */
function stackLines(error: unknown, message: string): readonly string[] {
  let innermost = error
  while (innermost instanceof Error && innermost.cause !== undefined) innermost = innermost.cause
  if (!(innermost instanceof Error)) return innermost === undefined ? [] : [indented(inspect(innermost))]
  const said = message.includes(innermost.message) ? [] : [String(innermost)]
  // Errors of worker threads come with the stacks of their causes in one text.
  const stack = (innermost.stack ?? '').split('\ncaused by ').at(-1) ?? ''
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line))
  const isFault = /^(Type|Range|Reference|Syntax)Error\b/.test(stack)
  const isOurs = frames[0] !== undefined && isOwn(frames[0]) && !isFault
  const theirs = frames.filter((line) => !/\bnode:/.test(line) && !isOwn(line))
  const shown = isOurs ? [] : isFault && theirs.length === 0 ? frames : theirs
  return [...said, ...shown.map((line) => line.trim())].map(indented)
}

const packageRoot = fileURLToPath(new URL('../..', import.meta.url))

/** Code of this package: as it runs, or, where Node applies source maps, as it was written. */
function isOwn(frame: string): boolean {
  const [, below] = frame.split(packageRoot, 2)
  return below !== undefined && /^(dist|avro|cli|compiler|dsl|embedded|registry|runtime|testing)\//.test(below)
}

const indented = (text: string): string => text.replaceAll(/^/gm, '  ')
