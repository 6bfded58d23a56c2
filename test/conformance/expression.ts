/** Expressions of the case format as TypeScript text, as an author would write them. */
import type { CaseExpression, CaseType, CaseValue } from './case-format.js'
import { isOptional, optional, property, unify, withoutNull, type LongForm } from './case-types.js'
import { literalText, typeOfValue } from './case-values.js'

/** Binding strength of JavaScript's operators, as far as they are used. */
const Strength = {
  Conditional: 1,
  Coalesce: 2,
  Or: 3,
  And: 4,
  Equality: 5,
  Relation: 6,
  Sum: 7,
  Product: 8,
  Unary: 9,
  Call: 10,
} as const
type Strength = (typeof Strength)[keyof typeof Strength]

export interface Translated {
  readonly text: string
  readonly type: CaseType
  readonly strength: Strength
}

/** A variable of the case language: its text in TypeScript, and its type. */
export interface Variable {
  readonly text: string
  readonly type: CaseType
}

export interface ExpressionContext {
  readonly long: LongForm
  readonly variables: ReadonlyMap<string, Variable>
  /** Names of arithmetic.ts that the text uses. */
  readonly helpers: Set<string>
  /** All of the lambda's expression, as JSON. */
  readonly root: string
}

export function translateExpression(expression: CaseExpression, context: ExpressionContext): Translated {
  const [operator] = expression
  const translate = TRANSLATORS[operator]
  if (translate === undefined) throw new TypeError(`unknown expression ${operator}`)
  return translate(new Operands(expression, context))
}

/** Access to the parts of an expression. */
class Operands {
  readonly operator: string
  readonly context: ExpressionContext
  readonly #parts: readonly unknown[]

  constructor([operator, ...parts]: CaseExpression, context: ExpressionContext) {
    this.operator = operator
    this.context = context
    this.#parts = parts
  }

  get count(): number {
    return this.#parts.length
  }

  at(index: number, variables?: ReadonlyMap<string, Variable>): Translated {
    const context = variables === undefined ? this.context : { ...this.context, variables }
    return translateExpression(this.#parts[index] as CaseExpression, context)
  }

  /** All parts as expressions. */
  all(): Translated[] {
    return this.#parts.map((_, index) => this.at(index))
  }

  raw(index: number): unknown {
    return this.#parts[index]
  }

  helper(name: string): string {
    this.context.helpers.add(name)
    return name
  }

  /** Whether the lambda has this part more than once. */
  isRepeated(index: number): boolean {
    return this.context.root.split(JSON.stringify(this.#parts[index])).length > 2
  }

  /** Whether one part has another one in it. */
  isWithin(inner: number, outer: number): boolean {
    return JSON.stringify(this.#parts[outer]).includes(JSON.stringify(this.#parts[inner]))
  }

  isLiteral(index: number): boolean {
    const part = this.#parts[index]
    return Array.isArray(part) && part[0] === 'lit'
  }

  mentionsVariables(index: number): boolean {
    return JSON.stringify(this.#parts[index]).includes('["var",')
  }

  get bigints(): boolean {
    return this.context.long === 'bigint'
  }
}

type Translator = (operands: Operands) => Translated

const made = (text: string, type: CaseType, strength: Strength = Strength.Call): Translated => ({
  text,
  type,
  strength,
})

function inside({ text, strength }: Translated, least: Strength): string {
  return strength < least ? `(${text})` : text
}

function call(name: string, args: readonly Translated[], type: CaseType): Translated {
  return made(`${name}(${args.map(({ text }) => text).join(', ')})`, type)
}

const binary =
  (strength: Strength, result: CaseType | undefined, spelling?: string): Translator =>
  (operands) => {
    const [left, right] = [operands.at(0), operands.at(1)]
    const next = (strength + 1) as Strength
    const text = `${inside(left, strength)} ${spelling ?? operands.operator} ${inside(right, next)}`
    return made(text, result ?? left.type, strength)
  }

/** Sums and products of bigints wrap at 64 bits. */
const arithmetic =
  (strength: Strength): Translator =>
  (operands) => {
    const plain = binary(strength, undefined)(operands)
    return plain.type === 'long' && operands.bigints ? call(operands.helper('wrap'), [plain], 'long') : plain
  }

const division =
  (longs: string, bigints: string, doubles: string): Translator =>
  (operands) => {
    const args = operands.all()
    const type = args[0]?.type ?? 'long'
    const name = type === 'double' ? doubles : operands.bigints ? bigints : longs
    return call(operands.helper(name), args, type)
  }

const method =
  (name: string, result: CaseType): Translator =>
  (operands) =>
    made(`${inside(operands.at(0), Strength.Call)}.${name}()`, result)

/**
 * Comparisons with null and among primitives. TypeScript draws conclusions from them for the rest of the lambda, and
 * refuses what it then finds to be impossible; the format does not. Where that may be, a function compares.
 */
const equality =
  (operator: '===' | '!=='): Translator =>
  (operands) => {
    const [left, right] = [operands.isLiteral(0), operands.isLiteral(1)]
    const isConstant = !operands.mentionsVariables(0) && !operands.mentionsVariables(1)
    const concludes = isConstant || (left && operands.isRepeated(1)) || (right && operands.isRepeated(0))
    return concludes ? compared(operands, operator) : binary(Strength.Equality, 'boolean', operator)(operands)
  }

function compared(operands: Operands, operator: '===' | '!=='): Translated {
  return negatedUnless(operator === '===', call(operands.helper('isSame'), operands.all(), 'boolean'))
}

const nullTest =
  (operator: '===' | '!=='): Translator =>
  (operands) => {
    if (operands.isRepeated(0) || operands.isLiteral(0)) {
      return negatedUnless(operator === '===', call(operands.helper('isNull'), operands.all(), 'boolean'))
    }
    return made(`${inside(operands.at(0), Strength.Relation)} ${operator} null`, 'boolean', Strength.Equality)
  }

function negatedUnless(holds: boolean, test: Translated): Translated {
  return holds ? test : made(`!${test.text}`, 'boolean', Strength.Unary)
}

const TRANSLATORS: Readonly<Record<string, Translator>> = {
  lit(operands) {
    const value = operands.raw(0) as CaseValue
    const text = literalText(value, operands.context.long)
    return made(text, typeOfValue(value), text.startsWith('-') ? Strength.Unary : Strength.Call)
  },
  var(operands) {
    const name = operands.raw(0) as string
    const variable = operands.context.variables.get(name)
    if (variable === undefined) throw new TypeError(`unknown variable ${name}`)
    return made(variable.text, variable.type)
  },
  get: translateGet,
  wkey: (operands) => part(operands, 'key'),
  wstart: (operands) => part(operands, 'start'),
  wend: (operands) => part(operands, 'end'),
  '+': arithmetic(Strength.Sum),
  '-': arithmetic(Strength.Sum),
  '*': arithmetic(Strength.Product),
  '/': division('divideLongs', 'divideBigints', 'divideDoubles'),
  '%': division('remainderOfLongs', 'remainderOfBigints', 'remainderOfDoubles'),
  neg: translateNegation,
  toDouble: (operands) => {
    const value = operands.at(0)
    return operands.bigints ? call('Number', [value], 'double') : { ...value, type: 'double' }
  },
  toLong: (operands) => call(operands.helper(operands.bigints ? 'toBigint' : 'toLong'), [operands.at(0)], 'long'),
  '<': binary(Strength.Relation, 'boolean'),
  '<=': binary(Strength.Relation, 'boolean'),
  '>': binary(Strength.Relation, 'boolean'),
  '>=': binary(Strength.Relation, 'boolean'),
  '==': equality('==='),
  '!=': equality('!=='),
  '&&': binary(Strength.And, 'boolean'),
  '||': binary(Strength.Or, 'boolean'),
  '!': (operands) => made(`!${inside(operands.at(0), Strength.Unary)}`, 'boolean', Strength.Unary),
  concat: translateConcat,
  upper: method('toUpperCase', 'string'),
  lower: method('toLowerCase', 'string'),
  len(operands) {
    const length = made(`${inside(operands.at(0), Strength.Call)}.length`, 'long')
    return operands.bigints ? call('BigInt', [length], 'long') : length
  },
  str(operands) {
    const value = operands.at(0)
    return value.type === 'string' ? value : call('String', [value], 'string')
  },
  split: (operands) =>
    made(`${inside(operands.at(0), Strength.Call)}.split(${operands.at(1).text})`, { arr: 'string' }),
  if(operands) {
    const [test, then, otherwise] = [operands.at(0), operands.at(1), operands.at(2)]
    const text = `${inside(test, Strength.Coalesce)} ? ${inside(then, Strength.Conditional)} : ${inside(otherwise, Strength.Conditional)}`
    return made(text, unify(then.type, otherwise.type), Strength.Conditional)
  },
  isNull: nullTest('==='),
  notNull: nullTest('!=='),
  coalesce(operands) {
    const [value, otherwise] = [operands.at(0), operands.at(1)]
    const type = value.type === 'null' ? otherwise.type : unify(withoutNull(value.type), otherwise.type)
    if (operands.isWithin(0, 1)) return call(operands.helper('orElse'), [value, otherwise], type)
    // `(value ?? null) ?? otherwise` is an error of TypeScript.
    const text = value.text.replace(/ \?\? null$/, '')
    const shorter = text === value.text ? value : { ...value, text, strength: Strength.Call }
    // `??` may not stand beside `&&` and `||` without parentheses.
    return made(
      `${inside(shorter, Strength.Equality)} ?? ${inside(otherwise, Strength.Equality)}`,
      type,
      Strength.Coalesce,
    )
  },
  obj: translateObject,
  arr(operands) {
    const items = operands.all()
    const type = items.map((item) => item.type).reduce<CaseType>((a, b) => unify(a, b), 'never')
    return made(`[${items.map(({ text }) => text).join(', ')}]`, { arr: type })
  },
  append(operands) {
    const [items, item] = [operands.at(0), operands.at(1)]
    return made(`[...${inside(items, Strength.Coalesce)}, ${item.text}]`, unify(items.type, { arr: item.type }))
  },
  concatArr(operands) {
    const [a, b] = [operands.at(0), operands.at(1)]
    return made(`[...${inside(a, Strength.Coalesce)}, ...${inside(b, Strength.Coalesce)}]`, unify(a.type, b.type))
  },
  without: (operands) => call(operands.helper('without'), operands.all(), operands.at(0).type),
  mapArr: translateMapArr,
}

function translateGet(operands: Operands): Translated {
  const object = operands.at(0)
  const name = operands.raw(1) as string
  const type = withoutNull(object.type)
  if (typeof type !== 'object' || !('obj' in type)) throw new TypeError(`no object: ${object.text}`)
  const field = type.obj[name]
  if (field === undefined) throw new TypeError(`no field ${name}`)
  const dot = /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : undefined
  const target = inside(object, Strength.Call)
  if (!isOptional(object.type)) return made(`${target}${dot ?? `[${JSON.stringify(name)}]`}`, field)
  return made(`${target}?.${dot?.slice(1) ?? `[${JSON.stringify(name)}]`} ?? null`, optional(field), Strength.Coalesce)
}

function part(operands: Operands, name: 'key' | 'start' | 'end'): Translated {
  const key = operands.at(0)
  const type = withoutNull(key.type)
  const inner = typeof type === 'object' && 'windowed' in type ? type.windowed : 'string'
  const text = `${inside(key, Strength.Call)}.${name}`
  if (name === 'key') return made(text, inner)
  return operands.bigints ? made(`BigInt(${text})`, 'long') : made(text, 'long')
}

/** A negated long 0 must not become -0. */
function translateNegation(operands: Operands): Translated {
  const value = operands.at(0)
  if (value.type !== 'long') return made(`-${inside(value, Strength.Call)}`, value.type, Strength.Unary)
  if (operands.bigints) return call(operands.helper('wrap'), [made(`-${inside(value, Strength.Call)}`, 'long')], 'long')
  return made(`0 - ${inside(value, Strength.Product)}`, 'long', Strength.Sum)
}

function translateConcat(operands: Operands): Translated {
  const parts = operands.all().map((part, index) => {
    const [kind, value] = operands.raw(index) as CaseExpression
    return kind === 'lit' && typeof value === 'string' ? templateText(value) : `\${${part.text}}`
  })
  return made(`\`${parts.join('')}\``, 'string')
}

function templateText(text: string): string {
  return JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll('`', '\\`').replaceAll('${', '\\${')
}

function translateObject(operands: Operands): Translated {
  const members = Object.entries(operands.raw(0) as Record<string, CaseExpression>).map(
    ([name, value]) => [name, translateExpression(value, operands.context)] as const,
  )
  const text = members
    .map(([name, value]) => (name === value.text ? name : `${property(name)}: ${value.text}`))
    .join(', ')
  return made(`{ ${text} }`, { obj: Object.fromEntries(members.map(([name, value]) => [name, value.type])) })
}

function translateMapArr(operands: Operands): Translated {
  const items = operands.at(0)
  const name = operands.raw(1) as string
  if (typeof items.type !== 'object' || !('arr' in items.type)) throw new TypeError(`no array: ${items.text}`)
  const variables = new Map(operands.context.variables).set(name, { text: name, type: items.type.arr })
  const body = operands.at(2, variables)
  const text = `${inside(items, Strength.Call)}.map((${name}) => ${lambdaBody(body.text)})`
  return made(text, { arr: body.type })
}

/** An object literal as the body of an arrow function needs parentheses. */
export function lambdaBody(text: string): string {
  return text.startsWith('{') ? `(${text})` : text
}
