/**
 * Dates and times as text, for JSON that people read and write: ISO 8601, UTC. Values outside the years 0000-9999 have
 * no text here and stay numbers.
 */
const millisPerDay = 86_400_000

/** `2026-01-31`, or undefined outside the four-digit years. */
export function formatDay(day: number): string | undefined {
  const date = new Date(day * millisPerDay)
  const text = Number.isNaN(date.getTime()) ? '' : date.toISOString()
  return text.length === 24 ? text.slice(0, 10) : undefined
}

export function parseDay(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined
  const millis = Date.parse(`${text}T00:00:00Z`)
  // Date.parse takes 02-31 for 03-03 in some engines: only what prints the same was a day.
  return Number.isNaN(millis) || formatDay(millis / millisPerDay) !== text ? undefined : millis / millisPerDay
}

/** `12:30:00.123` for a time of day with that many digits behind the second; undefined outside the day. */
export function formatTimeOfDay(value: number, digits: 3 | 6): string | undefined {
  const unit = 10 ** digits
  if (value < 0 || value >= 86_400 * unit) return undefined
  const seconds = Math.floor(value / unit)
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const fraction = String(value % unit).padStart(digits, '0')
  return `${parts.map((part) => String(part).padStart(2, '0')).join(':')}.${fraction}`
}

export function parseTimeOfDay(text: string, digits: 3 | 6): number | undefined {
  const match = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d+))?)?$/.exec(text)
  if (match === null) return undefined
  const [, hours, minutes, seconds = '0', fraction = ''] = match
  if (fraction.length > digits) return undefined
  const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)
  return whole * 10 ** digits + Number(fraction.padEnd(digits, '0'))
}

/** `2026-01-31T12:30:00.123456Z` for microseconds since the epoch. */
export function formatMicros(micros: bigint): string | undefined {
  const millis = (micros - (((micros % 1000n) + 1000n) % 1000n)) / 1000n
  const date = new Date(Number(millis))
  const text = Number.isNaN(date.getTime()) ? '' : date.toISOString()
  const rest = String(micros - millis * 1000n).padStart(3, '0')
  return text.length === 24 ? `${text.slice(0, -1)}${rest}Z` : undefined
}

/** Instants need a zone: Z or an offset. Up to six digits behind the second. */
export function parseMicros(text: string): bigint | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d)$/.exec(text)
  if (match === null) return undefined
  const [, seconds = '', fraction = '', zone = ''] = match
  const millis = Date.parse(seconds + zone)
  return Number.isNaN(millis) ? undefined : BigInt(millis) * 1000n + BigInt(fraction.padEnd(6, '0'))
}

/** Milliseconds since the epoch; undefined when the text is no instant of ISO 8601 or is finer than that. */
export function parseInstant(text: string): number | undefined {
  const micros = parseMicros(text)
  return micros === undefined || micros % 1000n !== 0n ? undefined : Number(micros / 1000n)
}
