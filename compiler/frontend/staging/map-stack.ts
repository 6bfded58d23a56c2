/** Leads a stack of the staging worker back to the author's lines. */
import path from 'node:path'
import { originalPositionFor, type TraceMap } from '@jridgewell/trace-mapping'
import type { RelatedPlace } from '../../diagnostics/diagnostic.js'
import type { Span } from '../../ir/span.js'
import { isAuthorsModule, spanAt, type SourceProgram } from '../load/source-program.js'

/** Places in the author's modules, innermost first. */
export function authorsPlaces(stack: string | undefined, map: TraceMap, source: SourceProgram): readonly Span[] {
  const places: Span[] = []
  for (const [, line, column] of (stack ?? '').matchAll(/\[worker eval\]:(\d+):(\d+)/g)) {
    const position = originalPositionFor(map, { line: Number(line), column: Number(column) - 1 })
    if (position.source === null) continue
    const file = source.program.getSourceFile(path.resolve(source.root, position.source).replaceAll('\\', '/'))
    if (file === undefined || !isAuthorsModule(file)) continue
    const span = spanAt(source.root, file, position.line, position.column + 1)
    const last = places.at(-1)
    if (last === undefined || last.file !== span.file || last.start !== span.start) places.push(span)
  }
  return places
}

/** Callers of the first place, as related places. */
export function callers(places: readonly Span[]): readonly RelatedPlace[] {
  return places.slice(1, 4).map((span) => ({ message: 'called from here', span }))
}
