/** Code that writes bytes at a position, while it is made. */
import { comma, join, js, type Code, type Name } from './code.js'
import { Lines } from './lines.js'

/** Where bytes go: names of the buffer, its view and the position in the code around. */
export interface Target {
  readonly lines: Lines
  /** Before the target's buffer is taken: values that are looked at twice, parts that need the scratch buffer. */
  readonly before: Lines
  /** Variables that `before` assigns. */
  readonly declared: Name[]
  /** Upper bound of what is written, as terms of a sum. */
  readonly bound: Code[]
  fixed: number
}

export function newTarget(): Target {
  return { lines: new Lines(), before: new Lines(), declared: [], bound: [], fixed: 0 }
}

export function boundOf(target: Target): Code {
  return join([js`${target.fixed}`, ...target.bound], js` + `)
}

export function appendBefore(lines: Lines, target: Target): void {
  if (target.declared.length > 0) lines.line(js`let ${join(target.declared, comma)}`)
  lines.append(target.before)
}
