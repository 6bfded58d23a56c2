/** Gathers what a pass finds, so that all errors of a run are told at once. The same finding is kept once. */
import { isError, type Diagnostic } from './diagnostic.js'

export class Collector {
  readonly #found = new Map<string, Diagnostic>()

  add(...diagnostics: readonly Diagnostic[]): void {
    for (const diagnostic of diagnostics) this.#found.set(identity(diagnostic), diagnostic)
  }

  get hasErrors(): boolean {
    return this.diagnostics.some(isError)
  }

  get diagnostics(): readonly Diagnostic[] {
    const found = [...this.#found.values()]
    return found.filter((diagnostic) => !found.some((other) => tellsMore(other, diagnostic)))
  }
}

/** TypeScript complains about the name of an unknown topic, too, and knows less of it. */
function tellsMore(ours: Diagnostic, theirs: Diagnostic): boolean {
  if (ours.code !== 'MR1003' || !theirs.code.startsWith('TS')) return false
  const { span: outer } = ours
  const { span: inner } = theirs
  if (outer === undefined || inner === undefined || outer.file !== inner.file) return false
  return outer.start <= inner.start && inner.end <= outer.end
}

function identity({ code, message, span }: Diagnostic): string {
  return JSON.stringify([code, message, span?.file, span?.start, span?.end])
}

/** Errors first, then by place: the order in which people read them. */
export function inReadingOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.toSorted(
    (a, b) =>
      rank(a) - rank(b) ||
      compare(a.span?.file ?? '', b.span?.file ?? '') ||
      (a.span?.start ?? 0) - (b.span?.start ?? 0) ||
      compare(a.code, b.code),
  )
}

function rank(diagnostic: Diagnostic): number {
  if (isError(diagnostic)) return 0
  return diagnostic.severity === 'warning' ? 1 : 2
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
