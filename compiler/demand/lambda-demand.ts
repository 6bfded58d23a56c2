/**
 * What one lambda demands of its record when so much of its result is wanted. Walks the body once; every kind of
 * expression that is not listed demands all of what it mentions.
 */
import { none, presence, whole, type Demand } from '../ir/demand.js'
import type { Argument, Expression, Lambda, LocalId, Statement } from '../ir/lambda.js'
import type { RecordTypes } from '../ir/value-type.js'
import {
  ArrayValue,
  Choice,
  Lazy,
  ObjectValue,
  Place,
  Root,
  settledValue,
  test,
  type AbstractValue,
  type ObjectPart,
} from './abstract-value.js'
import { isPure } from './pure.js'

export interface LambdaDemand {
  readonly value: Demand
  readonly key: Demand
  readonly headers: boolean
}

/** `lazy`: pure expressions whose results nobody reads are dropped later, so they demand nothing. Default true. */
export function lambdaDemand(lambda: Lambda, recordTypes: RecordTypes, result: Demand, lazy = true): LambdaDemand {
  const analysis = new Analysis(lambda, recordTypes, lazy)
  const value = analysis.run()
  value.use(result)
  return { value: analysis.value.demand, key: analysis.key.demand, headers: analysis.headers }
}

/** The result as a value, for whoever wants to look into it: `mapRecord` is asked for its key and its value. */
export function lambdaDemandOf(
  lambda: Lambda,
  recordTypes: RecordTypes,
  use: (result: AbstractValue) => void,
  lazy = true,
): LambdaDemand {
  const analysis = new Analysis(lambda, recordTypes, lazy)
  use(analysis.run())
  return { value: analysis.value.demand, key: analysis.key.demand, headers: analysis.headers }
}

/** Of a `(acc, value, ctx)`, whose result is state and needed whole. */
export function foldDemand(lambda: Lambda, recordTypes: RecordTypes, lazy = true): LambdaDemand {
  const analysis = new Analysis(lambda, recordTypes, lazy)
  analysis.run(1).use(whole)
  return { value: analysis.value.demand, key: analysis.key.demand, headers: analysis.headers }
}

/** Of a `(left, right, ctx)`: `left` is the record's value, and the context its own. */
export function joinDemand(
  lambda: Lambda,
  recordTypes: RecordTypes,
  result: Demand,
  lazy = true,
): { readonly left: LambdaDemand; readonly right: Demand } {
  const analysis = new Analysis(lambda, recordTypes, lazy)
  analysis.runJoiner().use(result)
  const { value, key, headers } = analysis
  return { left: { value: value.demand, key: key.demand, headers }, right: analysis.right.demand }
}

/** Array methods whose callback takes an item first, and what they give. */
const itemCallbacks: ReadonlyMap<string, 'scalar' | 'item' | 'array' | 'mapped'> = new Map([
  ['some', 'scalar'],
  ['every', 'scalar'],
  ['forEach', 'scalar'],
  ['findIndex', 'scalar'],
  ['find', 'item'],
  ['findLast', 'item'],
  ['filter', 'array'],
  ['map', 'mapped'],
])

class Analysis {
  readonly value = new Root()
  readonly key = new Root()
  /** Of a joiner: the partner's value. */
  readonly right = new Root()
  headers = false
  readonly #locals = new Map<LocalId, AbstractValue>()
  readonly #mutable: ReadonlySet<LocalId>

  constructor(
    readonly lambda: Lambda,
    readonly recordTypes: RecordTypes,
    readonly lazy: boolean,
  ) {
    const declared = [...lambda.parameters, ...lambda.locals]
    this.#mutable = new Set(declared.filter((item) => item.mutable).map((item) => item.id))
  }

  /** `before`: parameters in front of the value, which are nothing of the record. */
  run(before = 0): AbstractValue {
    for (const parameter of this.lambda.parameters.slice(0, before)) this.#bind(parameter.id, settledValue)
    const [first, second] = this.lambda.parameters.slice(before)
    if (this.lambda.opaque !== undefined) {
      this.value.demand = whole
      if (second !== undefined || this.lambda.text.includes('arguments')) this.#wholeContext()
      return settledValue
    }
    if (first !== undefined) this.#bind(first.id, new Place(this.value, undefined))
    if (second !== undefined) this.#bind(second.id, this.#context())
    return this.#returned(this.lambda.body)
  }

  runJoiner(): AbstractValue {
    const [left, right, context] = this.lambda.parameters
    if (this.lambda.opaque !== undefined) {
      this.value.demand = whole
      this.right.demand = whole
      if (context !== undefined || this.lambda.text.includes('arguments')) this.#wholeContext()
      return settledValue
    }
    if (left !== undefined) this.#bind(left.id, new Place(this.value, undefined))
    if (right !== undefined) this.#bind(right.id, new Place(this.right, undefined))
    if (context !== undefined) this.#bind(context.id, this.#context())
    return this.#returned(this.lambda.body)
  }

  #context(): AbstractValue {
    return {
      type: undefined,
      use: (demand) => {
        if (demand.kind === 'fields') for (const name of demand.fields.keys()) this.#contextField(name)
        else if (demand.kind === 'whole') this.#wholeContext()
      },
      member: (name) => this.#contextField(name),
      item: () => settledValue,
    }
  }

  #contextField(name: string): AbstractValue {
    if (name === 'key') return new Place(this.key, undefined)
    if (name === 'headers') this.headers = true
    return settledValue
  }

  #wholeContext(): void {
    this.key.demand = whole
    this.headers = true
  }

  /** A variable that may be assigned holds any of its values: each is wanted whole. */
  #bind(local: LocalId, value: AbstractValue): void {
    if (!this.#mutable.has(local)) {
      this.#locals.set(local, value)
      return
    }
    value.use(whole)
    this.#locals.set(local, settledValue)
  }

  readonly #isConstant = (local: LocalId): boolean => !this.#mutable.has(local)

  /** What a function body gives back. */
  #returned(body: readonly Statement[]): AbstractValue {
    const results: AbstractValue[] = []
    this.#statements(body, results)
    const [only] = results
    return results.length === 1 && only !== undefined ? only : new Choice(results, undefined)
  }

  #statements(body: readonly Statement[], results: AbstractValue[]): void {
    for (const item of body) this.#statement(item, results)
  }

  #statement(item: Statement, results: AbstractValue[]): void {
    switch (item.kind) {
      case 'let':
        this.#bind(item.local, item.init === undefined ? settledValue : this.#lazily(item.init))
        return
      case 'assign':
      case 'throw':
        this.#use(item.value)
        return
      case 'store':
        this.#use(item.object)
        this.#use(item.property)
        this.#use(item.value)
        return
      case 'expression':
        this.#evaluate(item.value)
        return
      case 'if':
        this.#test(item.test)
        this.#statements(item.then, results)
        this.#statements(item.otherwise, results)
        return
      case 'block':
        this.#statements(item.body, results)
        return
      case 'for-of': {
        const iterable = this.#evaluate(item.iterable)
        if (item.iterable.type.kind === 'array') {
          // Items that nobody looks at have no form of their own to be iterated in: then the array is wanted whole.
          iterable.use(mentions(item.body, item.local) ? { kind: 'items', items: none } : whole)
          this.#bind(item.local, iterable.item())
        } else {
          iterable.use(whole)
          this.#bind(item.local, settledValue)
        }
        this.#statements(item.body, results)
        return
      }
      case 'while':
        this.#test(item.test)
        this.#statements(item.body, results)
        return
      case 'return':
        if (item.value !== undefined) results.push(this.#evaluate(item.value))
        return
      case 'break':
      case 'continue':
        return
    }
  }

  #use(node: Expression): void {
    this.#evaluate(node).use(whole)
  }

  #test(node: Expression): void {
    test(this.#evaluate(node), node.type)
  }

  /** Demands nothing until somebody wants the value, if that cannot be noticed. */
  #lazily(node: Expression): AbstractValue {
    if (!this.lazy || !isPure(node, this.#isConstant)) return this.#evaluate(node)
    return new Lazy(() => this.#evaluate(node), node.type)
  }

  #evaluate(node: Expression): AbstractValue {
    switch (node.kind) {
      case 'literal':
      case 'regexp':
      case 'capture':
      case 'link':
      case 'global':
        return settledValue
      case 'local':
        return this.#locals.get(node.local) ?? settledValue
      case 'member':
        return this.#member(node)
      case 'index':
        return this.#index(node)
      case 'call':
        return this.#call(node)
      case 'new':
        this.#use(node.callee)
        this.#useArguments(node.args)
        return settledValue
      case 'unary':
        this.#unary(node)
        return settledValue
      case 'binary':
        this.#binary(node)
        return settledValue
      case 'logical':
        return this.#logical(node)
      case 'conditional':
        this.#test(node.test)
        return new Choice([this.#evaluate(node.then), this.#evaluate(node.otherwise)], node.type)
      case 'template':
        for (const part of node.expressions) this.#use(part)
        return settledValue
      case 'object':
        return this.#object(node)
      case 'array':
        return this.#array(node)
      case 'function':
        return this.#function(node)
      case 'opaque':
        for (const part of node.text) if (typeof part !== 'string') this.#use(part)
        return settledValue
    }
  }

  #member(node: Expression & { kind: 'member' }): AbstractValue {
    const object = this.#evaluate(node.object)
    const { type } = node.object
    if (node.property === 'length' && isArray(type)) {
      object.use({ kind: 'length' })
      return settledValue
    }
    if (!isRecord(type) && !(object instanceof ObjectValue) && !isContextLike(object, type)) {
      object.use(whole)
      return settledValue
    }
    if (node.optional) object.use(presence)
    return typed(object.member(node.property), node.type)
  }

  #index(node: Expression & { kind: 'index' }): AbstractValue {
    const object = this.#evaluate(node.object)
    const { index } = node
    if (index.kind === 'literal' && typeof index.value === 'string' && isRecord(node.object.type)) {
      return object.member(index.value)
    }
    this.#use(index)
    object.use(whole)
    return settledValue
  }

  #unary(node: Expression & { kind: 'unary' }): void {
    if (node.operator === '!') this.#test(node.operand)
    else if (node.operator === 'void') this.#evaluate(node.operand).use(presence)
    else if (node.operator === 'typeof' && isRecord(node.operand.type)) this.#evaluate(node.operand).use(presence)
    else this.#use(node.operand)
  }

  #binary(node: Expression & { kind: 'binary' }): void {
    const { operator, left, right } = node
    if (operator === '===' || operator === '!==' || operator === '==' || operator === '!=') {
      if (isNothing(right)) this.#evaluate(left).use(presence)
      else if (isNothing(left)) this.#evaluate(right).use(presence)
      else {
        this.#use(left)
        this.#use(right)
      }
      return
    }
    this.#use(left)
    this.#use(right)
  }

  #logical(node: Expression & { kind: 'logical' }): AbstractValue {
    const left = this.#evaluate(node.left)
    test(left, node.left.type)
    const right = this.#evaluate(node.right)
    // Of `&&` the left side flows out too, but then it is falsy: a scalar, demanded by the test, or null.
    if (node.operator === '&&') return right
    return new Choice([left, right], node.type)
  }

  #object(node: Expression & { kind: 'object' }): AbstractValue {
    const parts = node.members.flatMap((item): ObjectPart[] => {
      if (item.kind === 'property') return [{ kind: 'property', name: item.name, value: this.#lazily(item.value) }]
      if (item.kind === 'spread') {
        return [{ kind: 'spread', value: typed(this.#evaluate(item.value), item.value.type) }]
      }
      this.#use(item.name)
      this.#use(item.value)
      return []
    })
    return new ObjectValue(parts, node.type, this.recordTypes)
  }

  #array(node: Expression & { kind: 'array' }): AbstractValue {
    const items = node.items.map((item) => {
      if (item.kind === 'value') return this.#lazily(item.value)
      this.#use(item.value)
      return settledValue
    })
    return new ArrayValue(undefined, items, node.type)
  }

  /** A function that may be called by anybody with anything: what it mentions is demanded as its body does. */
  #function(node: Expression & { kind: 'function' }): AbstractValue {
    for (const parameter of node.parameters) this.#bind(parameter.id, settledValue)
    this.#returned(node.body).use(whole)
    return settledValue
  }

  #call(node: Expression & { kind: 'call' }): AbstractValue {
    const { callee, args } = node
    if (callee.kind === 'function' && args.every((argument) => argument.kind === 'value')) {
      const values = args.map((argument) => typed(this.#lazily(argument.value), argument.value.type))
      for (const [index, parameter] of callee.parameters.entries()) {
        this.#bind(parameter.id, values[index] ?? settledValue)
      }
      return this.#returned(callee.body)
    }
    if (callee.kind === 'member' && isArray(callee.object.type)) return this.#arrayMethod(callee, node)
    if (callee.kind === 'member') this.#use(callee.object)
    else this.#use(callee)
    this.#useArguments(args)
    return settledValue
  }

  #arrayMethod(callee: Expression & { kind: 'member' }, node: Expression & { kind: 'call' }): AbstractValue {
    const gives = itemCallbacks.get(callee.property)
    const [callback, ...others] = node.args
    const array = this.#evaluate(callee.object)
    if (gives === undefined || callback?.value.kind !== 'function' || callback.value.parameters.length > 2) {
      array.use(whole)
      this.#useArguments(node.args)
      return settledValue
    }
    if (callee.optional) array.use(presence)
    // A real array, even where no callback looks at its items: its methods are called.
    array.use({ kind: 'items', items: none })
    const [item, index] = callback.value.parameters
    if (item !== undefined) this.#bind(item.id, array.item())
    if (index !== undefined) this.#bind(index.id, settledValue)
    const result = this.#returned(callback.value.body)
    this.#useArguments(others)
    if (gives === 'mapped') return new ArrayValue(array, [result], node.type)
    result.use(whole)
    if (gives === 'item') return array.item()
    return gives === 'array' ? array : settledValue
  }

  #useArguments(args: readonly Argument[]): void {
    for (const argument of args) this.#use(argument.value)
  }
}

/** The same value with what the type checker knows of it here. */
function typed(value: AbstractValue, type: Expression['type']): AbstractValue {
  if (value.type !== undefined) return value
  return {
    type,
    use: (demand) => {
      value.use(demand)
    },
    member: (name) => value.member(name),
    item: () => value.item(),
  }
}

function isNothing(node: Expression): boolean {
  return (
    (node.kind === 'literal' && (node.value === null || node.value === undefined)) ||
    (node.kind === 'global' && node.name === 'undefined')
  )
}

function isArray(type: Expression['type']): boolean {
  return some(type, (option) => option.kind === 'array')
}

function isRecord(type: Expression['type']): boolean {
  return some(type, (option) => option.kind === 'record')
}

/** One option, and nothing but null and undefined beside it. */
function some(type: Expression['type'], holds: (type: Expression['type']) => boolean): boolean {
  if (type.kind !== 'union') return holds(type)
  const rest = type.types.filter((option) => option.kind !== 'null' && option.kind !== 'undefined')
  return rest.length > 0 && rest.every(holds)
}

/** The record context is the only thing whose fields are known although its type is not a record of ours. */
function isContextLike(value: AbstractValue, type: Expression['type']): boolean {
  return (
    !(value instanceof Place) && !(value instanceof Lazy) && !(value instanceof ArrayValue) && type.kind === 'opaque'
  )
}

/** Whether a body reads a local; the tree is plain data. */
function mentions(node: unknown, local: LocalId): boolean {
  if (typeof node !== 'object' || node === null) return false
  if ('kind' in node && node.kind === 'local' && 'local' in node && node.local === local) return true
  return Object.values(node).some((inner) => mentions(inner, local))
}
