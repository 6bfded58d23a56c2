/**
 * MIR -> simpler MIR with the same effects in the same order: rounds of small rules until nothing changes. Relies on
 * locals being unique and on purity as ir/mir-purity.ts has it.
 */
import type { MirFunction, MirLocal, MirLocalId, MirProgram, MirStatement } from '../ir/mir.js'
import type { Disabled } from '../ir/optimizations.js'
import type { RecordTypes } from '../ir/value-type.js'
import { statement } from '../ir/mir-build.js'
import { replaceDates } from './dates.js'
import { removeDeadCode } from './dead-code.js'
import { foldConstants } from './fold-constants.js'
import { propagate } from './propagate.js'
import { replaceScalars } from './scalar-replacement.js'

/** Each round uncovers what the one before left; more nesting than that stays as it is. */
const maxRounds = 10

export function simplify(program: MirProgram, recordTypes: RecordTypes, disabled: Disabled = new Set()): MirProgram {
  return { ...program, functions: program.functions.map((fn) => simplifyFunction(fn, recordTypes, disabled)) }
}

function simplifyFunction(fn: MirFunction, recordTypes: RecordTypes, disabled: Disabled): MirFunction {
  const locals = new Map<MirLocalId, MirLocal>(fn.locals)
  const run = (body: readonly MirStatement[]): readonly MirStatement[] => rounds(body, locals, recordTypes, disabled)
  const body = run(fn.body)
  const subroutines = fn.subroutines.map((subroutine) => ({ ...subroutine, body: run(subroutine.body) }))
  return { ...fn, locals, timestamp: fn.timestamp && simplifyTimestamp(fn.timestamp, run), body, subroutines }
}

/** The result is kept as a last statement, so that the rules see who reads what. */
function simplifyTimestamp(
  timestamp: NonNullable<MirFunction['timestamp']>,
  run: (body: readonly MirStatement[]) => readonly MirStatement[],
): NonNullable<MirFunction['timestamp']> {
  const whole = run([...timestamp.body, statement({ kind: 'return', value: timestamp.result })])
  const last = whole.at(-1)
  if (last?.kind !== 'return' || last.value === undefined) throw new Error('the event time was lost')
  return { body: whole.slice(0, -1), result: last.value }
}

function rounds(
  start: readonly MirStatement[],
  locals: Map<MirLocalId, MirLocal>,
  recordTypes: RecordTypes,
  disabled: Disabled,
): readonly MirStatement[] {
  let body = start
  for (let round = 0; round < maxRounds; round++) {
    const before = JSON.stringify(body, withoutPlaces)
    if (!disabled.has('propagate')) body = propagate(body, locals)
    if (!disabled.has('scalar-replacement')) body = replaceScalars(body, locals, recordTypes)
    if (!disabled.has('dates')) body = replaceDates(body, locals)
    if (!disabled.has('fold-constants')) body = foldConstants(body)
    if (!disabled.has('dead-code')) body = removeDeadCode(body, locals)
    if (JSON.stringify(body, withoutPlaces) === before) break
  }
  return body
}

function withoutPlaces(key: string, value: unknown): unknown {
  if (key === 'span' || key === 'type') return undefined
  return typeof value === 'bigint' ? `${value}n` : value
}
