/**
 * What quoted modules call (`millrace:staging`): sites of calls, and which function of the author stands where.
 * Functions are known by identity, so a lambda may reach its operator through helpers, arrays or objects.
 */
import { CallSite, type Site } from '../../../dsl/model/call-site.js'
import { Handle } from '../../../dsl/model/handle.js'

// The author's functions are of any type.
export type AnyFunction = (...args: never[]) => unknown
type Captures = () => object

export interface KnownFunction {
  readonly site: Site
  /** The captured variables, as getters. */
  readonly captures: Captures | undefined
}

const functions = new WeakMap<AnyFunction, KnownFunction>()
const externals = new WeakMap<AnyFunction, { readonly module: string; readonly name: string }>()
const anchors = new WeakMap<object, Map<number, Site>>()
const frames: number[] = []

export function callSite(id: number): CallSite {
  return new CallSite(id, [...frames])
}

export function lambda<F extends AnyFunction>(id: number, fn: F, captures?: Captures): F {
  functions.set(fn, { site: { id, frames: [...frames] }, captures })
  return fn
}

export function declared(id: number, fn: AnyFunction, captures?: Captures): void {
  functions.set(fn, { site: { id, frames: [...frames] }, captures })
}

export function methods<T extends object>(object: T, ...entries: readonly (readonly [string, number, Captures?])[]): T {
  for (const [name, id, captures] of entries) {
    const method: unknown = Reflect.get(object, name)
    if (typeof method === 'function') lambda(id, method as AnyFunction, captures)
  }
  return object
}

/** Evaluated before the call of a helper: the depth to go back to. */
export function enter(id: number): number {
  return frames.push(id) - 1
}

/** Evaluated after it; a throw in between is made good by the next one. */
export function leave<T>(depth: number, result: T): T {
  const id = frames[depth]
  frames.length = depth
  if (id !== undefined && result instanceof Handle) {
    const byNode = anchors.get(result.recorder) ?? new Map<number, Site>()
    byNode.set(result.node, { id, frames: [...frames] })
    anchors.set(result.recorder, byNode)
  }
  return result
}

export function external(...entries: readonly (readonly [string, string, unknown])[]): void {
  for (const [module, name, value] of entries) {
    if (typeof value === 'function') externals.set(value as AnyFunction, { module, name })
  }
}

export function knownFunction(fn: AnyFunction): KnownFunction | undefined {
  return functions.get(fn)
}

export function externalFunction(fn: AnyFunction): { readonly module: string; readonly name: string } | undefined {
  return externals.get(fn)
}

/** Anchors of the streams of a recorder, by node. */
export function anchorsOf(recorder: object): ReadonlyMap<number, Site> {
  return anchors.get(recorder) ?? new Map<number, Site>()
}

/** After a builder that threw. */
export function forgetFrames(): void {
  frames.length = 0
}
