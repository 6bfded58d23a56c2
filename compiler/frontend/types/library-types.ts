/** Types of JavaScript's and Node's own libraries: few can be written. */
import { ts } from 'ts-morph'
import type { ValueType } from '../../ir/value-type.js'

export type LibraryType = ValueType | { readonly kind: 'none'; readonly reason: string }

const instead: Readonly<Record<string, string>> = {
  Map: 'a Map has no Avro form: use Record<string, T>',
  Set: 'a Set has no Avro form: use an array',
  Promise: 'a promise cannot be written',
}

/** undefined: the type is the author's own. */
export function libraryType(program: ts.Program, type: ts.Type): LibraryType | undefined {
  const symbol = type.getSymbol()
  // Mapped types (Pick, Record…) are declared in the library, and are the author's all the same.
  if (symbol === undefined || symbol.name.startsWith('__')) return undefined
  if (!(symbol.declarations ?? []).some((declaration) => isLibraryFile(program, declaration.getSourceFile())))
    return undefined
  switch (symbol.name) {
    case 'Date':
      return { kind: 'date' }
    case 'Uint8Array':
    case 'Buffer':
      return { kind: 'bytes' }
    default:
      return { kind: 'none', reason: instead[symbol.name] ?? `${symbol.name} has no Avro form` }
  }
}

function isLibraryFile(program: ts.Program, file: ts.SourceFile): boolean {
  return program.isSourceFileDefaultLibrary(file) || file.fileName.includes('/@types/node/')
}

export function opaqueReason(flags: ts.TypeFlags): string {
  if ((flags & ts.TypeFlags.Never) !== 0) return 'it never has a value'
  return `the type is ${(flags & ts.TypeFlags.Any) !== 0 ? 'any' : 'unknown'}: give it a type`
}
