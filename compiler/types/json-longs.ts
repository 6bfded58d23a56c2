/**
 * Where a TypeScript type has bigints, for those who read it from JSON. What holds none is left out; where a bigint and a
 * number may stand, or what has bigints is no type that we read, is a diagnostic: silence would give the wrong numbers.
 */
import type { JsonLongs, JsonPart } from '../../dsl/model/json-longs.js'
import { noJsonForm } from '../diagnostics/types.js'
import type { Diagnostic, PassResult } from '../diagnostics/diagnostic.js'
import type { Span } from '../ir/span.js'
import type { RecordTypes, ValueType } from '../ir/value-type.js'

export interface JsonLongsOptions {
  /** Where paths of messages start. */
  readonly name: string
  readonly records: RecordTypes
  readonly span: Span | undefined
}

/** undefined: it has none. */
export function jsonLongs(type: ValueType, options: JsonLongsOptions): PassResult<JsonLongs | undefined> {
  const reader = new LongsReader(options)
  reader.part([type], options.name)
  return { value: withoutRest(reader.parts), diagnostics: reader.diagnostics }
}

class LongsReader {
  readonly parts: JsonPart[] = []
  readonly diagnostics: Diagnostic[] = []
  readonly #known = new Map<string, number>()

  constructor(private readonly options: JsonLongsOptions) {}

  /** `alternatives`: a value is of one of them. */
  part(alternatives: readonly ValueType[], path: string): number {
    const types = alternatives.flatMap((type) => (type.kind === 'union' ? type.types : [type]))
    const key = keyOf(types)
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const index = this.parts.length
    this.#known.set(key, index)
    // A recursive type meets its place before it is known.
    this.parts.push({})
    this.parts[index] = {
      ...(this.#isLong(types, path) ? { long: true as const } : {}),
      ...this.#inner(
        'items',
        kindOf(types, 'array').map(({ items }) => items),
        `${path}[]`,
      ),
      ...this.#inner(
        'values',
        kindOf(types, 'map').map(({ values }) => values),
        `${path}{}`,
      ),
      ...this.#members(
        kindOf(types, 'record').map(({ name }) => name),
        path,
      ),
    }
    return index
  }

  #isLong(types: readonly ValueType[], path: string): boolean {
    const { span } = this.options
    const has = (kind: 'bigint' | 'number'): boolean =>
      types.some((type) => (type.kind === 'literal' ? typeof type.value === kind : type.kind === kind))
    if (has('bigint') && has('number')) this.diagnostics.push(noJsonForm(path, 'number and bigint look alike', span))
    const hidden = kindOf(types, 'opaque').find(({ text }) => /\bbigint\b/.test(text))
    if (hidden !== undefined) this.diagnostics.push(noJsonForm(path, `${hidden.text}: ${hidden.reason}`, span))
    return has('bigint')
  }

  #inner(name: 'items' | 'values', types: readonly ValueType[], path: string): JsonPart {
    return types.length === 0 ? {} : { [name]: this.part(types, path) }
  }

  #members(names: readonly string[], path: string): JsonPart {
    const types = new Map<string, ValueType[]>()
    for (const { name, type } of names.flatMap((record) => this.options.records.get(record)?.fields ?? [])) {
      types.set(name, [...(types.get(name) ?? []), type])
    }
    if (types.size === 0) return {}
    return { members: [...types].map(([name, each]) => [name, this.part(each, `${path}.${name}`)]) }
  }
}

function kindOf<K extends ValueType['kind']>(types: readonly ValueType[], kind: K): Extract<ValueType, { kind: K }>[] {
  return types.filter((type): type is Extract<ValueType, { kind: K }> => type.kind === kind)
}

/** Records are named, so that this ends. */
function keyOf(types: readonly ValueType[]): string {
  const texts = types.map((type) =>
    JSON.stringify(type, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)),
  )
  return texts.sort().join()
}

/** Parts from which a bigint can be reached, renumbered; undefined when the whole is none. */
function withoutRest(parts: readonly JsonPart[]): JsonLongs | undefined {
  const kept = new Set<number>()
  for (let before = -1; before < kept.size;) {
    before = kept.size
    for (const [index, part] of parts.entries()) {
      if (part.long === true || innerOf(part).some((inner) => kept.has(inner))) kept.add(index)
    }
  }
  if (!kept.has(0)) return undefined
  const places = new Map([...kept].sort((a, b) => a - b).map((index, place) => [index, place]))
  const place = (inner: number | undefined): number | undefined => (inner === undefined ? undefined : places.get(inner))
  return parts
    .filter((_, index) => kept.has(index))
    .map(({ long, items, values, members }) => {
      const [ofItems, ofValues] = [place(items), place(values)]
      const named = (members ?? []).flatMap(([name, inner]) => {
        const at = place(inner)
        return at === undefined ? [] : [[name, at] as const]
      })
      return {
        ...(long === undefined ? {} : { long }),
        ...(ofItems === undefined ? {} : { items: ofItems }),
        ...(ofValues === undefined ? {} : { values: ofValues }),
        ...(named.length === 0 ? {} : { members: named }),
      }
    })
}

function innerOf({ items, values, members }: JsonPart): readonly number[] {
  const inner = (members ?? []).map(([, member]) => member)
  return [...inner, ...(items === undefined ? [] : [items]), ...(values === undefined ? [] : [values])]
}
