/** Random lambdas in the forms in which authors write them. */
import type { Chooser } from '../../avro/arbitrary-schema.js'
import type { Binding, Environment } from './environment.js'
import { Expressions } from './expression.js'
import type { ValueKind } from './value-kind.js'

export interface LambdaInput {
  readonly value: ValueKind
  /** undefined: unknown to the lambda. */
  readonly key: ValueKind | undefined
  /** What the builder holds in constants of its own. */
  readonly captured: readonly Binding[]
}

export type Wanted = (expressions: Expressions) => string

/** A lambda `(value, ctx) => …` whose result is what `wanted` writes. `block`: statements before the result are fine. */
export function makeLambda(choose: Chooser, input: LambdaInput, wanted: Wanted): string {
  const context = choose.oneIn(4)
  const parameter = makeParameter(choose, input.value)
  const key = context && input.key !== undefined ? [{ text: 'ctx.key', type: input.key }] : []
  const environment: Environment = {
    bindings: [...parameter.bindings, ...key],
    captured: input.captured,
    context,
  }
  const head = `(${parameter.text}${context ? ', ctx' : ''})`
  return choose.oneIn(3)
    ? `${head} => {\n${blockBody(choose, environment, wanted)}\n}`
    : `${head} => ${asBody(wanted(new Expressions(choose, environment)))}`
}

interface Parameter {
  readonly text: string
  readonly bindings: readonly Binding[]
}

function makeParameter(choose: Chooser, type: ValueKind): Parameter {
  if (type.kind !== 'record' || !choose.oneIn(3)) return { text: 'v', bindings: [{ text: 'v', type }] }
  const bindings: Binding[] = []
  const parts = type.fields.flatMap((field) => {
    if (choose.oneIn(4)) return []
    if (field.type.kind === 'record' && choose.oneIn(2)) {
      const inner = field.type.fields.map(({ name, type: t }) => {
        bindings.push({ text: `${field.name}_${name}`, type: t })
        return `${name}: ${field.name}_${name}`
      })
      return [`${field.name}: { ${inner.join(', ')} }`]
    }
    const renamed = choose.oneIn(3)
    bindings.push({ text: renamed ? `${field.name}$` : field.name, type: field.type })
    return [renamed ? `${field.name}: ${field.name}$` : field.name]
  })
  const rest = type.fields.filter((field) => !parts.some((part) => part.split(':')[0] === field.name))
  if (rest.length > 0 && choose.oneIn(3)) {
    bindings.push({ text: 'others', type: { kind: 'record', name: 'Others', fields: rest } })
    parts.push('...others')
  }
  return { text: `{ ${parts.join(', ')} }`, bindings }
}

/** Constants, early returns, mutable locals, loops and what no rule of the compiler may understand. */
function blockBody(choose: Chooser, environment: Environment, wanted: Wanted): string {
  const lines: string[] = []
  let scope = environment
  const expressions = (): Expressions => new Expressions(choose, scope)
  const declare = (text: string, name: string, type: ValueKind): void => {
    lines.push(text)
    scope = { ...scope, bindings: [{ text: name, type }, ...scope.bindings] }
  }
  for (let count = choose.below(4), index = 0; index < count; index++) {
    const name = `local${index}`
    switch (choose.below(8)) {
      case 0:
        declare(`const ${name}: number = ${expressions().number(2)}`, name, { kind: 'number', avro: 'double' })
        break
      case 1:
        declare(`const ${name}: string = ${expressions().string(2)}`, name, { kind: 'string' })
        break
      case 2:
        lines.push(`if (${expressions().boolean(2)}) return ${wanted(expressions())}`)
        break
      case 3:
        declare(
          `let ${name}: number = ${expressions().number(1)}\nif (${expressions().boolean(1)}) ${name} = ${expressions().number(1)}`,
          name,
          { kind: 'number', avro: 'double' },
        )
        break
      case 4:
        declare(
          `let ${name}: number = 0\nfor (let i = 0; i < 3; i++) ${name} += i * ${expressions().number(1)}`,
          name,
          {
            kind: 'number',
            avro: 'double',
          },
        )
        break
      case 5:
        lines.push(`if (${expressions().boolean(2)}) throw new RangeError('thrown by the lambda')`)
        break
      case 6:
        declare(
          `const ${name} = (() => {\ntry {\nreturn JSON.stringify(${expressions().string(1)})\n} catch {\nreturn ''\n}\n})()`,
          name,
          { kind: 'string' },
        )
        break
      default:
        declare(
          `let ${name}: string = ''\nswitch (String(${expressions().string(1)})) {\ncase 'a':\n${name} = ${expressions().string(1)}\nbreak\ndefault:\n${name} = 'other'\n}`,
          name,
          { kind: 'string' },
        )
    }
  }
  lines.push(`return ${wanted(expressions())}`)
  return lines.join('\n')
}

function asBody(text: string): string {
  return text.startsWith('{') ? `(${text})` : text
}
