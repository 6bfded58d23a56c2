/**
 * Reads Kafka's message specifications (JSON with // comments) into plain data, with every version range clipped to
 * the versions that we generate. The format is described in the README.md beside them in Kafka's sources.
 */
import { readFileSync } from 'node:fs'

export interface Range {
  readonly min: number
  /** Inclusive; `Infinity` when open. A range with max < min is empty. */
  readonly max: number
}

export type FieldType =
  | { readonly kind: 'primitive'; readonly name: PrimitiveName }
  | { readonly kind: 'struct'; readonly name: string }
  | { readonly kind: 'array'; readonly element: FieldType }

export interface Field {
  readonly name: string
  readonly about: string
  readonly type: FieldType
  readonly versions: Range
  readonly nullable: Range
  readonly tagged: Range
  readonly tag: number | undefined
  readonly ignorable: boolean
  /** Source text of the default value. */
  readonly defaultText: string | undefined
}

export interface Struct {
  readonly name: string
  readonly fields: readonly Field[]
  readonly versions: Range
}

export interface Message {
  readonly name: string
  readonly apiKey: number | undefined
  readonly versions: Range
  readonly flexible: Range
  readonly root: Struct
  /** Inner structures before the ones that hold them. */
  readonly structs: readonly Struct[]
}

const PRIMITIVES = [
  'bool',
  'int8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'float64',
  'string',
  'uuid',
  'bytes',
  'records',
] as const
export type PrimitiveName = (typeof PRIMITIVES)[number]

interface JsonField {
  readonly name: string
  readonly type: string
  readonly versions?: string
  readonly nullableVersions?: string
  readonly taggedVersions?: string
  readonly tag?: number
  readonly ignorable?: boolean
  readonly default?: string | number | boolean
  readonly about?: string
  readonly fields?: readonly JsonField[]
}

interface JsonMessage {
  readonly name: string
  readonly apiKey?: number
  readonly validVersions: string
  readonly flexibleVersions: string
  readonly latestVersionUnstable?: boolean
  readonly fields: readonly JsonField[]
  readonly commonStructs?: readonly { readonly name: string; readonly fields: readonly JsonField[] }[]
}

const EMPTY: Range = { min: 0, max: -1 }

export const isEmpty = (range: Range): boolean => range.max < range.min

export const intersect = (a: Range, b: Range): Range => ({ min: Math.max(a.min, b.min), max: Math.min(a.max, b.max) })

/** Whether `outer` holds every version of `inner`. */
export const covers = (outer: Range, inner: Range): boolean => outer.min <= inner.min && outer.max >= inner.max

const parseRange = (text: string | undefined): Range => {
  if (text === undefined || text === 'none') return EMPTY
  const match = /^(\d+)(\+|-(\d+))?$/.exec(text)
  if (match === null) throw new Error(`not a version range: ${text}`)
  const min = Number(match[1])
  return { min, max: match[2] === '+' ? Infinity : match[3] === undefined ? min : Number(match[3]) }
}

export const camelCase = (name: string): string => {
  const acronym = /^[A-Z]+(?=[A-Z][a-z]|$)/.exec(name)?.[0] ?? name.slice(0, 1)
  return acronym.toLowerCase() + name.slice(acronym.length)
}

const isPrimitive = (name: string): name is PrimitiveName => PRIMITIVES.some((primitive) => primitive === name)

const parseType = (text: string): FieldType => {
  if (text.startsWith('[]')) return { kind: 'array', element: parseType(text.slice(2)) }
  return isPrimitive(text) ? { kind: 'primitive', name: text } : { kind: 'struct', name: text }
}

const structName = (type: FieldType): string | undefined =>
  type.kind === 'struct' ? type.name : type.kind === 'array' ? structName(type.element) : undefined

const readJson = (path: string): JsonMessage => {
  const lines = readFileSync(path, 'utf8').split('\n')
  return JSON.parse(lines.filter((line) => !line.trimStart().startsWith('//')).join('\n')) as JsonMessage
}

/** `maxVersion` caps what is generated, where newer versions need what the project does not have (topic ids). */
export const readMessage = (path: string, maxVersion = Infinity): Message => {
  const json = readJson(path)
  const valid = parseRange(json.validVersions)
  const latest = json.latestVersionUnstable === true ? valid.max - 1 : valid.max
  const versions = intersect(valid, { min: 0, max: Math.min(latest, maxVersion) })
  const structs: Struct[] = []
  const common = new Map((json.commonStructs ?? []).map((struct) => [struct.name, struct.fields]))

  const readFields = (fields: readonly JsonField[], parent: Range): Field[] =>
    fields.flatMap((field) => {
      const present = intersect(parseRange(field.versions ?? field.taggedVersions), parent)
      if (isEmpty(present)) return []
      const type = parseType(field.type)
      const name = structName(type)
      const isCommon = field.fields === undefined && name !== undefined
      const content = field.fields ?? (name === undefined ? undefined : common.get(name))
      if (name !== undefined && content === undefined) throw new Error(`${json.name}: no structure ${name}`)
      if (name !== undefined && content !== undefined && !structs.some((struct) => struct.name === name)) {
        const range = isCommon ? versions : present
        structs.push({ name, versions: range, fields: readFields(content, range) })
      }
      return [
        {
          name: camelCase(field.name),
          about: field.about ?? '',
          type,
          versions: present,
          nullable: intersect(parseRange(field.nullableVersions), present),
          tagged: intersect(parseRange(field.taggedVersions), present),
          tag: field.tag,
          ignorable: field.ignorable === true,
          defaultText: field.default === undefined ? undefined : String(field.default),
        },
      ]
    })

  const root = { name: json.name, versions, fields: readFields(json.fields, versions) }
  const flexible = intersect(parseRange(json.flexibleVersions), versions)
  return { name: json.name, apiKey: json.apiKey, versions, flexible, root, structs }
}
