/** Faults on request: rules that match requests and take effect a limited number of times, oldest rule first. */
export type RegistryFaultEffect =
  /** Answered instead of doing the work. `retryAfter` in seconds, as a header. */
  | { readonly kind: 'status'; readonly status: number; readonly errorCode?: number; readonly retryAfter?: number }
  /** The request waits before it is handled. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The connection is cut, before the request is handled or after, in place of the answer. */
  | { readonly kind: 'drop'; readonly when: 'before' | 'after' }
  /** Never answered. */
  | { readonly kind: 'freeze' }

export interface RegistryFaultRule {
  /** Default: every method. */
  readonly method?: string
  /** Beginning of the path; default: every path. */
  readonly path?: string
  /** How often it takes effect. Default once. */
  readonly times?: number
  readonly effect: RegistryFaultEffect
}

export class RegistryFaults {
  private rules: { readonly rule: RegistryFaultRule; left: number }[] = []

  add(rule: RegistryFaultRule): void {
    this.rules.push({ rule, left: rule.times ?? 1 })
  }

  clear(): void {
    this.rules = []
  }

  /** The effect on a request, used up by asking. */
  take(method: string, path: string): RegistryFaultEffect | undefined {
    const found = this.rules.find(({ rule }) => (rule.method ?? method) === method && path.startsWith(rule.path ?? ''))
    if (found === undefined) return undefined
    if (--found.left <= 0) this.rules = this.rules.filter((other) => other !== found)
    return found.rule.effect
  }
}
