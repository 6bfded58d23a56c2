/** The bundler names a source once for each map that mentions it; here each gets one place. */
import { fromMap, toEncodedMap } from '@jridgewell/gen-mapping'
import { decodedMappings, TraceMap, type SourceMapSegment } from '@jridgewell/trace-mapping'

export function tidyMap(text: string): string {
  const map = new TraceMap(text)
  const sources = [...new Set(map.sources)]
  const indices = map.sources.map((source) => sources.indexOf(source))
  const moved = (segment: Readonly<SourceMapSegment>): SourceMapSegment => {
    if (segment.length === 1) return [segment[0]]
    const [column, source, line, original, ...name] = segment
    const [first] = name
    const index = indices[source] ?? source
    return first === undefined ? [column, index, line, original] : [column, index, line, original, first]
  }
  const mappings = decodedMappings(map).map((line) => line.map(moved))
  const {
    version,
    names,
    mappings: encoded,
  } = toEncodedMap(fromMap({ version: 3, names: [...map.names], sources, mappings }))
  return `${JSON.stringify({ version, sources, names, mappings: encoded })}\n`
}
