/** Random statements before the result of a block body; each may bring a new variable into scope. */
import type { Chooser } from '../../avro/arbitrary-schema.js'
import { paths, type Binding, type Environment } from './environment.js'
import { Expressions } from './expression.js'
import type { Wanted } from './lambda.js'
import { DOUBLE, STRING, type ValueKind } from './value-kind.js'

/** The body while it is written. */
export class Block {
  readonly choose: Chooser
  readonly wanted: Wanted
  readonly #lines: string[] = []
  #scope: Environment

  constructor(choose: Chooser, scope: Environment, wanted: Wanted) {
    this.choose = choose
    this.wanted = wanted
    this.#scope = scope
  }

  get scope(): Environment {
    return this.#scope
  }

  get expressions(): Expressions {
    return new Expressions(this.choose, this.#scope)
  }

  get text(): string {
    return this.#lines.join('\n')
  }

  line(text: string): void {
    this.#lines.push(text)
  }

  /** Brings variables into scope; the newest is the first choice. */
  bind(...bindings: readonly Binding[]): void {
    this.#scope = { ...this.#scope, bindings: [...bindings, ...this.#scope.bindings] }
  }

  declare(text: string, name: string, type: ValueKind): void {
    this.line(text)
    this.bind({ text: name, type })
  }
}

type MakeStatement = (block: Block, name: string) => void

export function makeStatement(block: Block, name: string): void {
  block.choose.pick(STATEMENTS)(block, name)
}

const numberConstant: MakeStatement = (block, name) => {
  block.declare(`const ${name}: number = ${block.expressions.number(2)}`, name, DOUBLE)
}

const stringConstant: MakeStatement = (block, name) => {
  block.declare(`const ${name}: string = ${block.expressions.string(2)}`, name, STRING)
}

const earlyReturn: MakeStatement = (block) => {
  block.line(`if (${block.expressions.boolean(2)}) return ${block.wanted(block.expressions)}`)
}

const reassigned: MakeStatement = (block, name) => {
  const [first, test, second] = [block.expressions.number(1), block.expressions.boolean(1), block.expressions.number(1)]
  block.declare(`let ${name}: number = ${first}\nif (${test}) ${name} = ${second}`, name, DOUBLE)
}

const countingLoop: MakeStatement = (block, name) => {
  const text = `let ${name}: number = 0\nfor (let i = 0; i < 3; i++) ${name} += i * ${block.expressions.number(1)}`
  block.declare(text, name, DOUBLE)
}

const throwing: MakeStatement = (block) => {
  block.line(`if (${block.expressions.boolean(2)}) throw new RangeError('thrown by the lambda')`)
}

const tryCatch: MakeStatement = (block, name) => {
  const inner = block.expressions.string(1)
  const text = `const ${name} = (() => {\ntry {\nreturn JSON.stringify(${inner})\n} catch {\nreturn ''\n}\n})()`
  block.declare(text, name, STRING)
}

const switched: MakeStatement = (block, name) => {
  const [on, taken] = [block.expressions.string(1), block.expressions.string(1)]
  const cases = `case 'a':\n${name} = ${taken}\nbreak\ndefault:\n${name} = 'other'`
  block.declare(`let ${name}: string = ''\nswitch (String(${on})) {\n${cases}\n}`, name, STRING)
}

const closure: MakeStatement = (block, name) => {
  const inner = new Expressions(block.choose, {
    ...block.scope,
    bindings: [{ text: 'n', type: DOUBLE }, ...block.scope.bindings],
  })
  const body = inner.number(2)
  const text = `const ${name}f = (n: number): number => ${body}\nconst ${name}: number = ${name}f(${block.expressions.number(1)})`
  block.declare(text, name, DOUBLE)
}

/** What is behind a null test is not null. */
const nullGuard: MakeStatement = (block) => {
  const candidates = paths(block.scope).filter(({ text, type }) => type.kind === 'nullable' && !text.includes('?.'))
  if (candidates.length === 0) return
  const { text, type } = block.choose.pick(candidates)
  if (type.kind !== 'nullable') return
  // The checker knows that what is null has no properties.
  const bindings = block.scope.bindings.filter((binding) => !text.startsWith(binding.text))
  const otherwise = new Expressions(block.choose, { ...block.scope, bindings })
  block.line(`if (${text} === null) return ${block.wanted(otherwise)}`)
  block.bind({ text, type: type.inner })
}

const itemLoop: MakeStatement = (block, name) => {
  const arrays = paths(block.scope).filter(({ text, type }) => type.kind === 'array' && !text.includes('?.'))
  if (arrays.length === 0) {
    numberConstant(block, name)
    return
  }
  const { text, type } = block.choose.pick(arrays)
  if (type.kind !== 'array') return
  const inner = new Expressions(block.choose, {
    ...block.scope,
    bindings: [{ text: 'item', type: type.items }, ...block.scope.bindings],
  })
  const leave = `if (${inner.boolean(1)}) ${block.choose.pick(['continue', 'break'])}`
  const add = `${name} += ${inner.number(1)}`
  block.declare(`let ${name}: number = 0\nfor (const item of ${text}) {\n${leave}\n${add}\n}`, name, DOUBLE)
}

/** `const { id, total: renamed } = v.address` */
const destructured: MakeStatement = (block, name) => {
  const records = paths(block.scope).filter(({ text, type }) => type.kind === 'record' && !text.includes('?.'))
  if (records.length === 0) {
    stringConstant(block, name)
    return
  }
  const { text, type } = block.choose.pick(records)
  if (type.kind !== 'record') return
  const bindings = type.fields.map((field) => ({ text: `${name}_${field.name}`, type: field.type }))
  block.line(`const { ${type.fields.map((field) => `${field.name}: ${name}_${field.name}`).join(', ')} } = ${text}`)
  block.bind(...bindings)
}

const pushed: MakeStatement = (block, name) => {
  const [first, test, second] = [block.expressions.string(1), block.expressions.boolean(1), block.expressions.string(1)]
  const text = `const ${name}s: string[] = [${first}]\nif (${test}) ${name}s.push(${second})\nconst ${name}: string = ${name}s.join()`
  block.declare(text, name, STRING)
}

const lookup: MakeStatement = (block, name) => {
  const text = `const ${name}t: Record<string, number> = { a: 1, b: ${block.expressions.number(1)} }\nconst ${name}: number = ${name}t[${block.expressions.string(1)}] ?? -1`
  block.declare(text, name, DOUBLE)
}

const whole: MakeStatement = (block, name) => {
  const [binding] = block.scope.bindings
  const text = binding === undefined ? "''" : `(JSON.stringify(${binding.text}) ?? '')`
  block.declare(`const ${name}: string = ${text}`, name, STRING)
}

const STATEMENTS: readonly MakeStatement[] = [
  numberConstant,
  stringConstant,
  earlyReturn,
  reassigned,
  countingLoop,
  throwing,
  tryCatch,
  switched,
  closure,
  nullGuard,
  itemLoop,
  destructured,
  pushed,
  lookup,
  whole,
]
