/**
 * Faults on request: rules that match requests and take effect a limited number of times, in the order in which they
 * were added. Errors are answered by the handlers, everything else happens at the connection.
 */
import type { ApiName } from './api/route.js'

export type FaultEffect =
  /** Answered instead of doing the work, for the whole request or the partition that the rule names. */
  | { readonly kind: 'error'; readonly errorCode: number }
  /** The request waits before it is handled. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The connection is cut, before the request is handled or after, in place of the answer. */
  | { readonly kind: 'drop'; readonly when: 'before' | 'after' }
  /** The answer comes in pieces of so many bytes, one every so many ms. */
  | { readonly kind: 'trickle'; readonly bytes: number; readonly everyMs: number }
  /** The connection stays open and is never answered again: a half-open one. */
  | { readonly kind: 'freeze'; readonly when: 'before' | 'after' }

export interface FaultRule {
  /** Requests of this API; default all. */
  readonly api?: ApiName
  /** Requests to this node; default all. */
  readonly node?: number
  /** Errors only: the topic concerned; default all. */
  readonly topic?: string
  /** Errors only: the partition concerned; default all. */
  readonly partition?: number
  /** How often it takes effect. Default once. */
  readonly times?: number
  readonly effect: FaultEffect
}

interface ActiveRule extends FaultRule {
  left: number
}

const matches = <T>(wanted: T | undefined, actual: T): boolean => wanted === undefined || wanted === actual

export class Faults {
  #rules: ActiveRule[] = []

  add(rule: FaultRule): void {
    this.#rules.push({ ...rule, left: rule.times ?? 1 })
  }

  /** How many more requests the rules wait for. */
  get left(): number {
    return this.#rules.reduce((sum, { left }) => sum + left, 0)
  }

  clear(): void {
    this.#rules = []
  }

  /** The error to answer for a request, or one partition of it; 0 when there is none. */
  takeError(api: ApiName, node: number, topic?: string, partition?: number): number {
    if (this.#rules.length === 0) return 0
    const rule = this.#rules.find(
      (entry) =>
        entry.effect.kind === 'error' &&
        matches(entry.api, api) &&
        matches(entry.node, node) &&
        matches(entry.topic, topic) &&
        matches(entry.partition, partition),
    )
    if (rule?.effect.kind !== 'error') return 0
    this.#use(rule)
    return rule.effect.errorCode
  }

  /** What happens to the connection with this request. */
  takeConnectionEffect(api: ApiName, node: number): FaultEffect | undefined {
    if (this.#rules.length === 0) return undefined
    const rule = this.#rules.find(
      (entry) => entry.effect.kind !== 'error' && matches(entry.api, api) && matches(entry.node, node),
    )
    if (rule === undefined) return undefined
    this.#use(rule)
    return rule.effect
  }

  #use(rule: ActiveRule): void {
    rule.left--
    if (rule.left <= 0) this.#rules = this.#rules.filter((other) => other !== rule)
  }
}
