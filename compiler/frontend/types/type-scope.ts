/**
 * What the type parameters of generic helpers stand for at one place of the graph. Inside a helper the checker knows
 * only `T`; the calls that led there (recorded while staging) say what it is. TypeScript has no public way to
 * instantiate a type, so the reader of types looks parameters up here instead.
 */
import { ts } from 'ts-morph'
import type { Sites } from '../quote/sites.js'

export interface TypeScope {
  readonly types: ReadonlyMap<ts.Type, ts.Type>
  /** The scope in which the types of this one are written. */
  readonly outer: TypeScope | undefined
}

/** A type with the scope that its parameters are looked up in. */
export interface ScopedType {
  readonly type: ts.Type
  readonly scope: TypeScope | undefined
}

export class TypeScopes {
  readonly #checker: ts.TypeChecker
  readonly #sites: Sites
  readonly #known = new Map<string, TypeScope | undefined>()

  constructor(checker: ts.TypeChecker, sites: Sites) {
    this.#checker = checker
    this.#sites = sites
  }

  /** `frames`: sites of calls of helpers, outermost first. Equal frames give the same scope. */
  at(frames: readonly number[]): TypeScope | undefined {
    const last = frames.at(-1)
    if (last === undefined) return undefined
    const key = frames.join()
    if (!this.#known.has(key)) this.#known.set(key, this.#enter(last, this.at(frames.slice(0, -1))))
    return this.#known.get(key)
  }

  #enter(site: number, outer: TypeScope | undefined): TypeScope | undefined {
    const call = this.#sites.get(site)
    if (call === undefined || !ts.isCallExpression(call)) return outer
    const signature = this.#checker.getResolvedSignature(call)
    const declared = signature?.declaration
    if (signature === undefined || declared === undefined || ts.isJSDocSignature(declared)) return outer
    const parameters = declared.typeParameters ?? []
    const given = this.#checker.getTypeArgumentsForResolvedSignature(signature) ?? []
    const types = new Map<ts.Type, ts.Type>()
    for (const [index, parameter] of parameters.entries()) {
      const type = given[index]
      if (type !== undefined) types.set(this.#checker.getTypeAtLocation(parameter), type)
    }
    return types.size === 0 ? outer : { types, outer }
  }
}

/** Follows type parameters to what they stand for. */
export function instantiated({ type, scope }: ScopedType): ScopedType {
  for (let at = scope; at !== undefined; at = at.outer) {
    const found = at.types.get(type)
    if (found !== undefined) return instantiated({ type: found, scope: at.outer })
  }
  return { type, scope }
}
