/** Makes a failing list of numbers shorter and smaller, as long as it still fails: what is drawn from it gets simpler. */

export interface ShrinkOptions {
  /** Candidates tried at most: each costs a compilation. */
  readonly attempts: number
}

export async function shrink(
  numbers: readonly number[],
  fails: (candidate: readonly number[]) => Promise<boolean>,
  { attempts }: ShrinkOptions,
): Promise<readonly number[]> {
  let best = numbers
  let left = attempts
  for (let size = Math.ceil(best.length / 2); size >= 1 && left > 0; size = Math.floor(size / 2)) {
    for (let start = best.length - size; start >= 0 && left > 0; start -= size) {
      const shorter = [...best.slice(0, start), ...best.slice(start + size)]
      const zeroed = best.map((number, index) => (index >= start && index < start + size ? 0 : number))
      for (const candidate of [shorter, zeroed]) {
        if (left === 0 || same(candidate, best)) continue
        left--
        if (await fails(candidate)) {
          best = candidate
          break
        }
      }
    }
  }
  return best
}

function same(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((number, index) => number === b[index])
}
