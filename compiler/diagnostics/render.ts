/**
 * Diagnostics for people:
 *
 *     error[MR1003]: topic 'ordes': subject 'ordes-value' is not in the schema lock (3 subjects).
 *       --> pipelines/orders.ts:4:18
 *        |
 *      4 |   p.stream(topic('ordes'))
 *        |            ^^^^^^^^^^^^^^
 *        = help: run `millrace schema pull`
 *
 * The text of the files is asked for; a file that is gone is shown without a frame. Colours come as functions, so that
 * no terminal package is needed here.
 */
import type { Span } from '../ir/span.js'
import { inReadingOrder } from './collector.js'
import { isError, type Diagnostic, type Severity } from './diagnostic.js'

export interface Paint {
  readonly error: (text: string) => string
  readonly warning: (text: string) => string
  readonly info: (text: string) => string
  readonly frame: (text: string) => string
  readonly strong: (text: string) => string
}

export interface RenderOptions {
  /** Text of a file by its path as spans have it. */
  readonly sourceOf: (file: string) => string | undefined
  readonly paint?: Paint
}

const plain: Paint = {
  error: (text) => text,
  warning: (text) => text,
  info: (text) => text,
  frame: (text) => text,
  strong: (text) => text,
}

export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions): string {
  return inReadingOrder(diagnostics)
    .map((diagnostic) => renderDiagnostic(diagnostic, options))
    .join('\n\n')
}

/** `2 errors, 1 warning`; empty when there is nothing to say. */
export function renderSummary(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(isError).length
  const warnings = diagnostics.filter((diagnostic) => diagnostic.severity === 'warning').length
  const parts = [errors > 0 ? counted(errors, 'error') : '', warnings > 0 ? counted(warnings, 'warning') : '']
  return parts.filter((part) => part !== '').join(', ')
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function renderDiagnostic(diagnostic: Diagnostic, { sourceOf, paint = plain }: RenderOptions): string {
  const { code, severity, message, span, related, help } = diagnostic
  const color = colorOf(severity, paint)
  const [first = '', ...more] = message.split('\n')
  const lines = [
    `${color(`${headings[severity]}[${code}]`)}${paint.strong(`: ${first}`)}`,
    ...more.map((line) => `  ${line}`),
  ]
  const places = [{ span, label: '' }, ...related.map((place) => ({ span: place.span, label: place.message }))]
  const gutter = Math.max(...places.map((place) => String(lastLine(place.span, sourceOf)).length))
  for (const [index, place] of places.entries()) {
    if (place.span === undefined) continue
    const mark = index === 0 ? { char: '^', color } : { char: '-', color: paint.frame }
    lines.push(...renderFrame(place.span, place.label, sourceOf(place.span.file), gutter, mark, paint))
  }
  if (help !== undefined) {
    const [head = '', ...tail] = help.split('\n')
    lines.push(`${' '.repeat(gutter + 2)}${paint.frame('=')} ${paint.strong('help:')} ${head}`)
    lines.push(...tail.map((line) => `${' '.repeat(gutter + 10)}${line}`))
  }
  return lines.join('\n')
}

const headings: Readonly<Record<Severity, string>> = {
  error: 'error',
  unsupported: 'error: unsupported',
  'not-yet': 'error: not yet supported',
  configuration: 'error: configuration',
  internal: 'error: internal',
  warning: 'warning',
  info: 'note',
}

function colorOf(severity: Severity, paint: Paint): (text: string) => string {
  if (severity === 'warning') return paint.warning
  return severity === 'info' ? paint.info : paint.error
}

/** A frame shows at most this many lines of a long span. */
const maxLines = 6

interface Mark {
  readonly char: string
  readonly color: (text: string) => string
}

function renderFrame(
  span: Span,
  label: string,
  source: string | undefined,
  gutter: number,
  mark: Mark,
  paint: Paint,
): readonly string[] {
  const bar = paint.frame(`${' '.repeat(gutter + 2)}|`)
  const head = `${' '.repeat(gutter + 1)}${paint.frame(mark.char === '^' ? '-->' : ':::')} ${span.file}:${span.line}:${span.column}`
  if (source === undefined) return [label === '' ? head : `${head} ${label}`]
  const rows = rowsOf(span, source)
  const shown = rows.slice(0, maxLines)
  const body = shown.flatMap((row, index) => {
    const number = paint.frame(`${String(row.line).padStart(gutter + 1)} |`)
    const isLast = index === shown.length - 1
    const text = isLast && label !== '' ? ` ${label}` : ''
    const carets = mark.color(`${mark.char.repeat(Math.max(1, row.to - row.from))}${text}`)
    return [`${number} ${row.text}`.trimEnd(), `${bar} ${row.indent}${carets}`]
  })
  return [head, bar, ...body, ...(rows.length > maxLines ? [paint.frame(`${' '.repeat(gutter + 1)}...`)] : [])]
}

interface Row {
  readonly line: number
  readonly text: string
  readonly from: number
  readonly to: number
  /** White space as wide as the text before `from`. */
  readonly indent: string
}

/** Lines that a span covers, without the white space around them. */
function rowsOf(span: Span, source: string): readonly Row[] {
  const begin = source.lastIndexOf('\n', span.start - 1) + 1
  const rows: Row[] = []
  let offset = begin
  let line = span.line
  for (const raw of source.slice(begin).split('\n')) {
    if (offset >= span.end && rows.length > 0) break
    const text = raw.endsWith('\r') ? raw.slice(0, -1) : raw
    const leading = text.length - text.trimStart().length
    const from = line === span.line ? span.start - begin : leading
    const to = Math.min(span.end - offset, text.trimEnd().length)
    // Tabs stay tabs before the carets, so that both lines move alike.
    const indent = text.slice(0, from).replace(/[^\t]/g, ' ')
    rows.push({ line, text, from, to, indent })
    offset += raw.length + 1
    line += 1
  }
  return rows
}

function lastLine(span: Span | undefined, sourceOf: (file: string) => string | undefined): number {
  if (span === undefined) return 0
  const source = sourceOf(span.file)
  return source === undefined ? span.line : (rowsOf(span, source).slice(0, maxLines).at(-1)?.line ?? span.line)
}
