/**
 * The schemas of a project as files: `<subject>.avsc`, or `<subject>.v1.avsc`, `<subject>.v2.avsc`… for subjects with a
 * history. A schema may mention the record of another file by its full name: that becomes a reference.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import type { JsonValue } from '../../avro/schema.js'
import type { Project } from '../config-file.js'
import { UsageError } from '../usage-error.js'

export interface SchemaFile {
  /** Relative to the project. */
  readonly file: string
  readonly subject: string
  /** Position in the history of the subject. */
  readonly version: number
  readonly text: string
  /** Names of types that other files define, with their subjects. */
  readonly mentions: readonly { readonly name: string; readonly subject: string }[]
}

/** In an order in which they can be registered: older versions first, referred ones before those that refer. */
export function schemaFiles(project: Project): readonly SchemaFile[] {
  const folder = project.path(project.config.schemas)
  if (!existsSync(folder)) return []
  const read = readdirSync(folder)
    .filter((name) => name.endsWith('.avsc'))
    .map((name) => readSchemaFile(join(folder, name), project.root))
  const owners = new Map(read.map(({ json, subject }) => [fullName(json), subject]))
  const files = read.map(({ json, ...rest }) => ({
    ...rest,
    mentions: [...mentionedNames(json)].flatMap((name) => {
      const subject = owners.get(name)
      return subject === undefined || subject === rest.subject ? [] : [{ name, subject }]
    }),
  }))
  return inOrder(files.sort((a, b) => compare(a.subject, b.subject) || a.version - b.version))
}

function readSchemaFile(path: string, root: string) {
  const match = /^(?<subject>.+?)(?:\.v(?<version>\d+))?\.avsc$/.exec(basename(path))
  const { subject = '', version = '1' } = match?.groups ?? {}
  const text = readFileSync(path, 'utf8')
  const file = relative(root, path)
  try {
    return { file, subject, version: Number(version), text, json: JSON.parse(text) as JsonValue }
  } catch (error) {
    throw new UsageError(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}

type JsonRecord = Readonly<Record<string, JsonValue>>
const isRecord = (json: JsonValue | undefined): json is JsonRecord =>
  typeof json === 'object' && json !== null && !Array.isArray(json)

const isList = (json: JsonValue | undefined): json is readonly JsonValue[] => Array.isArray(json)

function fullName(json: JsonValue): string | undefined {
  if (!isRecord(json) || typeof json['name'] !== 'string') return undefined
  const { name, namespace } = json
  return name.includes('.') || typeof namespace !== 'string' ? name : `${namespace}.${name}`
}

/** Texts at places where a type stands, qualified by the namespace of the root. */
function mentionedNames(json: JsonValue): ReadonlySet<string> {
  const namespace = isRecord(json) && typeof json['namespace'] === 'string' ? json['namespace'] : ''
  const names = new Set<string>()
  const visit = (type: JsonValue | undefined): void => {
    if (typeof type === 'string') names.add(type).add(namespace === '' ? type : `${namespace}.${type}`)
    else if (isList(type)) type.forEach(visit)
    else if (isRecord(type)) {
      for (const key of ['type', 'items', 'values']) visit(type[key])
      const { fields } = type
      if (isList(fields)) for (const field of fields) if (isRecord(field)) visit(field['type'])
    }
  }
  visit(json)
  return names
}

function inOrder(files: readonly SchemaFile[]): readonly SchemaFile[] {
  const ordered: SchemaFile[] = []
  const visit = (file: SchemaFile, path: readonly string[]): void => {
    if (ordered.includes(file)) return
    if (path.includes(file.subject)) throw new UsageError(`schemas refer to one another: ${path.join(' → ')}`)
    for (const { subject } of file.mentions) {
      for (const other of files) if (other.subject === subject) visit(other, [...path, file.subject])
    }
    ordered.push(file)
  }
  for (const file of files) visit(file, [])
  return ordered
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
