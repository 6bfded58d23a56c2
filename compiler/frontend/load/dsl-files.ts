/**
 * Where our own DSL lies: as TypeScript beside this file when millrace runs from its sources, as JavaScript with
 * declarations when it is installed. Author's modules are always resolved to this copy.
 */
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(import.meta.url)
const root = path.resolve(path.dirname(here), '../../..')

/** Extension of our modules as they lie on the disk. */
export const moduleExtension = path.extname(here)

/** For the type checker. */
const declarationExtension = moduleExtension === '.ts' ? '.ts' : '.d.ts'

export const dslFolder = path.join(root, 'dsl')

/** What authors import, and the module behind it, without extension. */
const entries: Readonly<Record<string, string>> = {
  millrace: 'dsl/index',
  'millrace/types': 'dsl/types',
  'millrace/config': 'dsl/config',
}

/** `paths` of a tsconfig that lead to our own copy. */
export const dslPaths: Readonly<Record<string, string[]>> = Object.fromEntries(
  Object.entries(entries).map(([name, file]) => [name, [path.join(root, file) + declarationExtension]]),
)

/** Our module behind an import of the author, for the bundler. */
export function dslModule(specifier: string): string | undefined {
  const file = entries[specifier]
  return file === undefined ? undefined : path.join(root, file) + moduleExtension
}

export function isDslFile(file: string): boolean {
  return path.resolve(file).startsWith(dslFolder + path.sep)
}

/** The declarations of the brands (`Int`, `Uuid`…). */
export function isBrandFile(file: string): boolean {
  return path.resolve(file) === path.join(dslFolder, `types${declarationExtension}`)
}
