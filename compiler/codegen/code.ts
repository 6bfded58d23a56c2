/**
 * Pieces of generated text. Only the template tag makes them, and it takes names, numbers and other pieces: a string is
 * always quoted, so that text of schemas or users can never become code. Pieces remember where they come from.
 */
import type { Span } from '../ir/span.js'

export type Part = string | { readonly span: Span } | { readonly identifier: string }

export class Code {
  constructor(readonly parts: readonly Part[]) {}

  get isEmpty(): boolean {
    return this.parts.length === 0
  }

  /** Without source positions: for tests and for size estimates. */
  toString(): string {
    return this.parts.map(textOf).join('')
  }

  /** Identifiers that it mentions. */
  get identifiers(): readonly string[] {
    return this.parts.flatMap((part) => (typeof part === 'object' && 'identifier' in part ? [part.identifier] : []))
  }
}

export function textOf(part: Part): string {
  if (typeof part === 'string') return part
  return 'identifier' in part ? part.identifier : ''
}

/** An identifier. */
export class Name extends Code {
  constructor(readonly text: string) {
    if (!/^[A-Za-z_$][\w$]*$/.test(text)) throw new Error(`${JSON.stringify(text)} is no identifier`)
    super([{ identifier: text }])
  }
}

export type Interpolation = Code | number | bigint | boolean | null | undefined | string

export function js(strings: TemplateStringsArray, ...values: readonly Interpolation[]): Code {
  const parts: Part[] = []
  for (const [index, text] of strings.entries()) {
    if (text !== '') parts.push(text)
    if (index < values.length) parts.push(...partsOf(values[index]))
  }
  return new Code(parts)
}

function partsOf(value: Interpolation): readonly Part[] {
  if (value instanceof Code) return value.parts
  if (typeof value === 'string') return [quote(value)]
  if (typeof value === 'bigint') return [`${value}n`]
  if (Object.is(value, -0)) return ['-0']
  return [String(value)]
}

export const empty = new Code([])

export function join(codes: readonly Code[], separator: Code): Code {
  return new Code(codes.flatMap((code, index) => (index === 0 ? code.parts : [...separator.parts, ...code.parts])))
}

export const comma = js`, `

/** Marks code with the author's place that it stands for. */
export function at(span: Span | undefined, code: Code): Code {
  return span === undefined ? code : new Code([{ span }, ...code.parts])
}

/** A JavaScript string literal that is harmless in any context: scripts, comments, old parsers. */
export function quote(text: string): string {
  return JSON.stringify(text)
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029')
    .replace(/<\//g, '<\\/')
}

/** Operator and other text that our own tables hold. Never for anything that a schema or an author wrote. */
export function token(text: string): Code {
  return new Code([text])
}

/** The author's own text of something that is not understood, printed as it is. */
export function authorText(text: string): Code {
  return new Code([text])
}
