/** Generates the encoder of one structure or message. */
import { defaultOf, flexibleExpression, inRange, isNullable, isOptional, notInRange } from './emit-field.js'
import { covers, intersect, isEmpty } from './spec.js'
import type { Field, FieldType, Message, Range, Struct } from './spec.js'

const valueOf = (field: Field, owner: Range): string => {
  const access = `message.${field.name}`
  if (!isOptional(field, owner)) return access
  const fallback = defaultOf(field)
  if (!isNullable(field) || fallback === 'null') return `${access} ?? ${fallback}`
  return `${access} === undefined ? ${fallback} : ${access}`
}

const encodeElement = (type: FieldType, flexible: string): string => {
  switch (type.kind) {
    case 'struct':
      return `encode${type.name}`
    case 'primitive': {
      const sized = ['string', 'bytes', 'records'].includes(type.name) ? `, ${flexible}` : ''
      return `(_, item, to) => to.${type.name}(item${sized})`
    }
    case 'array':
      throw new Error('arrays of arrays do not occur')
  }
}

const encodeTyped = (type: FieldType, value: string, nullable: boolean, flexible: string, writer: string): string => {
  switch (type.kind) {
    case 'primitive':
      switch (type.name) {
        case 'records':
          return `${writer}.records(${value}, ${flexible})`
        case 'string':
        case 'bytes': {
          const method = nullable ? (type.name === 'string' ? 'nullableString' : 'nullableBytes') : type.name
          return `${writer}.${method}(${value}, ${flexible})`
        }
        default:
          return `${writer}.${type.name}(${value})`
      }
    case 'struct':
      if (nullable) throw new Error('nullable structures do not occur')
      return `encode${type.name}(version, ${value}, ${writer})`
    case 'array': {
      const call = nullable ? 'encodeNullableArray' : 'encodeArray'
      return `${call}(${writer}, version, ${flexible}, ${value}, ${encodeElement(type.element, flexible)})`
    }
  }
}

const encodeValue = (field: Field, struct: Struct, flexible: string, writer = 'writer'): string => {
  let value = valueOf(field, struct.versions)
  const canBeNull = isNullable(field)
  const everywhere = covers(field.nullable, field.versions)
  if (canBeNull && !everywhere) {
    const checked = `notNull(${value}, '${struct.name}.${field.name}', version)`
    const condition = isEmpty(field.nullable) ? undefined : inRange(field.nullable, field.versions)
    if (condition === undefined) return encodeTyped(field.type, checked, false, flexible, writer)
    value = value.includes('===') ? `(${value})` : value
    value = `${condition} ? ${value} : ${checked}`
  }
  return encodeTyped(field.type, value, canBeNull, flexible, writer)
}

/** Expression that is true when the field differs from its default. */
const isSet = (field: Field, owner: Range): string => {
  const value = valueOf(field, owner)
  const wrapped = /[ ?]/.test(value) ? `(${value})` : value
  const fallback = defaultOf(field)
  if (fallback === 'null') return `${wrapped} !== null`
  const isSequence = field.type.kind === 'array' || (field.type.kind === 'primitive' && field.type.name === 'bytes')
  if (isSequence) return isNullable(field) ? `${wrapped}?.length !== 0` : `${wrapped}.length > 0`
  if (field.type.kind === 'struct') return `!isDefault${field.type.name}(message.${field.name})`
  if (field.type.name === 'bool') return fallback === 'true' ? `!${wrapped}` : value
  return `${wrapped} !== ${fallback}`
}

const encodeField = (field: Field, struct: Struct, flexible: string): string[] => {
  const present = inRange(field.versions, struct.versions)
  const lines: string[] = []
  const refuse = `refuseField(${isSet(field, struct.versions)}, '${struct.name}.${field.name}', version)`
  if (isEmpty(field.tagged)) {
    const write = encodeValue(field, struct, flexible)
    if (present === undefined) return [write]
    lines.push(`if (${present}) ${write}`)
    if (!field.ignorable) lines.push(`else ${refuse}`)
    return lines
  }
  return present !== undefined && !field.ignorable
    ? [`if (${notInRange(field.versions, struct.versions)}) ${refuse}`]
    : []
}

const encodeTaggedFields = (struct: Struct, message: Message, flexible: string): string[] => {
  if (flexible === 'false') return []
  const tagged = struct.fields.filter((field) => !isEmpty(field.tagged)).sort((a, b) => (a.tag ?? 0) - (b.tag ?? 0))
  const condition = flexible === 'true' ? '' : `if (${flexible}) `
  if (tagged.length === 0) return [`${condition}writer.unsignedVarint(0)`]
  const body = tagged.map((field) => {
    const conditions = [
      inRange(field.tagged, intersect(message.flexible, struct.versions)),
      isSet(field, struct.versions),
    ]
    const when = conditions.filter((text) => text !== undefined).join(' && ')
    return `if (${when}) tagged.add(${field.tag}, (to) => ${encodeValue(field, struct, 'true', 'to')})`
  })
  const block = ['const tagged = new TaggedFields()', ...body, 'tagged.writeTo(writer)']
  return condition === '' ? block : [`${condition}{`, ...block, '}']
}

export const emitEncoder = (struct: Struct, message: Message): string => {
  const flexible = flexibleExpression(message.flexible, struct.versions)
  const isRoot = struct === message.root
  const body = [
    ...struct.fields.flatMap((field) => encodeField(field, struct, flexible)),
    ...encodeTaggedFields(struct, message, flexible),
  ]
  const uses = (word: RegExp): boolean => body.some((line) => word.test(line))
  const lines = [
    ...(isRoot ? [`checkVersion('${message.name}', version, ${message.versions.min}, ${message.versions.max})`] : []),
    ...(flexible === 'flexible' && uses(/\bflexible\b/) ? [`const flexible = version >= ${message.flexible.min}`] : []),
    ...body,
  ]
  const version = lines.some((line) => /\bversion\b/.test(line)) ? 'version' : '_version'
  const value = lines.some((line) => /\bmessage\b/.test(line)) ? 'message' : '_message'
  const writer = lines.some((line) => /\bwriter\b/.test(line)) ? 'writer' : '_writer'
  return `${isRoot ? 'export ' : ''}const encode${struct.name} = (${version}: number, ${value}: ${struct.name}Input, ${writer}: Writer): void => {
${lines.join('\n')}
}`
}

/** Structures that stand alone, not in arrays, need their default value and a comparison with it. */
export const emitDefaults = (struct: Struct): string => {
  const values = struct.fields.map((field) => `${field.name}: ${defaultOf(field)}`)
  const tests = struct.fields.map((field) => isSet(field, struct.versions))
  return `const default${struct.name}: ${struct.name} = { ${values.join(', ')} }

const isDefault${struct.name} = (message: ${struct.name}Input | undefined): boolean =>
  message === undefined || !(${tests.join(' || ')})`
}
