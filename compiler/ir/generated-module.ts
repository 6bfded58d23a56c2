/**
 * What the generate pass hands to the link pass: the text of one pipeline's module, still without the author's modules
 * that it calls. Names of `imports` and `factories` are free in the text; link declares them.
 */
import type { Span } from './span.js'

export interface GeneratedModule {
  /**
   * ES module with the `GeneratedPipeline` as default export. Imports what it needs of `millrace/runtime` by itself, and
   * nothing else.
   */
  readonly code: string
  /** Encoded source map of the code, as JSON; its sources are paths relative to the project's root. */
  readonly map: string
  readonly imports: readonly ModuleImport[]
  readonly factories: readonly ModuleFactory[]
}

/** A module-level name of the author, or of a package, that generated code mentions. */
export interface ModuleImport {
  /** Name in the generated code. */
  readonly local: string
  /** Absolute path of an author's module, or a package specifier. */
  readonly module: string
  /** Name that the author's module declares, exported or not; `default`; `*` for the whole namespace. Of a package: its export. */
  readonly name: string
}

/** A function of the author that is called as it is: `local(…captures)` gives it. */
export interface ModuleFactory {
  /** Name in the generated code. */
  readonly local: string
  /** Absolute path of the author's module. */
  readonly module: string
  /** An expression in the author's text, types included. */
  readonly text: string
  readonly span: Span
  /** Names under which the text mentions captured values, in the order in which they are passed. */
  readonly captures: readonly string[]
}
