/** Generates the decoder of one structure or message. */
import { defaultOf, flexibleExpression, inRange, isNullable, typeOf } from './emit-field.js'
import { covers, isEmpty } from './spec.js'
import type { Field, FieldType, Message, Struct } from './spec.js'

const SIZED = ['string', 'bytes', 'records']

const decodeElement = (type: FieldType, flexible: string): string => {
  switch (type.kind) {
    case 'struct':
      return `decode${type.name}`
    case 'primitive':
      return `(_, from) => from.${type.name}(${SIZED.includes(type.name) ? flexible : ''})`
    case 'array':
      throw new Error('arrays of arrays do not occur')
  }
}

const decodeTyped = (type: FieldType, nullable: boolean, flexible: string): string => {
  switch (type.kind) {
    case 'primitive':
      if (type.name === 'records') return `reader.nullableBytes(${flexible})`
      if (type.name === 'string') return `reader.${nullable ? 'nullableString' : 'string'}(${flexible})`
      if (type.name === 'bytes') return `reader.${nullable ? 'nullableBytes' : 'bytes'}(${flexible})`
      return `reader.${type.name}()`
    case 'struct':
      if (nullable) throw new Error('nullable structures do not occur')
      return `decode${type.name}(version, reader)`
    case 'array': {
      const call = nullable ? 'decodeNullableArray' : 'decodeArray'
      return `${call}(reader, version, ${flexible}, ${decodeElement(type.element, flexible)})`
    }
  }
}

const decodeValue = (field: Field, flexible: string): string => {
  if (isEmpty(field.nullable)) return decodeTyped(field.type, false, flexible)
  if (covers(field.nullable, field.versions)) return decodeTyped(field.type, true, flexible)
  const condition = inRange(field.nullable, field.versions) ?? 'true'
  return `${condition} ? ${decodeTyped(field.type, true, flexible)} : ${decodeTyped(field.type, false, flexible)}`
}

/** Names of the parameters and locals of every decoder, which a field of the same name must not shadow. */
const RESERVED = new Set(['version', 'reader', 'flexible', 'tag'])

const localName = (field: Field): string => (RESERVED.has(field.name) ? `${field.name}Field` : field.name)

const declareField = (field: Field, struct: Struct, flexible: string): string => {
  const name = localName(field)
  if (!isEmpty(field.tagged)) return `let ${name}: ${typeOf(field, 'message')} = ${defaultOf(field)}`
  const present = inRange(field.versions, struct.versions)
  const value = decodeValue(field, flexible)
  if (present === undefined) return `const ${name} = ${value}`
  const isLiteral = defaultOf(field) === '[]' && !isNullable(field)
  const type = isLiteral || defaultOf(field) === 'null' || isNullable(field) ? `: ${typeOf(field, 'message')}` : ''
  return `const ${name}${type} = ${present} ? ${value.includes(' ? ') ? `(${value})` : value} : ${defaultOf(field)}`
}

const decodeTaggedFields = (struct: Struct, flexible: string): string[] => {
  if (flexible === 'false') return []
  const condition = flexible === 'true' ? '' : `if (${flexible}) `
  const tagged = struct.fields.filter((field) => !isEmpty(field.tagged))
  if (tagged.length === 0) return [`${condition}reader.skipTaggedFields()`]
  const cases = tagged.flatMap((field) => [
    `case ${field.tag}:`,
    `${localName(field)} = ${decodeValue(field, 'true')}`,
    'return true',
  ])
  return [
    `${condition}reader.taggedFields((tag) => {`,
    'switch (tag) {',
    ...cases,
    'default:',
    'return false',
    '}',
    '})',
  ]
}

export const emitDecoder = (struct: Struct, message: Message): string => {
  const flexible = flexibleExpression(message.flexible, struct.versions)
  const isRoot = struct === message.root
  const body = [
    ...struct.fields.map((field) => declareField(field, struct, flexible)),
    ...decodeTaggedFields(struct, flexible),
  ]
  const entries = struct.fields.map((field) => {
    const local = localName(field)
    return local === field.name ? field.name : `${field.name}: ${local}`
  })
  const needsFlexible = flexible === 'flexible' && body.some((line) => /\bflexible\b/.test(line))
  const lines = [
    ...(isRoot ? [`checkVersion('${message.name}', version, ${message.versions.min}, ${message.versions.max})`] : []),
    ...(needsFlexible ? [`const flexible = version >= ${message.flexible.min}`] : []),
    ...body,
    `return { ${entries.join(', ')} }`,
  ]
  const version = lines.some((line) => /\bversion\b/.test(line)) ? 'version' : '_version'
  const reader = body.some((line) => /\breader\b/.test(line)) ? 'reader' : '_reader'
  return `${isRoot ? 'export ' : ''}const decode${struct.name} = (${version}: number, ${reader}: Reader): ${struct.name} => {
${lines.join('\n')}
}`
}
