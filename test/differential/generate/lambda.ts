/** Random lambdas in the forms in which authors write them. */
import type { Chooser } from '../../avro/arbitrary-schema.js'
import type { Binding, Environment } from './environment.js'
import { Expressions } from './expression.js'
import { Block, makeStatement } from './statements.js'
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

function blockBody(choose: Chooser, environment: Environment, wanted: Wanted): string {
  const block = new Block(choose, environment, wanted)
  for (let count = choose.below(4), index = 0; index < count; index++) makeStatement(block, `local${index}`)
  block.line(`return ${wanted(block.expressions)}`)
  return block.text
}

function asBody(text: string): string {
  return text.startsWith('{') ? `(${text})` : text
}
