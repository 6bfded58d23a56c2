/** What it takes to bring a compiled pipeline out where the locked one runs. */
import { compareStores, resetOf } from './compare-stores.js'
import { sameSerde, serdeText, type Difference } from './difference.js'
import type { LockedInternalTopic, LockedPipeline } from './lock.js'

export function comparePipelines(
  name: string,
  locked: LockedPipeline | undefined,
  compiled: LockedPipeline | undefined,
): readonly Difference[] {
  const pipeline = { kind: 'pipeline', name } as const
  if (compiled === undefined) {
    const fix = 'delete its internal topics when no process of it runs any more'
    return [{ ...pipeline, verdict: 'safe', reason: 'is gone: its group and internal topics stay behind', fix }]
  }
  if (locked === undefined) return [{ ...pipeline, verdict: 'safe', reason: 'is new', fix: undefined }]
  const found: Difference[] = []
  if (locked.applicationId !== compiled.applicationId) {
    const reason = `its application id was ${locked.applicationId} and is ${compiled.applicationId}: another group, without offsets and with empty stores`
    const fix = `set \`id: '${locked.applicationId}'\`; or, where that is what you want, \`millrace plan --accept --reset ${name}\``
    found.push({ ...pipeline, verdict: 'reset', reason, fix })
  }
  found.push(
    ...compareTopics(locked, compiled),
    ...compareStores(locked, compiled),
    ...compareInputs(locked, compiled),
    ...comparePartitions(locked, compiled),
  )
  if (found.length === 0 && locked.topologyHash !== compiled.topologyHash) {
    const reason = 'its sub-topologies have changed: processes of before and after share no tasks'
    found.push({ ...pipeline, verdict: 'rolling', reason, fix: undefined })
  }
  return found
}

function compareTopics(locked: LockedPipeline, compiled: LockedPipeline): readonly Difference[] {
  const found: Difference[] = []
  for (const [name, topic] of Object.entries(compiled.internalTopics)) {
    const before = locked.internalTopics[name]
    if (before !== undefined) found.push(...compareTopic(name, before, topic))
    else
      found.push({ ...inTopic(name), verdict: 'rolling', reason: 'is new: it is created at the start', fix: undefined })
  }
  for (const [name, topic] of Object.entries(locked.internalTopics)) {
    if (compiled.internalTopics[name] !== undefined) continue
    const shared = Object.values(compiled.internalTopics).find(({ alsoFor = [] }) => alsoFor.includes(name))
    found.push(shared === undefined ? gone(name, topic) : merged(name, topic, shared))
  }
  return found
}

function compareTopic(name: string, before: LockedInternalTopic, after: LockedInternalTopic): readonly Difference[] {
  const found: Difference[] = []
  const drain = `let the application read ${name} to its end while its inputs stand still, then ${resetOf(name)}`
  for (const role of ['key', 'value'] as const) {
    if (sameSerde(before[role], after[role])) continue
    const reason = `its ${role}s were ${serdeText(before[role])} and are ${serdeText(after[role])}: records on their way could not be read`
    found.push({ ...inTopic(name), verdict: 'reset', reason, fix: `give the operator another name; or ${drain}` })
  }
  if (before.partitions !== after.partitions) {
    const [was, is] = [partitionsText(before), partitionsText(after)]
    const reason = `had ${was} and has ${is}: keys would be in other partitions than their state`
    found.push({ ...inTopic(name), verdict: 'reset', reason, fix: `set the number back; or ${drain}` })
  }
  return found
}

function partitionsText({ partitions }: LockedInternalTopic): string {
  return partitions === undefined ? 'the partitions of its inputs' : `${partitions} partitions`
}

function gone(name: string, { topic }: LockedInternalTopic): Difference {
  const reason = 'is gone: records that are in it and not processed yet would be lost'
  const fix = `let the application read ${topic} to its end while its inputs stand still, or name the operator '${name}'; then \`millrace plan --accept --reset ${name}\``
  return { ...inTopic(name), verdict: 'reset', reason, fix }
}

/** Several operators read what one of them repartitions. */
function merged(name: string, { topic }: LockedInternalTopic, shared: LockedInternalTopic): Difference {
  const reason = `is gone: ${name} reads ${shared.topic} instead, of the same stream. Records that are in it and not processed yet would be lost`
  const apart = `write \`.repartition({ name: '${name}' })\` before the operator, under another name than its own, so that it keeps the topic`
  const fix = `let the application read ${topic} to its end while its inputs stand still, then \`millrace plan --accept --reset ${name}\`; or ${apart}`
  return { ...inTopic(name), verdict: 'reset', reason, fix }
}

function compareInputs(locked: LockedPipeline, compiled: LockedPipeline): readonly Difference[] {
  const before = new Set(locked.subTopologies.flat())
  const after = new Set(compiled.subTopologies.flat())
  const ours = new Set(
    [locked, compiled].flatMap(({ internalTopics }) => Object.values(internalTopics).map(({ topic }) => topic)),
  )
  const found: Difference[] = []
  for (const topic of after) {
    if (!before.has(topic) && !ours.has(topic))
      found.push({ ...inTopic(topic), verdict: 'rolling', reason: 'is read now', fix: undefined })
  }
  for (const topic of before) {
    if (!after.has(topic) && !ours.has(topic))
      found.push({ ...inTopic(topic), verdict: 'rolling', reason: 'is not read any more', fix: undefined })
  }
  return found
}

/** Topics whose partitions nobody gave keep those that they have; what joins them must fit. */
function comparePartitions(locked: LockedPipeline, compiled: LockedPipeline): readonly Difference[] {
  return Object.entries(compiled.internalTopics).flatMap(([name, { topic, partitions }]): Difference[] => {
    const before = locked.internalTopics[name]
    if (before === undefined || partitions !== undefined || before.partitions !== undefined) return []
    const were = readWith(locked, name, before.topic)
    const others = [...readWith(compiled, name, topic)].filter((other) => !were.has(other))
    if (others.length === 0) return []
    const list = others.join(', ')
    const reason = `is read together with ${list} now, and keeps its partitions: where an operator brings their keys together and ${list} has others, the application does not start`
    const fix = `where they differ, write \`.repartition({ name })\` before the new operator, so that it gets a topic of its own`
    return [{ ...inTopic(name), verdict: 'rolling', reason, fix }]
  })
}

/** What the sub-topology reads beside an internal topic, without those that are made to fit it. */
function readWith({ subTopologies, internalTopics }: LockedPipeline, name: string, topic: string): ReadonlySet<string> {
  const names = [topic, `${name}-repartition`]
  const together = subTopologies.filter((inputs) => inputs.some((input) => names.includes(input))).flat()
  const fitting = Object.entries(internalTopics).flatMap(([other, { topic: its, partitions }]) =>
    partitions === undefined ? [its, `${other}-repartition`] : [],
  )
  return new Set(together.filter((other) => !fitting.includes(other)))
}

const inTopic = (name: string): Pick<Difference, 'kind' | 'name'> => ({ kind: 'topic', name })
