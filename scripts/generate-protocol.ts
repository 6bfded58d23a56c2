/**
 * Generates runtime/kafka/protocol/generated from the specifications in runtime/kafka/protocol/messages.
 *
 *     npm run generate:protocol              writes
 *     npm run generate:protocol -- --check   writes nothing, fails when a file is stale
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { format, resolveConfig } from 'prettier'

import { HEADER, emitApiModule, emitDataModule } from './generate-protocol/emit-module.js'
import { camelCase, readMessage } from './generate-protocol/spec.js'
import type { Field, FieldType, Message, Struct } from './generate-protocol/spec.js'

const PROTOCOL = join(dirname(fileURLToPath(import.meta.url)), '../runtime/kafka/protocol')
const MESSAGES = join(PROTOCOL, 'messages')
const OUT = join(PROTOCOL, 'generated')

/** Produce and Fetch 13 replace topic names by ids, which the transport does not know. */
const MAX_VERSIONS: ReadonlyMap<string, number> = new Map([
  ['Produce', 12],
  ['Fetch', 12],
])

const kebabCase = (name: string): string => name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase()

/** Structure names that several messages use get the message's name as prefix, so that all can be exported together. */
const withUniqueNames = (messages: readonly Message[]): Message[] => {
  const uses = new Map<string, number>()
  for (const message of messages) {
    uses.set(message.name, 2)
    for (const { name } of message.structs) uses.set(name, (uses.get(name) ?? 0) + 1)
  }
  return messages.map((message) => {
    const rename = (name: string): string => ((uses.get(name) ?? 0) > 1 ? message.name + name : name)
    const renameType = (type: FieldType): FieldType => {
      if (type.kind === 'struct') return { kind: 'struct', name: rename(type.name) }
      return type.kind === 'array' ? { kind: 'array', element: renameType(type.element) } : type
    }
    const renameFields = (fields: readonly Field[]): Field[] =>
      fields.map((field) => ({ ...field, type: renameType(field.type) }))
    const renameStruct = (struct: Struct): Struct => ({
      name: rename(struct.name),
      versions: struct.versions,
      fields: renameFields(struct.fields),
    })
    return {
      ...message,
      root: { ...message.root, fields: renameFields(message.root.fields) },
      structs: message.structs.map(renameStruct),
    }
  })
}

const loadMessages = (): ReadonlyMap<string, Message> => {
  const names = readdirSync(MESSAGES)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort()
  const messages = names.map((name) =>
    readMessage(join(MESSAGES, `${name}.json`), MAX_VERSIONS.get(name.replace(/Request$|Response$/, ''))),
  )
  return new Map(withUniqueNames(messages).map((message) => [message.name, message]))
}

const emitIndex = (apis: readonly string[], modules: readonly string[]): string => {
  const imports = apis.map((name) => `import { ${camelCase(name)}Api } from './${kebabCase(name)}.js'`)
  const exports = modules.map((name) => `export * from './${kebabCase(name)}.js'`)
  return `${HEADER}${imports.join('\n')}

${exports.join('\n')}

/** Every API by Kafka's name for it. */
export const api = {
${apis.map((name) => `${name}: ${camelCase(name)}Api,`).join('\n')}
} as const
`
}

const generate = (): Map<string, string> => {
  const messages = loadMessages()
  const files = new Map<string, string>()
  const apis: { name: string; key: number }[] = []
  const modules: string[] = []
  for (const message of messages.values()) {
    if (message.name.endsWith('Response')) continue
    const name = message.name.replace(/Request$/, '')
    modules.push(name)
    if (message.apiKey === undefined) {
      files.set(`${kebabCase(name)}.ts`, emitDataModule(message))
      continue
    }
    const response = messages.get(`${name}Response`)
    if (response === undefined) throw new Error(`${name} has no response`)
    files.set(`${kebabCase(name)}.ts`, emitApiModule(name, message, response))
    apis.push({ name, key: message.apiKey })
  }
  apis.sort((a, b) => a.key - b.key)
  files.set(
    'index.ts',
    emitIndex(
      apis.map(({ name }) => name),
      modules,
    ),
  )
  return files
}

const main = async (): Promise<void> => {
  const check = process.argv.includes('--check')
  const stale: string[] = []
  const files = generate()
  const config = await resolveConfig(join(OUT, 'index.ts'))
  mkdirSync(OUT, { recursive: true })
  for (const [name, source] of files) {
    const path = join(OUT, name)
    const text = await format(source, { ...config, parser: 'typescript' })
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue
    stale.push(name)
    if (!check) writeFileSync(path, text)
  }
  for (const name of readdirSync(OUT)) {
    if (files.has(name)) continue
    stale.push(name)
    if (!check) rmSync(join(OUT, name))
  }
  if (!check) process.stdout.write(`${files.size} files, ${stale.length} changed\n`)
  else if (stale.length > 0) {
    process.stderr.write(`stale: ${stale.join(', ')}; run \`npm run generate:protocol\`\n`)
    process.exitCode = 1
  }
}

await main()
