/** How generated code looks at a field of the input. */
import type { FieldUse } from '../ir/mir.js'
import type { Field } from '../ir/module-ir.js'
import { join, js, token, type Code } from './code.js'
import type { FunctionScope } from './function-scope.js'
import { fieldName } from './names.js'

export function fieldUse(scope: FunctionScope, field: Field, as: FieldUse): Code {
  switch (as.kind) {
    case 'value':
      return valueOf(scope, field)
    case 'present':
      return presenceOf(field)
    case 'time':
    case 'index':
    case 'length':
      return fieldName(field)
    case 'same-text':
      return sameText(scope, field, as.text)
    case 'same-symbol':
      return js`${fieldName(field)} === ${symbolIndex(field, as.symbol)}`
  }
}

function valueOf(scope: FunctionScope, field: Field): Code {
  const name = fieldName(field)
  switch (field.type.kind) {
    case 'text': {
      const cached = fieldName(field, 'Text')
      const start = fieldName(field, 'Start')
      const bytes = js`${scope.bufferOf(field)}, ${start}, ${fieldName(field, 'End')}`
      const text = js`${cached} ??= ${scope.module.helper('text')}(${bytes})`
      return field.nullable ? js`${start} < 0 ? null : ${text}` : text
    }
    case 'date':
      return field.nullable ? js`${name} === null ? null : new Date(${name})` : js`new Date(${name})`
    case 'enum': {
      const symbols = scope.module.symbols(field.type.schema)
      return field.nullable ? js`${name} < 0 ? null : ${symbols}[${name}]` : js`${symbols}[${name}]`
    }
    default:
      return name
  }
}

function presenceOf(field: Field): Code {
  switch (field.type.kind) {
    case 'presence':
      return fieldName(field)
    case 'text':
      return js`${fieldName(field, 'Start')} >= 0`
    case 'enum':
    case 'length':
      return js`${fieldName(field)} >= 0`
    default:
      return js`${fieldName(field)} !== null`
  }
}

/** Longer texts are compared by a loop. */
const inlineBytes = 24

function sameText(scope: FunctionScope, field: Field, text: string): Code {
  const bytes = Buffer.from(text)
  if (!field.span || /\p{Surrogate}/u.test(text)) return js`(${valueOf(scope, field)}) === ${text}`
  const start = fieldName(field, 'Start')
  const end = fieldName(field, 'End')
  const buffer = scope.bufferOf(field)
  if (bytes.length > inlineBytes) {
    return js`${scope.module.helper('sameBytes')}(${buffer}, ${start}, ${end}, ${scope.module.bytes(bytes)})`
  }
  const tests = [...bytes].map(
    (byte, index) => js`${buffer}[${start}${index === 0 ? token('') : js` + ${index}`}] === ${byte}`,
  )
  // An absent text has start and end -1, which is the length of the empty text.
  const there = bytes.length === 0 && field.nullable ? [js`${start} >= 0`] : []
  return join([...there, js`${end} - ${start} === ${bytes.length}`, ...tests], js` && `)
}

export function symbolIndex(field: Field, symbol: string): number {
  if (field.type.kind !== 'enum') throw new Error(`field ${field.name} is no enum`)
  return field.type.schema.symbols.indexOf(symbol)
}
