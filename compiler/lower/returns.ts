/** Where a function body returns: decides whether its returns can become branches without a label. */
import type { Statement } from '../ir/lambda.js'

/** Control never goes on behind these statements. */
export function endsAlways(body: readonly Statement[]): boolean {
  return body.some((item) => {
    switch (item.kind) {
      case 'return':
      case 'throw':
        return true
      case 'if':
        return endsAlways(item.then) && endsAlways(item.otherwise)
      case 'block':
        return endsAlways(item.body)
      default:
        return false
    }
  })
}

export function returnsSomewhere(body: readonly Statement[]): boolean {
  return body.some((item) => {
    switch (item.kind) {
      case 'return':
        return true
      case 'if':
        return returnsSomewhere(item.then) || returnsSomewhere(item.otherwise)
      case 'block':
      case 'for-of':
      case 'while':
        return returnsSomewhere(item.body)
      default:
        return false
    }
  })
}

/**
 * Every return can be reached by turning what follows an `if` into its other branch, without writing anything twice:
 * no return in a loop, and of an `if` with a return at most one branch goes on.
 */
export function returnsInTailPosition(body: readonly Statement[]): boolean {
  for (const [index, item] of body.entries()) {
    if (!returnsSomewhere([item])) continue
    const rest = body.slice(index + 1)
    if (item.kind === 'return') return true
    if (item.kind === 'block') return returnsInTailPosition([...item.body, ...rest])
    if (item.kind !== 'if') return false
    const thenEnds = endsAlways(item.then)
    const otherwiseEnds = endsAlways(item.otherwise)
    if (!thenEnds && !otherwiseEnds && rest.length > 0) return false
    return (
      returnsInTailPosition(thenEnds ? item.then : [...item.then, ...rest]) &&
      returnsInTailPosition(otherwiseEnds ? item.otherwise : [...item.otherwise, ...rest])
    )
  }
  return true
}
