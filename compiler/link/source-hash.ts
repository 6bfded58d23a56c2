/** What a linked pipeline was made of, in one number: stale output is found by it. */
import { createHash } from 'node:crypto'
import path from 'node:path'
import type { AuthorModule } from '../ir/author-module.js'

/** `sha256:…` of the author's modules by path relative to the project, and of other inputs such as the schema lock. */
export function sourceHash(root: string, modules: readonly AuthorModule[], others: readonly string[] = []): string {
  const hash = createHash('sha256')
  const add = (text: string): void => {
    hash.update(`${Buffer.byteLength(text)}\n`).update(text)
  }
  const named = modules.map(({ path: file, text }) => [path.relative(root, file).replaceAll('\\', '/'), text] as const)
  for (const [name, text] of named.sort(([a], [b]) => (a < b ? -1 : 1))) {
    add(name)
    // A checkout may have other ends of lines.
    add(text.replaceAll('\r\n', '\n'))
  }
  for (const other of others) add(other)
  return `sha256:${hash.digest('hex')}`
}
