/**
 * One of the author's modules as text, with what the link pass must know of its syntax to leave the builder out. Made by
 * the front end, which is the only one that has the syntax tree.
 */
import type { Span } from './span.js'

export interface AuthorModule {
  /** Absolute path, with forward slashes. */
  readonly path: string
  readonly text: string
  /** Absolute paths of the author's modules that it imports, for types as well. */
  readonly imports: readonly string[]
  /** Where calls of the DSL begin that are made while the module loads: they have no effect but their result. */
  readonly dslCalls: readonly number[]
  /** Statements at module level that run for their effect when the module is loaded. */
  readonly effects: readonly Span[]
}
