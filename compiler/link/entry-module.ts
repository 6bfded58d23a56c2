/**
 * The generated code with the imports that it leaves to link, and the last line that runs it as a program. Lines are only
 * added around it, so that its source map is moved, not made anew.
 */
import path from 'node:path'
import type { EncodedSourceMap } from '@jridgewell/gen-mapping'
import type { GeneratedModule, ModuleImport } from '../ir/generated-module.js'
import { inlineMap } from './inline-map.js'
import { residualExport } from './residual-module.js'

export interface EntryOptions {
  /** Absolute path under which the bundler knows the entry. */
  readonly path: string
  /** Absolute path of the project: what sources of the map are relative to. */
  readonly root: string
  /** Whether a module is one of the author's whose names are exported by us. */
  readonly isResidual: (module: string) => boolean
  /** Expression that gives the URL of the linked module. */
  readonly ownUrl: string
}

export function entryModule(generated: GeneratedModule, options: EntryOptions): string {
  const imports = [
    ...generated.imports.map((item) => importStatement(item, options.isResidual(item.module))),
    ...generated.factories.map(({ local, module }) => named(residualExport(local), local, module)),
  ]
  const before = imports.map((line) => `${line}\n`).join('')
  const after = `\nimport { runIfMain } from "millrace/runtime";\nrunIfMain(${options.ownUrl});\n`
  return before + generated.code + after + inlineMap(moved(generated.map, imports.length, options))
}

function importStatement({ local, module, name }: ModuleImport, residual: boolean): string {
  if (name === '*') return `import * as ${local} from ${JSON.stringify(module)};`
  return named(residual && name !== 'default' ? residualExport(name) : name, local, module)
}

function named(name: string, local: string, module: string): string {
  return `import { ${name} as ${local} } from ${JSON.stringify(module)};`
}

function moved(text: string, lines: number, { path: entry, root }: EntryOptions): EncodedSourceMap {
  const map = JSON.parse(text) as EncodedSourceMap
  return {
    ...map,
    mappings: ';'.repeat(lines) + map.mappings,
    sources: map.sources.map((source) => source && path.relative(path.dirname(entry), path.resolve(root, source))),
  }
}
