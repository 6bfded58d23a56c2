/**
 * Copies the values that a function captured into plain data. Identity is kept: what was one object stays one. What
 * cannot be compiled becomes a problem with its path.
 */
import { Handle } from '../../../dsl/model/handle.js'
import type { CapturedValue } from '../../ir/captured-value.js'
import type { CaptureProblem } from './message.js'
import { externalFunction, knownFunction, type AnyFunction, type KnownFunction } from './registry.js'

const nothing: CapturedValue = { kind: 'primitive', value: undefined }

export interface Captured {
  readonly captures: ReadonlyMap<string, CapturedValue>
  readonly problems: readonly CaptureProblem[]
}

/** `known` is shared by all lambdas of a pipeline, so that they share what they captured together. */
export function capture(fn: KnownFunction, known: Map<object, CapturedValue>): Captured {
  const copier = new Copier(known)
  return { captures: copier.variables(fn, undefined, []), problems: copier.problems }
}

class Copier {
  readonly problems: CaptureProblem[] = []
  readonly #known: Map<object, CapturedValue>
  #variable = ''

  constructor(known: Map<object, CapturedValue>) {
    this.#known = known
  }

  /** `variable`: the lambda's own captured variable that led here. */
  variables(fn: KnownFunction, variable: string | undefined, within: readonly object[]): Map<string, CapturedValue> {
    const values = new Map<string, CapturedValue>()
    const holder = fn.captures?.() ?? {}
    for (const name of Object.keys(holder)) {
      this.#variable = variable ?? name
      values.set(name, this.#variableValue(holder, name, within))
    }
    return values
  }

  #variableValue(holder: object, name: string, within: readonly object[]): CapturedValue {
    let value: unknown
    try {
      value = Reflect.get(holder, name)
    } catch {
      // The temporal dead zone: the declaration was never reached.
      return this.#problem('MR2010', name, 'without a value')
    }
    return this.#copy(value, name, within)
  }

  #problem(code: CaptureProblem['code'], path: string, why: string): CapturedValue {
    this.problems.push({ code, variable: this.#variable, path, why })
    return nothing
  }

  #copy(value: unknown, path: string, within: readonly object[]): CapturedValue {
    switch (typeof value) {
      case 'string':
      case 'number':
      case 'boolean':
      case 'bigint':
      case 'undefined':
        return { kind: 'primitive', value }
      case 'symbol':
        return this.#problem('MR2001', path, 'a symbol')
      case 'function':
        return this.#shared(value, within, () => this.#function(value as AnyFunction, path, within))
      case 'object':
        if (value === null) return { kind: 'primitive', value }
        if (within.includes(value)) return this.#problem('MR2001', path, 'a cyclic object')
        return this.#shared(value, within, () => this.#object(value, path, [...within, value]))
    }
  }

  #shared(value: object, within: readonly object[], copy: () => CapturedValue): CapturedValue {
    const known = this.#known.get(value)
    if (known !== undefined && !within.includes(value)) return known
    const before = this.problems.length
    const copied = copy()
    // A copy with a hole must not be taken by a lambda that would then miss the problem.
    if (this.problems.length === before) this.#known.set(value, copied)
    return copied
  }

  #function(fn: AnyFunction, path: string, within: readonly object[]): CapturedValue {
    if (within.includes(fn)) return this.#problem('MR2011', path, 'a function that captures itself')
    const known = knownFunction(fn)
    if (known !== undefined) {
      return { kind: 'lambda', site: known.site.id, captures: this.variables(known, this.#variable, [...within, fn]) }
    }
    const linked = externalFunction(fn)
    if (linked !== undefined) return { kind: 'import', ...linked }
    return this.#problem('MR2002', path, functionName(fn))
  }

  #object(value: object, path: string, within: readonly object[]): CapturedValue {
    if (Array.isArray(value)) {
      return { kind: 'array', items: value.map((item, index) => this.#copy(item, `${path}[${index}]`, within)) }
    }
    if (value instanceof Date) return { kind: 'date', time: value.getTime() }
    if (value instanceof RegExp) return this.#regexp(value, path)
    if (value instanceof Uint8Array) return { kind: 'bytes', base64: Buffer.from(value).toString('base64') }
    if (value instanceof Set) {
      return { kind: 'set', items: [...value].map((item, index) => this.#copy(item, `${path}[${index}]`, within)) }
    }
    if (value instanceof Map) {
      const entries = [...value].map(([key, item]): [CapturedValue, CapturedValue] => [
        this.#copy(key, `key of ${path}`, within),
        this.#copy(item, `${path}.get(${String(key)})`, within),
      ])
      return { kind: 'map', entries }
    }
    if (isPlain(value)) return this.#plain(value, path, within)
    return this.#problem('MR2001', path, kindOf(value))
  }

  #regexp(value: RegExp, path: string): CapturedValue {
    if (!value.global && !value.sticky) return { kind: 'regexp', source: value.source, flags: value.flags }
    return this.#problem(
      'MR2001',
      path,
      'a regular expression with state (flags g and y keep lastIndex between records)',
    )
  }

  #plain(value: object, path: string, within: readonly object[]): CapturedValue {
    const entries: [string, CapturedValue][] = []
    for (const name of Reflect.ownKeys(value)) {
      if (typeof name === 'symbol') return this.#problem('MR2001', path, 'an object with a symbol among its keys')
      const property = Reflect.getOwnPropertyDescriptor(value, name)
      if (property?.get !== undefined) return this.#problem('MR2001', `${path}.${name}`, 'an accessor')
      entries.push([name, this.#copy(property?.value, `${path}.${name}`, within)])
    }
    return { kind: 'object', entries }
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function kindOf(value: object): string {
  if (value instanceof Handle) return `a ${value.kind} (streams meet by merge or join, not inside a lambda)`
  if (value instanceof Promise) return 'a promise'
  return `an instance of class ${value.constructor.name === '' ? '(anonymous)' : value.constructor.name}`
}

export function functionName(fn: AnyFunction): string {
  const name = fn.name === '' ? 'a function' : `'${fn.name}'`
  return /\[native code\]\s*\}$/.test(Function.prototype.toString.call(fn)) ? `${name} (native or bound)` : name
}
