/** Whether evaluating an expression can neither be noticed nor fail on data that has the types it claims. */
import type { Argument, Expression } from '../ir/lambda.js'
import type { ValueType } from '../ir/value-type.js'

const pureGlobals: ReadonlySet<string> = new Set(['String', 'Number', 'Boolean', 'isNaN', 'isFinite', 'Array.isArray'])
const impureMath: ReadonlySet<string> = new Set(['random'])
const pureStringMethods: ReadonlySet<string> = new Set([
  'at',
  'charAt',
  'charCodeAt',
  'endsWith',
  'includes',
  'indexOf',
  'lastIndexOf',
  'padEnd',
  'padStart',
  'slice',
  'split',
  'startsWith',
  'substring',
  'toLowerCase',
  'toString',
  'toUpperCase',
  'trim',
  'trimEnd',
  'trimStart',
])

export function isPure(node: Expression, isConstant: (local: number) => boolean): boolean {
  const pure = (inner: Expression): boolean => isPure(inner, isConstant)
  const pureArgs = (args: readonly Argument[]): boolean =>
    args.every((argument) => argument.kind === 'value' && pure(argument.value))
  switch (node.kind) {
    case 'literal':
    case 'regexp':
    case 'capture':
    case 'global':
    case 'function':
      return true
    case 'link':
      return true
    case 'local':
      return isConstant(node.local)
    case 'member':
      return pure(node.object) && (node.optional || !mayBeAbsent(node.object.type))
    case 'index':
      return pure(node.object) && pure(node.index) && (node.optional || !mayBeAbsent(node.object.type))
    case 'unary':
      return pure(node.operand)
    case 'binary':
      return node.operator !== 'in' && node.operator !== 'instanceof' && pure(node.left) && pure(node.right)
    case 'logical':
      return pure(node.left) && pure(node.right)
    case 'conditional':
      return pure(node.test) && pure(node.then) && pure(node.otherwise)
    case 'template':
      return node.expressions.every((part) => pure(part) && isScalar(part.type))
    case 'object':
      return node.members.every((item) => item.kind !== 'computed' && pure(item.value))
    case 'array':
      return pureArgs(node.items)
    case 'call':
      return !node.optional && isPureCallee(node.callee) && calleePure(node.callee, pure) && pureArgs(node.args)
    case 'new':
      return node.callee.kind === 'global' && node.callee.name === 'Date' && node.args.length > 0 && pureArgs(node.args)
    case 'opaque':
      return false
  }
}

function isPureCallee(callee: Expression): boolean {
  if (callee.kind === 'global') return pureGlobals.has(callee.name)
  if (callee.kind !== 'member') return false
  if (callee.object.kind === 'global') return callee.object.name === 'Math' && !impureMath.has(callee.property)
  if (callee.object.type.kind === 'string') return pureStringMethods.has(callee.property)
  return callee.object.type.kind === 'date' && callee.property.startsWith('get')
}

function calleePure(callee: Expression, pure: (inner: Expression) => boolean): boolean {
  return callee.kind === 'member' ? pure(callee.object) : true
}

function isScalar(type: ValueType): boolean {
  if (type.kind === 'union') return type.types.every(isScalar)
  return ['null', 'undefined', 'boolean', 'bigint', 'number', 'string', 'literal'].includes(type.kind)
}

function mayBeAbsent(type: ValueType): boolean {
  if (type.kind === 'union') return type.types.some(mayBeAbsent)
  return type.kind === 'null' || type.kind === 'undefined' || type.kind === 'opaque'
}
