/** Runs the same records through two engines and describes the first difference. */
import type { Wire, WireRecord } from '../../compiler/interpret/index.js'
import type { Engine, EngineOutcome, EngineOutput } from '../../testing/engine.js'

/** An engine, and what its print operators have printed since it was asked last. */
export interface Observed {
  readonly engine: Engine
  printed(): readonly string[]
}

/** How far the wall clock goes behind each record, ms. */
const TICK = 400
/** …and at the end, until nothing waits any more. */
const LAST_TICK = 60_000
/** Which records are processed twice, with a crash between. */
const CRASH_EVERY = 3
/** What engines call the topic of what the wall clock does. */
const CLOCK = 'wall clock'

/** undefined: no difference. */
export function difference(expected: Observed, actual: Observed, records: readonly WireRecord[]): string | undefined {
  let now = 0
  for (const [i, record] of records.entries()) {
    now += i === records.length - 1 ? LAST_TICK : TICK
    if (i % CRASH_EVERY === CRASH_EVERY - 1) {
      const lost = lostAttempt([expected, actual], record)
      if (lost !== undefined) return `record ${describeRecord(record)}, before a crash\n${lost}`
    }
    const processed = compared([expected, actual], ({ engine }) => engine.process(record))
    if (processed.difference !== undefined) return `record ${describeRecord(record)}\n${processed.difference}`
    const due = compared([expected, actual], ({ engine }) => engine.advanceWallClock(now).map(ofClock))
    if (due.difference !== undefined) return `wall clock ${now}\n${due.difference}`
    // What is due would fail again and again.
    if (due.failed) return undefined
  }
  return undefined
}

/** The process dies behind a record that was not committed: the record comes again. */
function lostAttempt(both: readonly [Observed, Observed], record: WireRecord): string | undefined {
  for (const { engine } of both) engine.commit()
  const { difference: found } = compared(both, ({ engine }) => engine.process(record))
  for (const { engine } of both) engine.crash()
  return found
}

interface Compared {
  readonly difference: string | undefined
  readonly failed: boolean
}

function compared(
  [expected, actual]: readonly [Observed, Observed],
  step: (observed: Observed) => readonly EngineOutcome[],
): Compared {
  const outcomes = step(expected)
  const left = linesOf(expected, outcomes)
  const right = linesOf(actual, step(actual))
  const failed = outcomes.some(({ result }) => result.kind === 'failed')
  const line = left.findIndex((text, index) => text !== right[index])
  if (line < 0 && left.length === right.length) return { difference: undefined, failed }
  const at = line < 0 ? left.length : line
  const lines = [
    `  ${expected.engine.name}: ${left[at] ?? 'nothing more'}`,
    `  ${actual.engine.name}: ${right[at] ?? 'nothing more'}`,
  ]
  return { difference: lines.join('\n'), failed }
}

/** What was due has no record; each form tells of it by another one. */
function ofClock(outcome: EngineOutcome): EngineOutcome {
  const { record } = outcome
  return record.topic === CLOCK ? { ...outcome, record: { ...record, partition: 0, offset: 0n } } : outcome
}

/** What became of a record, as lines: outcomes in order, outputs in order within each partition. */
function linesOf(observed: Observed, outcomes: readonly EngineOutcome[]): readonly string[] {
  const done = outcomes.every(({ result }) => result.kind === 'done' || result.kind === 'dropped')
  // Effects of a record that fails later are not promised to be the same.
  const lines = observed.printed()
  const shown = outcomes.filter(({ record: { topic } }) => !isSubscription(topic))
  const told = joined(shown.toSorted(byPlace)).filter((outcome) => !isIdle(outcome))
  return [...told.flatMap(outcomeLines), ...(done ? lines : [])]
}

/** What the sides of a foreign-key join say to one another is a matter of each form. */
function isSubscription(topic: string): boolean {
  return topic.endsWith('-subscription-registration') || topic.endsWith('-subscription-response')
}

/** What was due behind a record is told with it by one form, behind it by the other. */
function joined(outcomes: readonly EngineOutcome[]): readonly EngineOutcome[] {
  const all: EngineOutcome[] = []
  for (const outcome of outcomes) {
    const before = all.at(-1)
    if (before !== undefined && isDone(before) && isDone(outcome) && isOfSame(before, outcome)) {
      all[all.length - 1] = { ...before, outputs: [...before.outputs, ...outcome.outputs] }
    } else all.push(outcome)
  }
  return all
}

/** The wall clock went on, and nothing came of it. */
const isIdle = (outcome: EngineOutcome): boolean =>
  outcome.record.topic === CLOCK && isDone(outcome) && outcome.outputs.length === 0

const isDone = ({ result }: EngineOutcome): boolean => result.kind === 'done'

function isOfSame({ record: a }: EngineOutcome, { record: b }: EngineOutcome): boolean {
  return a.topic === b.topic && a.partition === b.partition && a.offset === b.offset
}

/** Between partitions and topics there is no order. */
function byPlace({ record: a }: EngineOutcome, { record: b }: EngineOutcome): number {
  return a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1
}

function outcomeLines({ record, result, outputs }: EngineOutcome): readonly string[] {
  const where = `${record.topic}-${record.partition}@${record.offset}`
  const dead = result.kind === 'dead-lettered'
  const told = outputs.filter(({ topic }) => !isSubscription(topic))
  const problem = 'operator' in result ? ` by operator ${result.operator}` : ''
  return [`${where} ${result.kind}${problem}`, ...sorted(told.map((output) => outputLine(output, dead)))]
}

/** By partition; the sort is stable. */
function sorted(lines: readonly (readonly [place: string, text: string])[]): string[] {
  return [...lines].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([place, text]) => `${place} ${text}`)
}

/** Headers of dead letters hold messages and stacks, which differ between the forms. */
function outputLine(output: EngineOutput, dead: boolean): readonly [string, string] {
  const { topic, partition, timestamp, key, value, headers } = output
  const shown = dead ? '' : headers.map((header) => ` ${header.key}=${wireText(header.value)}`).join('')
  return [`${topic}-${partition}`, `${wireText(key)} -> ${wireText(value)} @${timestamp}${shown}`]
}

function describeRecord({ topic, partition, offset, key, value, timestamp }: WireRecord): string {
  return `${topic}-${partition}@${offset}: ${wireText(key)} -> ${wireText(value)} @${timestamp}`
}

/** Printable ASCII as it is, everything else as hexadecimal bytes: equal texts mean equal bytes. */
function wireText(wire: Wire): string {
  if (wire === null) return 'null'
  if (!(wire instanceof Uint8Array)) throw new TypeError('a value by reference has no bytes to compare')
  return Array.from(wire, (byte) =>
    byte > 0x20 && byte < 0x7f && byte !== 0x5c ? String.fromCharCode(byte) : `\\${byte.toString(16).padStart(2, '0')}`,
  ).join('')
}
