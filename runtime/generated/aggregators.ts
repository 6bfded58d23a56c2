/** What declared aggregators keep beyond a number. A list that is not there is one without items; none is changed. */

/** An integer sum beyond 2^53 would silently be another number. */
export function exactSum(left: number, right: number): number {
  const sum = left + right
  if (Number.isInteger(sum) && !Number.isSafeInteger(sum)) throw new RangeError('the sum is beyond ±(2^53 − 1)')
  return sum
}

type List = readonly unknown[] | undefined

export function distinctWith(values: List, value: unknown): readonly unknown[] {
  if (values === undefined) return [value]
  return values.includes(value) ? values : [...values, value]
}

export function distinctOf(left: List, right: readonly unknown[]): readonly unknown[] {
  return left === undefined ? right : [...new Set([...left, ...right])]
}

/** `limit`: only the last so many. */
export function collected(items: List, item: unknown, limit: number | undefined): readonly unknown[] {
  if (items === undefined) return [item]
  const from = limit === undefined ? 0 : Math.max(0, items.length + 1 - limit)
  return [...(from === 0 ? items : items.slice(from)), item]
}

export function joined(left: List, right: readonly unknown[], limit: number | undefined): readonly unknown[] {
  const all = left === undefined ? right : [...left, ...right]
  return limit === undefined || all.length <= limit ? all : all.slice(-limit)
}

/** The items with the greatest ranks, greatest first; of equals, the earlier. */
export interface Top {
  readonly items: unknown[]
  readonly ranks: number[]
}

export function topWith(
  items: List,
  ranks: readonly number[] | undefined,
  item: unknown,
  rank: number,
  limit: number,
): Top {
  return topOf(items, ranks, [item], [rank], limit)
}

export function topOf(
  leftItems: List,
  leftRanks: readonly number[] | undefined,
  rightItems: readonly unknown[],
  rightRanks: readonly number[],
  limit: number,
): Top {
  const items = [...(leftItems ?? [])]
  const ranks = [...(leftRanks ?? [])]
  for (const [i, rank] of rightRanks.entries()) {
    let at = ranks.length
    while (at > 0 && rank > ranks[at - 1]!) at--
    if (at >= limit) continue
    items.splice(at, 0, rightItems[i])
    ranks.splice(at, 0, rank)
  }
  items.length = Math.min(items.length, limit)
  ranks.length = items.length
  return { items, ranks }
}
