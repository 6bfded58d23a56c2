/**
 * Reads types of the checker into plain data (ValueType). Records become named; a type that is met again, also inside
 * itself, is the same record.
 */
import { ts } from 'ts-morph'
import type { NumberBrand, RecordType, RecordTypeField, ValueType } from '../../ir/value-type.js'
import { isBrandFile } from '../load/dsl-files.js'
import { libraryType, opaqueReason } from './library-types.js'
import { RecordNames } from './record-names.js'
import { instantiated, type ScopedType, type TypeScope } from './type-scope.js'

const unscoped = {}

export class TypeReader {
  readonly recordTypes = new Map<string, RecordType>()
  readonly #program: ts.Program
  readonly #checker: ts.TypeChecker
  readonly #names = new RecordNames()
  readonly #records = new WeakMap<object, Map<ts.Type, string>>()

  constructor(program: ts.Program) {
    this.#program = program
    this.#checker = program.getTypeChecker()
  }

  /** `hint` names a record that has no name of its own. */
  read(type: ts.Type, scope: TypeScope | undefined, hint = 'Value'): ValueType {
    return this.#read({ type, scope }, hint)
  }

  #read(scoped: ScopedType, hint: string): ValueType {
    const found = instantiated(scoped)
    const { type } = found
    const { flags } = type
    if (type.isUnion() && (flags & ts.TypeFlags.Boolean) === 0) return this.#union(found, type.types, hint)
    return this.#primitive(type) ?? this.#structure(found, hint)
  }

  #primitive(type: ts.Type): ValueType | undefined {
    const { flags } = type
    const { TypeFlags: F } = ts
    if ((flags & (F.Any | F.Unknown | F.Never)) !== 0) return this.#opaque(type, opaqueReason(flags))
    if ((flags & F.Null) !== 0) return { kind: 'null' }
    if ((flags & (F.Undefined | F.Void)) !== 0) return { kind: 'undefined' }
    if (type.isStringLiteral() || type.isNumberLiteral()) return { kind: 'literal', value: type.value }
    if ((flags & F.BooleanLiteral) !== 0) return { kind: 'literal', value: this.#checker.typeToString(type) === 'true' }
    if ((flags & F.Boolean) !== 0) return { kind: 'boolean' }
    if ((flags & F.BigIntLike) !== 0) return { kind: 'bigint' }
    if ((flags & F.NumberLike) !== 0) return { kind: 'number', brand: undefined }
    if ((flags & F.StringLike) !== 0) return { kind: 'string', brand: undefined }
    if ((flags & F.ESSymbolLike) !== 0) return this.#opaque(type, 'a symbol cannot be written')
    if ((flags & F.TypeParameter) !== 0) return this.#opaque(type, 'open type parameter')
    return undefined
  }

  #structure(scoped: ScopedType, hint: string): ValueType {
    const { type } = scoped
    const flavoured = this.#flavoured(type)
    if (flavoured !== undefined) return flavoured
    if (this.#checker.isTupleType(type))
      return this.#opaque(type, 'a tuple has no Avro form: use an object or an array')
    if (this.#checker.isArrayType(type)) {
      const [items] = this.#checker.getTypeArguments(type as ts.TypeReference)
      if (items === undefined) return this.#opaque(type, 'the items have no type')
      return { kind: 'array', items: this.#read({ ...scoped, type: items }, `${hint}Item`) }
    }
    const library = libraryType(this.#program, type)
    if (library !== undefined) return library.kind === 'none' ? this.#opaque(type, library.reason) : library
    if (type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0) {
      return this.#opaque(type, 'a function cannot be written')
    }
    if ((type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) === 0) {
      return this.#opaque(
        type,
        (type.flags & ts.TypeFlags.Instantiable) !== 0 ? 'open type parameter' : 'it has no fields',
      )
    }
    return this.#object(scoped, hint)
  }

  #object(scoped: ScopedType, hint: string): ValueType {
    const { type } = scoped
    if (type.getSymbol()?.name === 'Decimal') return { kind: 'decimal' }
    const members = this.#members(scoped)
    const index = this.#checker.getIndexInfoOfType(type, ts.IndexKind.String)
    if (index !== undefined) {
      if (members.length > 0) return this.#opaque(type, 'it has both named fields and an index signature')
      return { kind: 'map', values: this.#read({ ...scoped, type: index.type }, `${hint}Value`) }
    }
    return { kind: 'record', name: this.#record(scoped, members, hint) }
  }

  #record(scoped: ScopedType, members: readonly Member[], hint: string): string {
    const { type, scope } = scoped
    const key = scope ?? unscoped
    const known = this.#records.get(key) ?? new Map<ts.Type, string>()
    this.#records.set(key, known)
    const found = known.get(type)
    if (found !== undefined) return found
    const own = this.#ownName(scoped)
    const name = this.#names.fresh(own ?? hint)
    known.set(type, name)
    const record = { name, anonymous: own === undefined, fields: [] as RecordTypeField[] }
    this.recordTypes.set(name, record)
    for (const { symbol, scope: memberScope } of members) record.fields.push(this.#field(name, symbol, memberScope))
    return name
  }

  #field(record: string, symbol: ts.Symbol, scope: TypeScope | undefined): RecordTypeField {
    const optional = (symbol.flags & ts.SymbolFlags.Optional) !== 0
    const type = this.#checker.getTypeOfSymbol(symbol)
    const hint = `${record}${symbol.name.charAt(0).toUpperCase()}${symbol.name.slice(1)}`
    const read = this.#read({ type, scope }, hint)
    return { name: symbol.name, type: optional ? withoutUndefined(read) : read, optional }
  }

  /** Fields of an object; of an intersection, those of its parts, type parameters looked up. */
  #members(scoped: ScopedType): readonly Member[] {
    const { type, scope } = instantiated(scoped)
    if (!type.isIntersection() || !type.types.some((part) => (part.flags & ts.TypeFlags.TypeParameter) !== 0)) {
      return this.#checker.getPropertiesOfType(type).map((symbol) => ({ symbol, scope }))
    }
    const members = new Map<string, Member>()
    for (const part of type.types) {
      for (const member of this.#members({ type: part, scope })) members.set(member.symbol.name, member)
    }
    return [...members.values()]
  }

  /** `Order`, `Page_Order`; undefined for a type that the author did not name. */
  #ownName(scoped: ScopedType): string | undefined {
    const { type } = scoped
    const { aliasSymbol } = type
    const isAlias = aliasSymbol !== undefined && !this.#isLibrary(aliasSymbol)
    const symbol = isAlias ? aliasSymbol : type.getSymbol()
    if (symbol === undefined || symbol.name.startsWith('__') || this.#isLibrary(symbol)) return undefined
    if (!isAlias && type.isIntersection()) return undefined
    const given = isAlias ? (type.aliasTypeArguments ?? []) : this.#typeArguments(type)
    const suffixes = given.map((argument) => this.#nameOf(this.#read({ ...scoped, type: argument }, symbol.name)))
    return [symbol.name, ...suffixes].join('_')
  }

  #typeArguments(type: ts.Type): readonly ts.Type[] {
    const isReference = ((type as ts.ObjectType).objectFlags & ts.ObjectFlags.Reference) !== 0
    return isReference ? this.#checker.getTypeArguments(type as ts.TypeReference) : []
  }

  #nameOf(type: ValueType): string {
    return type.kind === 'record' ? type.name : type.kind
  }

  #isLibrary(symbol: ts.Symbol): boolean {
    return (symbol.declarations ?? []).some((each) => this.#program.isSourceFileDefaultLibrary(each.getSourceFile()))
  }

  /** `Int` is `number & { [flavour]?: 'int' }`; other brands of authors are read as what they are brands of. */
  #flavoured(type: ts.Type): ValueType | undefined {
    if (!type.isIntersection()) return undefined
    const base = type.types.find((part) => (part.flags & primitiveFlags) !== 0)
    if (base === undefined) return undefined
    const symbol = this.#checker.getPropertiesOfType(type).find((each) => {
      const file = each.declarations?.[0]?.getSourceFile().fileName
      return file !== undefined && isBrandFile(file)
    })
    const value = this.#primitive(base) ?? this.#opaque(type, 'a brand of something that cannot be written')
    if (symbol === undefined) return value
    const flavour = this.#checker.getNonNullableType(this.#checker.getTypeOfSymbol(symbol))
    if (!flavour.isStringLiteral()) return value
    if (value.kind === 'string') return { kind: 'string', brand: 'uuid' }
    return { kind: 'number', brand: flavour.value as NumberBrand }
  }

  #union(scoped: ScopedType, parts: readonly ts.Type[], hint: string): ValueType {
    const read = parts.map((type) => this.#read({ ...scoped, type }, hint))
    return unionOf(read)
  }

  #opaque(type: ts.Type, reason: string): ValueType {
    return { kind: 'opaque', text: this.#checker.typeToString(type), reason }
  }
}

interface Member {
  readonly symbol: ts.Symbol
  readonly scope: TypeScope | undefined
}

const primitiveFlags =
  ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike | ts.TypeFlags.BigIntLike | ts.TypeFlags.BooleanLike

export function withoutUndefined(type: ValueType): ValueType {
  return type.kind === 'union' ? unionOf(type.types.filter((each) => each.kind !== 'undefined')) : type
}

/** Flat, without repeated members; `true | false` is boolean again. */
export function unionOf(types: readonly ValueType[]): ValueType {
  const found = new Map<string, ValueType>()
  for (const type of types.flatMap((each) => (each.kind === 'union' ? each.types : [each]))) {
    found.set(
      JSON.stringify(type, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)),
      type,
    )
  }
  const isLiteral = (value: boolean) => (type: ValueType) => type.kind === 'literal' && type.value === value
  const flat = [...found.values()]
  const merged =
    flat.some(isLiteral(true)) && flat.some(isLiteral(false))
      ? [...flat.filter((type) => !isLiteral(true)(type) && !isLiteral(false)(type)), { kind: 'boolean' } as const]
      : flat
  const [only] = merged
  return merged.length === 1 && only !== undefined ? only : { kind: 'union', types: merged }
}
