/** Finds statements of the author's modules that the bundler kept for their effect: their places occur in its map. */
import path from 'node:path'
import { decodedMappings, TraceMap } from '@jridgewell/trace-mapping'
import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { keptStatement } from '../diagnostics/notes.js'
import type { AuthorModule } from '../ir/author-module.js'

/** `mapFolder`: absolute folder that the sources of the map are relative to. */
export function keptStatements(
  mapText: string,
  mapFolder: string,
  modules: ReadonlyMap<string, AuthorModule>,
): readonly Diagnostic[] {
  const map = new TraceMap(mapText)
  const places = placesBySource(map)
  return map.sources.flatMap((source, index) => {
    const module = source === null ? undefined : modules.get(path.resolve(mapFolder, source).replaceAll('\\', '/'))
    if (module === undefined || module.effects.length === 0) return []
    const starts = lineStarts(module.text)
    const offsets = (places.get(index) ?? []).map(([line, column]) => (starts[line] ?? 0) + column)
    const isKept = (start: number, end: number): boolean => offsets.some((offset) => offset >= start && offset < end)
    return module.effects.filter((span) => isKept(span.start, span.end)).map(keptStatement)
  })
}

type Place = readonly [line: number, column: number]

function placesBySource(map: TraceMap): ReadonlyMap<number, readonly Place[]> {
  const places = new Map<number, Place[]>()
  for (const segment of decodedMappings(map).flat()) {
    if (segment.length === 1) continue
    const known = places.get(segment[1])
    if (known === undefined) places.set(segment[1], [[segment[2], segment[3]]])
    else known.push([segment[2], segment[3]])
  }
  return places
}

function lineStarts(text: string): readonly number[] {
  return [0, ...[...text.matchAll(/\r\n|\n|\r/g)].map((found) => found.index + found[0].length)]
}
