/**
 * What evaluating a MIR expression may do besides giving a value. An allow-list, and "may throw" is an effect: code that
 * can throw on data that has the types it claims is never dropped, moved or done twice.
 */
import type { MirArgument, MirExpression, MirLocal, MirLocalId } from './mir.js'
import { visitExpression } from './mir-visit.js'
import type { ValueType } from './value-type.js'

type Locals = ReadonlyMap<MirLocalId, MirLocal>

/** No effects, cannot throw, and the same value whenever it is evaluated: it reads nothing that is ever assigned. */
export function isPure(node: MirExpression, locals: Locals): boolean {
  const pure = (inner: MirExpression): boolean => isPure(inner, locals)
  switch (node.kind) {
    case 'literal':
    case 'input':
    case 'field':
    case 'constant':
    case 'link':
      return true
    case 'context':
      return node.property !== 'headers'
    case 'global':
      return node.name === 'undefined' || node.name === 'NaN' || node.name === 'Infinity'
    case 'local':
      return locals.get(node.local)?.mutable === false
    case 'member':
      return pure(node.object) && (node.optional || isNeverAbsent(node.object)) && isPlain(node.object)
    case 'index':
      return pure(node.object) && pure(node.index) && isNeverAbsent(node.object) && isPlain(node.object)
    case 'unary':
      return pure(node.operand) && (node.operator === 'typeof' || node.operator === '!' || isScalar(node.operand.type))
    case 'binary':
      return isPureOperation(node) && pure(node.left) && pure(node.right)
    case 'logical':
      return pure(node.left) && pure(node.right)
    case 'conditional':
      return pure(node.test) && pure(node.then) && pure(node.otherwise)
    case 'template':
      return node.expressions.every((part) => pure(part) && isScalar(part.type))
    case 'object':
      return node.members.every((item) => item.kind === 'property' && pure(item.value))
    case 'array':
      return pureArguments(node.items, pure)
    case 'call':
      return !node.optional && isPureCallee(node.callee, pure) && pureArguments(node.args, pure)
    case 'new':
      return isGlobal(node.callee, 'Date') && node.args.length > 0 && pureArguments(node.args, pure)
    case 'helper':
      return node.name === 'timeClip' && node.args.every(pure)
    case 'function':
    case 'regexp':
    case 'apply':
    case 'state':
    case 'opaque':
      return false
  }
}

/**
 * Pure, and reads nothing but the input and constants of the language: what lies between its place and another cannot
 * change its value. An object, a captured value and a module-level name of the author can be changed by anybody.
 */
export function isMovable(node: MirExpression, locals: Locals): boolean {
  if (!isPure(node, locals)) return false
  let movable = true
  visitExpression(node, {
    expression(inner) {
      if (inner.kind === 'link' || inner.kind === 'constant') movable = false
      const read = inner.kind === 'member' || inner.kind === 'index' ? inner.object : undefined
      if (read === undefined || isInputPath(read) || isScalar(read.type) || read.kind === 'global') return
      if (read.type?.kind !== 'date') movable = false
    },
  })
  return movable
}

/** A part of the input: reading it costs nothing and cannot fail. */
export function isInputPath(node: MirExpression): boolean {
  if (node.kind === 'input') return true
  return node.kind === 'member' && isInputPath(node.object) && (node.optional || isNeverAbsent(node.object))
}

function pureArguments(args: readonly MirArgument[], pure: (node: MirExpression) => boolean): boolean {
  return args.every((argument) => argument.kind === 'value' && pure(argument.value))
}

function isPureOperation(node: MirExpression & { kind: 'binary' }): boolean {
  const { operator } = node
  if (operator === '===' || operator === '!==') return true
  if (operator === 'in' || operator === 'instanceof') return false
  // A bigint beside a number throws, an object may bring a function of its own.
  return isScalar(node.left.type) && isScalar(node.right.type) && !isBig(node.left.type) && !isBig(node.right.type)
}

const pureFunctions: ReadonlySet<string> = new Set(['String', 'Number', 'Boolean', 'isNaN', 'isFinite'])
const pureStringMethods: ReadonlySet<string> = new Set([
  'at',
  'charAt',
  'charCodeAt',
  'endsWith',
  'includes',
  'indexOf',
  'lastIndexOf',
  'slice',
  'startsWith',
  'substring',
  'toLowerCase',
  'toUpperCase',
  'trim',
  'trimEnd',
  'trimStart',
])

function isPureCallee(callee: MirExpression, pure: (node: MirExpression) => boolean): boolean {
  if (callee.kind === 'global') return pureFunctions.has(callee.name)
  if (callee.kind !== 'member' || callee.optional) return false
  const { object, property } = callee
  if (object.kind === 'global') return object.name === 'Math' && property !== 'random'
  if (!pure(object)) return false
  if (object.type?.kind === 'string') return pureStringMethods.has(property)
  return object.type?.kind === 'date' && property.startsWith('get')
}

function isGlobal(node: MirExpression, name: string): boolean {
  return node.kind === 'global' && node.name === name
}

/** Data of the types that we know has no getters; of an unknown type, anything may run. */
function isPlain(node: MirExpression): boolean {
  const { type } = node
  return isInputPath(node) || (type !== undefined && !holds(type, (option) => option.kind === 'opaque'))
}

function isNeverAbsent(node: MirExpression): boolean {
  if (node.kind === 'object' || node.kind === 'array' || node.kind === 'template') return true
  const { type } = node
  if (type === undefined) return false
  return !holds(type, (option) => ['null', 'undefined', 'opaque'].includes(option.kind))
}

function isScalar(type: ValueType | undefined): boolean {
  if (type === undefined) return false
  if (type.kind === 'union') return type.types.every(isScalar)
  return ['null', 'undefined', 'boolean', 'bigint', 'number', 'string', 'literal'].includes(type.kind)
}

function isBig(type: ValueType | undefined): boolean {
  if (type === undefined) return true
  return holds(
    type,
    (option) => option.kind === 'bigint' || (option.kind === 'literal' && typeof option.value === 'bigint'),
  )
}

function holds(type: ValueType, test: (option: ValueType) => boolean): boolean {
  return type.kind === 'union' ? type.types.some((option) => holds(option, test)) : test(type)
}
