/** What translators of operators share: names of streams, types of nodes, lambdas. */
import type { Case, CaseExpression, CaseOperator, CaseType, NodeTypes } from './case-format.js'
import { isOptional, optional, typeText, withoutNull, type LongForm } from './case-types.js'
import { lambdaBody, translateExpression, type Translated, type Variable } from './expression.js'

/** Names that cannot be variables, or mean something else in a translated file. */
const TAKEN = new Set(
  'in do if for let new try var case else enum null this true void with await break catch class const false super throw while yield delete export import return switch typeof default extends finally function p ctx key value topic pipeline json string stores rows keyValueStore nullable otherwise hopping session sliding tumbling acc left right'.split(
    ' ',
  ),
)

export class Scope {
  readonly long: LongForm
  /** Names of arithmetic.ts in use. */
  readonly helpers = new Set<string>()
  readonly #case: Case

  constructor(testCase: Case, long: LongForm) {
    this.#case = testCase
    this.long = long
  }

  /** Variable that holds a node of the case. */
  name(id: string): string {
    return TAKEN.has(id) || !/^[A-Za-z_]\w*$/.test(id) ? `${id.replace(/\W/g, '_')}Stream` : id
  }

  types(id: string): NodeTypes {
    const types = this.#case.types[id]
    if (types === undefined) throw new TypeError(`no types of node ${id}`)
    return types
  }

  /** Whether some stream of the case has records without a key. */
  get hasNullKeys(): boolean {
    return Object.values(this.#case.types).some(({ key }) => isOptional(key))
  }

  /** `(value, { key }) => …` of [key, value]; what the expression does not mention is left out. */
  recordLambda(input: string, expression: CaseExpression): string {
    return this.lambda(this.parameters(expression), this.recordExpression(input, expression))
  }

  recordExpression(input: string, expression: CaseExpression): Translated {
    const { key, value } = this.types(input)
    return this.expression(
      expression,
      new Map([
        ['key', variable('key', key)],
        ['value', variable('value', value)],
      ]),
    )
  }

  /** As `recordLambda`, behind `toStream` of a table: the value may be null. */
  changeLambda(table: string, expression: CaseExpression): string {
    const { key, value } = this.types(table)
    const types = new Map([
      ['key', variable('key', key)],
      ['value', variable('value', optional(value))],
    ])
    return this.lambda(this.parameters(expression), this.expression(expression, types))
  }

  /**
   * What branches says what it gives, where TypeScript would infer a union of its branches' types, as do arrays, which
   * would be mutable.
   */
  lambda(parameters: string, { text, type }: Translated): string {
    return `${parameters}${this.returns({ text, type })} => ${lambdaBody(text)}`
  }

  returns({ text, type }: Pick<Translated, 'text' | 'type'>): string {
    // A test for null would tell the type of what passes.
    if (type === 'boolean' && /[!=]== null\b/.test(text)) return ': boolean'
    if (hasArrays(type)) return `: ${typeText(type, this.long)}`
    const isPlain = typeof type === 'string' && type !== 'null'
    return isPlain || !/ \? | \?\? |\bnull\b/.test(text) ? '' : `: ${typeText(type, this.long)}`
  }

  /**
   * The values that an aggregate of a node sees: null only in windows that take it, tumbling, hopping and session
   * windows. TypeScript is told so.
   */
  aggregated(id: string, window: unknown = this.#windowOf(id)): Variable {
    const { value } = this.types(id)
    if (!isOptional(value)) return variable('value', value)
    const type = (window as { readonly type?: string } | undefined)?.type
    return type === undefined || type === 'sliding' ? variable('value!', withoutNull(value)) : variable('value', value)
  }

  #windowOf(id: string): unknown {
    const operator: CaseOperator | undefined = this.#case.ops.find((one) => one.id === id)
    return operator?.op === 'windowedBy' ? operator['window'] : undefined
  }

  expression(expression: CaseExpression, variables: ReadonlyMap<string, Variable>): Translated {
    return translateExpression(expression, {
      long: this.long,
      variables,
      helpers: this.helpers,
      root: JSON.stringify(expression),
    })
  }

  /** Parameter list for lambdas over these expressions. */
  parameters(...expressions: readonly CaseExpression[]): string {
    const mentions = (name: string): boolean => expressions.some((expression) => mentionsVariable(expression, name))
    if (mentions('key')) return mentions('value') ? '(value, { key })' : '(_, { key })'
    return mentions('value') ? '(value)' : '()'
  }

  imports(body: string): string {
    const used = [
      'hopping',

      'json',
      'keyValueStore',
      'nullable',
      'otherwise',
      'pipeline',
      'session',
      'sliding',
      'string',
      'topic',
      'tumbling',
    ].filter((name) => new RegExp(`\\b${name}\\b`).test(body))
    for (const type of ['Stream', 'Windowed']) if (new RegExp(`\\b${type}<`).test(body)) used.push(`type ${type}`)
    const lines = [`import { ${used.join(', ')} } from 'millrace'`]
    if (this.helpers.size > 0) lines.push(`import { ${[...this.helpers].sort().join(', ')} } from './arithmetic.js'`)
    return lines.join('\n')
  }
}

function hasArrays(type: CaseType): boolean {
  if (typeof type === 'string') return false
  if ('opt' in type) return hasArrays(type.opt)
  if ('windowed' in type) return hasArrays(type.windowed)
  return 'arr' in type || Object.values(type.obj).some(hasArrays)
}

function variable(text: string, type: Variable['type']): Variable {
  return { text, type }
}

export function mentionsVariable(expression: unknown, name: string): boolean {
  if (Array.isArray(expression)) {
    if (expression[0] === 'lit') return false
    if (expression[0] === 'var') return expression[1] === name
    return expression.some((part) => mentionsVariable(part, name))
  }
  return (
    typeof expression === 'object' &&
    expression !== null &&
    Object.values(expression).some((part) => mentionsVariable(part, name))
  )
}
