/** MR1001–1002, 1101–1103, 9001: files, tsconfig, bundling. */
import type { Span } from '../ir/span.js'
import type { Diagnostic } from './diagnostic.js'
import { make } from './make.js'

export function noPipeline(file: string, span: Span | undefined): Diagnostic {
  return make('MR1001', span, `${file} exports no pipeline`, {
    help: "write: export const name = pipeline('name', (p) => …)",
  })
}

export function sameName(name: string, span: Span | undefined, other: Span | undefined): Diagnostic {
  return make('MR1002', span, `another pipeline is called '${name}', too`, {
    help: 'the name is the consumer group and the prefix of internal topics: two applications cannot share it',
    related: other === undefined ? [] : [{ message: 'the other one', span: other }],
  })
}

export function unreadableFile(file: string, reason: string): Diagnostic {
  return make('MR1101', undefined, `${file} cannot be read: ${reason}`)
}

export function badTsconfig(file: string, reason: string): Diagnostic {
  return make('MR1102', undefined, `${file}: ${reason}`)
}

export function unknownOption(file: string, reason: string): Diagnostic {
  return make('MR9001', undefined, `${file}: ${reason}`, {
    help: 'the compiler brings its own TypeScript: the option is ignored here, your own tsc is not affected',
  })
}

export function bundleFailed(span: Span | undefined, message: string, help: string | undefined): Diagnostic {
  return make('MR1103', span, message, { help })
}
