/**
 * Log lines of a running pipeline for people: time, level, message, fields; errors with the stack that leads to the
 * author's line. Machines get JSON from the runtime's own logger. Level: MILLRACE_LOG_LEVEL, default `info`.
 */
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
 * The innermost cause is what the author's code threw; ours above it only say where, which the message tells. Frames of
 * ours are shown for faults of ours alone: that no broker answers is not explained by a stack.
 */
function stackLines(error: unknown, message: string): readonly string[] {
  let innermost = error
  while (innermost instanceof Error && innermost.cause !== undefined) innermost = innermost.cause
  if (!(innermost instanceof Error)) return innermost === undefined ? [] : [indented(inspect(innermost))]
  const said = message.includes(innermost.message) ? [] : [String(innermost)]
  const frames = (innermost.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  const theirs = frames.filter((line) => !/\bnode:/.test(line) && !line.includes(ownFolder))
  const isFault = /^(Type|Range|Reference|Syntax)Error$/.test(innermost.name)
  return [...said, ...(isFault ? frames : theirs).map((line) => line.trim())].map(indented)
}

const ownFolder = new URL('..', import.meta.url).href

const indented = (text: string): string => text.replaceAll(/^/gm, '  ')
