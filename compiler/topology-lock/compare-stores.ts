/** Stores of one pipeline: those that are deployed against those that were compiled. */
import { canRead } from '../../avro/compatibility.js'
import { parseSchemaOrThrow } from '../../avro/parse-schema.js'
import { sameSerde, serdeText, type Difference } from './difference.js'
import type { LockedMeaning, LockedPipeline, LockedRows, LockedSerde, LockedStore } from './lock.js'
import { lastingMeaning } from './meaning.js'

export function compareStores(locked: LockedPipeline, compiled: LockedPipeline): readonly Difference[] {
  const found: Difference[] = []
  for (const [name, store] of Object.entries(compiled.stores)) {
    const before = locked.stores[name]
    if (before !== undefined) found.push(...compareStore(name, before, store))
    else if (!isHeir(locked, compiled, store)) {
      const reason = 'is new: it begins empty, at the offsets where the application stands'
      found.push({ ...inStore(name), verdict: 'rolling', reason, fix: undefined })
    }
  }
  for (const [name, store] of Object.entries(locked.stores)) {
    if (compiled.stores[name] === undefined) found.push(gone(name, store, locked, compiled))
  }
  return found
}

/** Rows of the store in every form that may be there can be read; empty: they can. */
export function unreadable(store: LockedStore, forms: readonly LockedRows[]): readonly string[] {
  return forms.flatMap(({ value }) => problems(value, store.rows.value))
}

function compareStore(name: string, before: LockedStore, after: LockedStore): readonly Difference[] {
  const differences: Difference[] = []
  const differs = (verdict: Difference['verdict'], reason: string, fix: string | undefined): void => {
    differences.push({ ...inStore(name), verdict, reason, fix })
  }
  const anew = `give the operator another name, so that it begins with a new store beside this one; or ${resetOf(name)}`
  if (!sameSerde(before.key, after.key)) {
    const reason = `its key was ${serdeText(before.key)} and is ${serdeText(after.key)}: no row would be found again, and keys would be in other partitions`
    differs('refused', reason, anew)
  }
  if (before.location !== after.location) {
    const [was, is] = [placeText(before), placeText(after)]
    const reason = `was ${was} and is ${is}: a process that restarts reads its changelog once from the start`
    differs('safe', reason, undefined)
  }
  const moved = movedChangelog(name, before, after)
  if (moved !== undefined) differs(moved.verdict, moved.reason, moved.fix)
  const changed = changedMeaning(before, after)
  if (changed !== undefined) differs('reset', changed, anew)
  if (
    before.rows.id === after.rows.id ||
    differences.some(({ verdict }) => verdict === 'reset' || verdict === 'refused')
  ) {
    const softened = changedMeaning(before, after, true)
    if (changed === undefined && softened !== undefined) differs('rolling', softened, undefined)
    return differences
  }
  const errors = unreadable(after, [...before.older, before.rows])
  if (errors.length > 0) {
    const reason = `the schema of its values has changed, and rows that are there cannot be read with the new one: ${errors.join('; ')}`
    differs('refused', reason, `give new fields a default (\`| null\`, or a default in the schema); or ${anew}`)
  } else {
    const reason = `the schema of its values has changed from ${serdeText(before.rows.value)} to ${serdeText(after.rows.value)}: rows that are there are read by schema resolution, and processes of before cannot read the new ones`
    differs('rolling', reason, undefined)
  }
  return differences
}

/** What its rows are restored from is another topic. */
function movedChangelog(
  name: string,
  before: LockedStore,
  after: LockedStore,
): Pick<Difference, 'verdict' | 'reason' | 'fix'> | undefined {
  if (after.isSource !== true && before.isSource !== true) return undefined
  if (before.changelog === after.changelog) return undefined
  if (before.isSource !== true) {
    const reason = `its rows are restored from topic ${after.changelog ?? ''} from now on, no more from a changelog of its own, which stays behind`
    const fix = `delete the topic <application id>-${before.changelog ?? name} when no process needs it`
    return { verdict: 'rolling', reason, fix }
  }
  const now = after.isSource === true ? `topic ${after.changelog ?? ''}` : 'a changelog of its own, which is empty'
  const reason = `its rows were restored from topic ${before.changelog ?? ''} and are from ${now}: they would be gone after a restart`
  const fix = `stop the application, set the group's offsets of the topic back to its start, and \`millrace plan --accept --reset ${name}\``
  return { verdict: 'reset', reason, fix }
}

function placeText({ location }: LockedStore): string {
  return location === undefined ? 'in memory' : 'on disk'
}

function problems(writer: LockedSerde, reader: LockedSerde): readonly string[] {
  if (sameSerde(writer, reader)) return []
  if (writer.kind !== 'avro' || reader.kind !== 'avro') return [`${serdeText(writer)} is no ${serdeText(reader)}`]
  return canRead(parseSchemaOrThrow(reader.schema), parseSchemaOrThrow(writer.schema)).map(
    ({ path, message }) => `${path}: ${message}`,
  )
}

/** `all`: also what does not touch rows, as a window's grace. */
function changedMeaning(before: LockedStore, after: LockedStore, all = false): string | undefined {
  const left: LockedMeaning = { ...form(before), ...(all ? before.meaning : lastingMeaning(before.meaning)) }
  const right: LockedMeaning = { ...form(after), ...(all ? after.meaning : lastingMeaning(after.meaning)) }
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort()
  const changes = names.flatMap((name) => {
    const [was, is] = [left[name], right[name]]
    return was === is ? [] : [`${name} was ${text(was)} and is ${text(is)}`]
  })
  if (changes.length === 0) return undefined
  return all ? changes.join(', ') : `its rows mean something else: ${changes.join(', ')}`
}

function form({ kind, columns }: LockedStore): LockedMeaning {
  return { store: kind, columns }
}

function text(value: string | number | boolean | undefined): string {
  return value === undefined ? 'not set' : String(value)
}

function gone(name: string, store: LockedStore, locked: LockedPipeline, compiled: LockedPipeline): Difference {
  const heir = Object.entries(compiled.stores).find(
    ([other, candidate]) =>
      locked.stores[other] === undefined && candidate.rows.id === store.rows.id && sameSerde(candidate.key, store.key),
  )
  if (heir === undefined) {
    const reason = 'is gone: its changelog stays behind'
    const fix = `delete the topic <application id>-${store.changelog ?? name} when no process needs it`
    return { ...inStore(name), verdict: 'rolling', reason, fix }
  }
  const [heirName] = heir
  const reason = `is gone, and ${heirName}, which keeps the same, is new: as it stands, ${heirName} begins empty`
  const fix = `\`millrace plan --rename ${name}=${heirName}\` keeps the rows; or name the operator '${name}'; or ${resetOf(name)}`
  return { ...inStore(name), verdict: 'reset', reason, fix }
}

/** Its predecessor is reported as gone, with what to do. */
function isHeir(locked: LockedPipeline, compiled: LockedPipeline, store: LockedStore): boolean {
  return Object.entries(locked.stores).some(
    ([name, before]) =>
      compiled.stores[name] === undefined && before.rows.id === store.rows.id && sameSerde(before.key, store.key),
  )
}

export function resetOf(name: string): string {
  return `stop the application, delete what is in Kafka under this name, and \`millrace plan --accept --reset ${name}\``
}

const inStore = (name: string): Pick<Difference, 'kind' | 'name'> => ({ kind: 'store', name })
