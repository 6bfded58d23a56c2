/** A place in an author's file. Lines and columns are 1-based, offsets 0-based in UTF-16 code units. */
export interface Span {
  /** Path relative to the project's root, with forward slashes. */
  readonly file: string
  readonly start: number
  readonly end: number
  readonly line: number
  readonly column: number
}
