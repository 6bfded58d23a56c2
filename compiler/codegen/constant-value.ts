/** A default of a schema as an expression that makes a fresh value each time. */
import { isDecimal } from '../../avro/decimal.js'
import { comma, join, js, type Code } from './code.js'
import type { ModuleScope } from './module-scope.js'

export function constantValue(module: ModuleScope, value: unknown): Code {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'bigint':
    case 'undefined':
      return js`${value}`
    case 'object':
      break
    default:
      throw new Error(`a default is a ${typeof value}`)
  }
  if (value === null) return js`null`
  if (value instanceof Date) return js`new Date(${value.getTime()})`
  if (value instanceof Uint8Array)
    return js`Uint8Array.of(${join(
      [...value].map((byte) => js`${byte}`),
      comma,
    )})`
  if (isDecimal(value)) return js`${module.helper('decimal')}(${value.unscaled}, ${value.scale})`
  if (Array.isArray(value))
    return js`[${join(
      value.map((item) => constantValue(module, item)),
      comma,
    )}]`
  const members = Object.entries(value).map(([name, item]) => js`[${name}]: ${constantValue(module, item)}`)
  if (Object.getPrototypeOf(value) !== null) return js`{ ${join(members, comma)} }`
  return js`Object.assign(Object.create(null), { ${join(members, comma)} })`
}
