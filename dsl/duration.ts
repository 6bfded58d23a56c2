/** Lengths of time as authors write them: `'10s'`, `'1.5h'`. */
import type { Arguments } from './model/arguments.js'

/** A number and a unit: ms, s (seconds), m (minutes), h (hours) or d (days of 24 hours). */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Whole ms, 0 or more. `what` names the option in messages. */
export function milliseconds(value: unknown, what: string, args: Arguments): number {
  const ms = signedMilliseconds(value, what, args)
  if (ms < 0) throw args.wrong(`${what} of \`${args.callee}\` is negative`)
  return ms
}

/** As `milliseconds`, at least 1. */
export function positiveMilliseconds(value: unknown, what: string, args: Arguments): number {
  const ms = milliseconds(value, what, args)
  if (ms === 0) throw args.wrong(`${what} of \`${args.callee}\` is zero`)
  return ms
}

/** Joins may look into the future or the past only: `before: '-5s'`. */
export function signedMilliseconds(value: unknown, what: string, args: Arguments): number {
  const found = typeof value === 'string' ? /^(-?\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(value) : null
  const unit = units[found?.[2] ?? '']
  if (found === null || unit === undefined) {
    throw args.wrong(
      `${what} of \`${args.callee}\` is no duration`,
      "write a number and a unit: '500ms', '10s', '5m', '1h', '7d'",
    )
  }
  // 0.1 s are 100 ms, whatever floating point says.
  const ms = Math.round(Number(found[1]) * unit * 1_000) / 1_000
  if (Number.isSafeInteger(ms)) return ms
  throw args.wrong(`${what} of \`${args.callee}\` is no whole number of ms`)
}
