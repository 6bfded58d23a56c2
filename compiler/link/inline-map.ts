/** A source map as a comment, which the bundler reads and chains with its own. */
import type { EncodedSourceMap } from '@jridgewell/gen-mapping'

/** Apart, lest tools take it for the map of this file. */
const mark = 'sourceMapping' + 'URL'

export function inlineMap(map: EncodedSourceMap): string {
  const encoded = Buffer.from(JSON.stringify(map)).toString('base64')
  return `//# ${mark}=data:application/json;charset=utf-8;base64,${encoded}`
}
