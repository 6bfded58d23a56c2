/**
 * Arguments of a DSL call as they arrive: in a compiled build the quote pass has appended the call site as the last one.
 * The types of the public surface guard what authors write; these checks guard what JavaScript and `any` let through.
 */
import { PipelineError } from '../errors.js'
import { CallSite } from './call-site.js'
import type { AuthorFunction } from './graph.js'

export class Arguments {
  readonly site: CallSite | undefined
  /** Spelling of the call for messages: `filter`. */
  readonly callee: string
  readonly #values: readonly unknown[]

  constructor(callee: string, values: readonly unknown[]) {
    const last = values.at(-1)
    this.callee = callee
    this.site = last instanceof CallSite ? last : undefined
    this.#values = this.site === undefined ? values : values.slice(0, -1)
  }

  get length(): number {
    return this.#values.length
  }

  all(): readonly unknown[] {
    return this.#values
  }

  at(index: number): unknown {
    return this.#values[index]
  }

  function(index: number, what: string): AuthorFunction {
    const value = this.#values[index]
    if (isFunction(value)) return value
    throw this.wrong(`\`${this.callee}\` needs a function as ${what}, not ${describe(value)}`)
  }

  /** Options are a plain object or absent. */
  options(index: number): Readonly<Record<string, unknown>> {
    const value = this.#values[index]
    if (value === undefined) return {}
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
    throw this.wrong(`\`${this.callee}\` takes an object of options, not ${describe(value)}`)
  }

  optionalFunction(value: unknown, what: string): AuthorFunction | undefined {
    if (value === undefined || isFunction(value)) return value
    throw this.wrong(`${what} of \`${this.callee}\` is a function, not ${describe(value)}`)
  }

  neededFunction(value: unknown, what: string): AuthorFunction {
    const found = this.optionalFunction(value, what)
    if (found === undefined) throw this.wrong(`\`${this.callee}\` needs ${what}`)
    return found
  }

  wrong(message: string, help?: string): PipelineError {
    return new PipelineError('MR1211', message, help === undefined ? { site: this.site } : { site: this.site, help })
  }
}

function isFunction(value: unknown): value is AuthorFunction {
  return typeof value === 'function'
}

export function describe(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  switch (typeof value) {
    case 'undefined':
      return 'undefined'
    case 'object':
      return 'an object'
    case 'function':
      return 'a function'
    default:
      return `a ${typeof value}`
  }
}
