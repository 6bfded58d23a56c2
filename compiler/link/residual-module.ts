/**
 * What stays of one of the author's modules: its own text, with calls of the DSL marked as free of effects, the linked
 * names exported under names of ours, and functions that are called as they are lifted out of the builder. The bundler's
 * tree shaking then drops builders and topics, while module state keeps its meaning: evaluated once, when loaded.
 * Insertions only, with a source map: what is lifted out leads to where the author wrote it.
 */
import path from 'node:path'
import { addMapping, fromMap, toEncodedMap, type GenMapping } from '@jridgewell/gen-mapping'
import MagicString from 'magic-string'
import type { AuthorModule } from '../ir/author-module.js'
import type { ModuleFactory } from '../ir/generated-module.js'
import { inlineMap } from './inline-map.js'

export interface Residue {
  /** Names declared at module level that generated code mentions. */
  readonly names: readonly string[]
  readonly factories: readonly ModuleFactory[]
  /** Path of the module relative to the output folder, when it asks for `import.meta`. */
  readonly location: string | undefined
}

/** Name under which a residual module exports a name, or a factory. */
export function residualExport(name: string): string {
  return `__mr$${name}`
}

/** Names that stand for `import.meta.url` and its like in the author's modules; `own` is the linked module's. */
export const metaNames = { own: '__mr_own_url', url: '__mr_url', filename: '__mr_filename', dirname: '__mr_dirname' }

export function usesImportMeta({ text }: AuthorModule): boolean {
  return /\bimport\s*\.\s*meta\b/.test(text)
}

export function residualModule(module: AuthorModule, { names, factories, location }: Residue): string {
  const source = path.posix.basename(module.path)
  const text = new MagicString(module.text, { filename: source })
  for (const offset of module.dslCalls) text.appendLeft(offset, '/*@__PURE__*/ ')
  if (location !== undefined) text.prepend(metaPrologue(location))
  const exported = names.map((name) => `${name} as ${residualExport(name)}`)
  text.append(exported.length === 0 ? '\n' : `\nexport { ${exported.join(', ')} };\n`)
  const map = fromMap({ ...text.generateDecodedMap({ source, hires: 'boundary' }), version: 3 })
  let code = text.toString()
  for (const factory of factories) {
    const before = `export const ${residualExport(factory.local)} = (${factory.captures.join(', ')}) => (`
    const expression = asExpression(factory.text)
    mapLifted(map, source, lineAfter(code), before.length, lifted(module, factory, expression))
    code += `${before}${expression});\n`
  }
  return code + inlineMap(toEncodedMap(map))
}

/** A declared function becomes a function expression: no modifiers of the module in front of it. */
function asExpression(text: string): string {
  return text.replace(/^(?:export\s+)?(?:default\s+)?(?=(?:async\s+)?function\b)/, '')
}

interface Lifted {
  /** The author's characters, and where they begin in the lifted expression and in the file. */
  readonly text: string
  readonly skipped: number
  readonly line: number
  readonly column: number
}

function lifted(module: AuthorModule, { span }: ModuleFactory, expression: string): Lifted | undefined {
  const original = module.text.slice(span.start, span.end)
  const text = asExpression(original)
  const skipped = expression.indexOf(text)
  if (text === '' || skipped < 0) return undefined
  return { text, skipped, line: span.line, column: span.column - 1 + original.length - text.length }
}

function lineAfter(code: string): number {
  return code.split('\n').length
}

/** Every word of the lifted text to its own place, so that the bundler finds each. */
function mapLifted(map: GenMapping, source: string, line: number, column: number, found: Lifted | undefined): void {
  if (found === undefined) return
  const generated = { line, column: column + found.skipped }
  const original = { line: found.line, column: found.column }
  for (const [word] of found.text.matchAll(/\w+|\n|[^\w\n]/g)) {
    if (word === '\n') {
      for (const place of [generated, original]) Object.assign(place, { line: place.line + 1, column: 0 })
      continue
    }
    addMapping(map, { generated: { ...generated }, source, original: { ...original } })
    generated.column += word.length
    original.column += word.length
  }
}

function metaPrologue(location: string): string {
  const { own, url, filename, dirname } = metaNames
  const pure = '/*@__PURE__*/ '
  return (
    'import { fileURLToPath as __mr_path } from "node:url";' +
    `const ${url} = ${pure}__mr_href(${JSON.stringify(location)}, ${own});` +
    `const ${filename} = ${pure}__mr_path(${url});` +
    `const ${dirname} = ${pure}__mr_path(${pure}__mr_href(".", ${url})).replace(/[\\\\/]$/, "");` +
    'function __mr_href(to, base) { return new URL(to, base).href }'
  )
}
