/** Whether a process stayed as it was: the last third of its minutes beside the first. */
export interface Minute {
  readonly rss: number
  readonly heap: number
  readonly handles: number
  readonly p50: number
  readonly p99: number
}

/** By how much something may grow, and by how much of it anyhow: small things vary. */
const BOUNDS: readonly (readonly [keyof Minute, number, number])[] = [
  ['rss', 1.2, 20 * 1024 * 1024],
  ['heap', 1.2, 5 * 1024 * 1024],
  ['handles', 1, 3],
  ['p50', 2, 5],
  ['p99', 2, 50],
]

/** What has grown; the first minute is warming up. */
export const growthOf = (minutes: readonly Minute[]): readonly string[] => {
  const warm = minutes.slice(1)
  const third = Math.floor(warm.length / 3)
  if (third === 0) return ['too short to say anything']
  return BOUNDS.flatMap(([what, factor, slack]) => {
    const [before, after] = [median(warm.slice(0, third), what), median(warm.slice(-third), what)]
    return after > before * factor && after > before + slack
      ? [`${what} grew from ${before.toFixed(1)} to ${after.toFixed(1)}`]
      : []
  })
}

const median = (minutes: readonly Minute[], what: keyof Minute): number =>
  minutes.map((minute) => minute[what]).toSorted((a, b) => a - b)[Math.floor(minutes.length / 2)] ?? Number.NaN
