/** Runs the same records through two engines and describes the first difference. */
import type { Wire, WireRecord } from '../../compiler/interpret/index.js'
import type { Engine, EngineOutcome, EngineOutput } from '../../testing/engine.js'

/** An engine, and what its print operators have printed since it was asked last. */
export interface Observed {
  readonly engine: Engine
  printed(): readonly string[]
}

/** undefined: no difference. */
export function difference(expected: Observed, actual: Observed, records: readonly WireRecord[]): string | undefined {
  for (const record of records) {
    const left = observe(expected, record)
    const right = observe(actual, record)
    const line = left.findIndex((text, index) => text !== right[index])
    if (line < 0 && left.length === right.length) continue
    const at = line < 0 ? left.length : line
    return [
      `record ${describeRecord(record)}`,
      `  ${expected.engine.name}: ${left[at] ?? 'nothing more'}`,
      `  ${actual.engine.name}: ${right[at] ?? 'nothing more'}`,
    ].join('\n')
  }
  return undefined
}

/** What became of a record, as lines: outcomes in order, outputs in order within each partition. */
function observe(observed: Observed, record: WireRecord): readonly string[] {
  const outcomes = observed.engine.process(record)
  const done = outcomes.every(({ result }) => result.kind === 'done' || result.kind === 'dropped')
  // Effects of a record that fails later are not promised to be the same.
  const lines = observed.printed()
  return [...outcomes.toSorted(byPlace).flatMap(outcomeLines), ...(done ? lines : [])]
}

/** Between partitions and topics there is no order. */
function byPlace({ record: a }: EngineOutcome, { record: b }: EngineOutcome): number {
  return a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1
}

function outcomeLines({ record, result, outputs }: EngineOutcome): readonly string[] {
  const where = `${record.topic}-${record.partition}@${record.offset}`
  const dead = result.kind === 'dead-lettered'
  const problem = 'operator' in result ? ` by operator ${result.operator}` : ''
  return [`${where} ${result.kind}${problem}`, ...sorted(outputs.map((output) => outputLine(output, dead)))]
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
