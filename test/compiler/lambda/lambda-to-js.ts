/** Prints a Lambda tree as JavaScript, node by node, so that tests can run what the front end understood. */
import type { Argument, Expression, Lambda, LocalId, Statement } from '../../../compiler/ir/lambda.js'

export function lambdaToJs(lambda: Lambda): string {
  const parameters = lambda.parameters.map((parameter) => name(parameter.id)).join(', ')
  return `function (${parameters}) { ${declarations(lambda)} ${statements(lambda.body)} }`
}

const name = (local: LocalId) => `v${local}`

/** All at the start: a `let` statement of the tree is an assignment in the flat scope of the function. */
function declarations(lambda: Lambda): string {
  return lambda.locals.length === 0 ? '' : `let ${lambda.locals.map((local) => name(local.id)).join(', ')};`
}

const statements = (body: readonly Statement[]): string => body.map(statement).join(' ')

function statement(node: Statement): string {
  switch (node.kind) {
    case 'let':
      return `${name(node.local)} = ${node.init === undefined ? 'undefined' : expression(node.init)};`
    case 'assign':
      return `${name(node.local)} = ${expression(node.value)};`
    case 'store':
      return `(${expression(node.object)})[${expression(node.property)}] = ${expression(node.value)};`
    case 'expression':
      return `(${expression(node.value)});`
    case 'if':
      return `if (${expression(node.test)}) { ${statements(node.then)} } else { ${statements(node.otherwise)} }`
    case 'block':
      return `{ ${statements(node.body)} }`
    case 'for-of':
      return `for (${name(node.local)} of ${expression(node.iterable)}) { ${statements(node.body)} }`
    case 'while':
      return `while (${expression(node.test)}) { ${statements(node.body)} }`
    case 'break':
    case 'continue':
      return `${node.kind};`
    case 'return':
      return `return ${node.value === undefined ? 'undefined' : expression(node.value)};`
    case 'throw':
      return `throw ${expression(node.value)};`
  }
}

function expression(node: Expression): string {
  switch (node.kind) {
    case 'literal':
      return typeof node.value === 'bigint' ? `${node.value}n` : literal(node.value)
    case 'regexp':
      return `new RegExp(${JSON.stringify(node.source)}, ${JSON.stringify(node.flags)})`
    case 'local':
      return name(node.local)
    case 'capture':
      return `captures[${JSON.stringify(node.name)}]`
    case 'link':
      return `links[${JSON.stringify(node.name)}]`
    case 'global':
      return node.name
    case 'member':
      return `(${expression(node.object)})${node.optional ? '?.' : ''}[${JSON.stringify(node.property)}]`
    case 'index':
      return `(${expression(node.object)})${node.optional ? '?.' : ''}[${expression(node.index)}]`
    case 'call':
      return `${callee(node.callee)}${node.optional ? '?.' : ''}(${args(node.args)})`
    case 'new':
      return `new (${expression(node.callee)})(${args(node.args)})`
    case 'unary':
      return `(${node.operator} (${expression(node.operand)}))`
    case 'binary':
    case 'logical':
      return `((${expression(node.left)}) ${node.operator} (${expression(node.right)}))`
    case 'conditional':
      return `((${expression(node.test)}) ? (${expression(node.then)}) : (${expression(node.otherwise)}))`
    case 'template':
      return template(node.strings, node.expressions)
    case 'object':
      return `({ ${node.members
        .map((member) => {
          if (member.kind === 'spread') return `...(${expression(member.value)})`
          const key = member.kind === 'computed' ? expression(member.name) : JSON.stringify(member.name)
          return `[${key}]: ${expression(member.value)}`
        })
        .join(', ')} })`
    case 'array':
      return `[${args(node.items)}]`
    case 'function':
      return `(function (${node.parameters.map((each) => name(each.id)).join(', ')}) { ${statements(node.body)} })`
    case 'opaque':
      return `(${node.text.map((part) => (typeof part === 'string' ? part : expression(part))).join('')})`
  }
}

/** A receiver must stay a receiver. */
function callee(node: Expression): string {
  const isAccess = node.kind === 'member' || node.kind === 'index'
  return isAccess ? expression(node) : `(${expression(node)})`
}

const args = (list: readonly Argument[]) =>
  list.map(({ kind, value }) => (kind === 'spread' ? `...(${expression(value)})` : expression(value))).join(', ')

function template(strings: readonly string[], expressions: readonly Expression[]): string {
  return `(${strings.map((text, i) => `${JSON.stringify(text)}${expressions[i] === undefined ? '' : ` + String(${expression(expressions[i])}) + `}`).join('')})`
}

function literal(value: string | number | boolean | null | undefined): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value)
  return value === undefined ? 'undefined' : JSON.stringify(value)
}
