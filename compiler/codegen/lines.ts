/** Lines of generated code with their indentation; at the end text and source positions. */
import { addMapping, GenMapping, toEncodedMap } from '@jridgewell/gen-mapping'
import type { Span } from '../ir/span.js'
import { type Code, join, js, textOf } from './code.js'

export interface GeneratedText {
  readonly text: string
  /** Encoded source map as JSON; sources are paths relative to the project's root. */
  readonly map: string
}

export class Lines {
  readonly #lines: { readonly indent: number; readonly code: Code }[] = []
  #indent = 0
  /** Characters so far: what size budgets look at. */
  size = 0

  line(code: Code): void {
    this.#lines.push({ indent: this.#indent, code })
    this.size += code.toString().length + 2 * this.#indent + 1
  }

  /** `header {`, then what `body` writes, then `}` and `trailer`. */
  block(header: Code, body: () => void, trailer?: Code): void {
    this.line(header.isEmpty ? js`{` : js`${header} {`)
    this.#indent++
    body()
    this.#indent--
    this.line(trailer === undefined ? js`}` : js`}${trailer}`)
  }

  append(other: Lines): void {
    for (const line of other.#lines) this.#lines.push({ ...line, indent: line.indent + this.#indent })
    this.size += other.size
  }

  /** Identifiers that the lines mention. */
  get identifiers(): ReadonlySet<string> {
    return new Set(this.#lines.flatMap((line) => line.code.identifiers))
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0
  }

  /** All on one line, for bodies of functions within expressions. */
  joined(separator: Code): Code {
    return join(
      this.#lines.map((line) => line.code),
      separator,
    )
  }

  render(file: string): GeneratedText {
    const map = new GenMapping({ file })
    const texts: string[] = []
    for (const [index, { indent, code }] of this.#lines.entries()) {
      let text = '  '.repeat(indent)
      for (const part of code.parts) {
        if (typeof part === 'object' && 'span' in part) mapTo(map, index + 1, text.length, part.span)
        else text += textOf(part)
      }
      texts.push(text)
    }
    return { text: `${texts.join('\n')}\n`, map: JSON.stringify(toEncodedMap(map)) }
  }

  toString(): string {
    return this.#lines.map(({ indent, code }) => '  '.repeat(indent) + code.toString()).join('\n')
  }
}

function mapTo(map: GenMapping, line: number, column: number, span: Span): void {
  addMapping(map, {
    generated: { line, column },
    source: span.file,
    original: { line: span.line, column: span.column - 1 },
  })
}
