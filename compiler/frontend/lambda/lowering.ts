/** What the lowering of one lambda gathers: its variables, captures and links, those of inlined functions included. */
import type { CapturedValue } from '../../ir/captured-value.js'
import type { Local, LocalId, ModuleLink } from '../../ir/lambda.js'
import type { FunctionNode, LambdaEnvironment } from './environment.js'

/** Nesting of functions put in place; deeper ones are called. */
const maxDepth = 8

export class Lowering {
  readonly locals: Local[] = []
  readonly captures = new Map<string, CapturedValue>()
  readonly links: ModuleLink[] = []
  /** Variables that hold what may not have been there, whatever the checker says. */
  readonly mayBeUndefined = new Set<LocalId>()
  /** Functions being put in place: meeting one again is recursion. */
  readonly #inPlace: FunctionNode[] = []
  #names = 0

  constructor(readonly environment: LambdaEnvironment) {}

  declare(name: string, mutable: boolean): Local {
    const local: Local = { id: this.locals.length, name: /^[\w$]+$/.test(name) ? name : 'value', mutable }
    this.locals.push(local)
    return local
  }

  /** Name under which the lambda holds a captured value; functions put in place may capture others of the same name. */
  capture(name: string, value: CapturedValue): string {
    const known = this.captures.get(name)
    const own = known === undefined || known === value ? name : this.#fresh(name)
    this.captures.set(own, value)
    return own
  }

  /** Under this very name, since text mentions it. */
  linkAs(local: string, module: string, name: string): void {
    if (!this.links.some((link) => link.local === local)) this.links.push({ local, module, name })
  }

  /** The name under which expressions mention it. */
  link(name: string, module: string, exported: string): string {
    const same = this.links.find((link) => link.module === module && link.name === exported)
    if (same !== undefined) return same.local
    const taken = this.links.some((link) => link.local === name)
    const local = taken ? this.#fresh(name) : name
    this.links.push({ local, module, name: exported })
    return local
  }

  canPutInPlace(node: FunctionNode): boolean {
    return this.#inPlace.length < maxDepth && !this.#inPlace.includes(node)
  }

  putInPlace<T>(node: FunctionNode, work: () => T): T {
    this.#inPlace.push(node)
    try {
      return work()
    } finally {
      this.#inPlace.pop()
    }
  }

  /** What was gathered since; for giving up on a function that turned out not to be understood. */
  snapshot(): () => void {
    const counts = [this.locals.length, this.links.length] as const
    const captures = new Map(this.captures)
    return () => {
      this.locals.length = counts[0]
      this.links.length = counts[1]
      this.captures.clear()
      for (const [name, value] of captures) this.captures.set(name, value)
    }
  }

  #fresh(name: string): string {
    this.#names += 1
    return `${name}$${this.#names}`
  }
}
