/** The lock after a deployment: what was compiled, under the names that are there, with the forms that rows may have. */
import type { LockedInternalTopic, LockedPipeline, LockedStore, TopologyLock } from './lock.js'

/** `reset`: names whose topics were deleted. */
export function acceptPipeline(
  locked: LockedPipeline | undefined,
  compiled: LockedPipeline,
  reset: ReadonlySet<string>,
): LockedPipeline {
  if (locked === undefined || locked.applicationId !== compiled.applicationId) return compiled
  return {
    ...compiled,
    internalTopics: mapValues(compiled.internalTopics, (topic, name) => keepName(locked.internalTopics[name], topic)),
    stores: mapValues(compiled.stores, (store, name) => keepRows(locked.stores[name], store, reset.has(name))),
  }
}

/** The store or internal topic `from` is called `to` in the code from now on, and stays what it is in Kafka. */
export function renameInLock(lock: TopologyLock, from: string, to: string): TopologyLock | undefined {
  const isThere = Object.values(lock.pipelines).some(({ internalTopics, stores }) =>
    [internalTopics, stores].some((entries) => from in entries && !(to in entries)),
  )
  if (!isThere) return undefined
  const heirs = new Map([
    [from, to],
    // The store of an operator's stream time is called after it.
    [`${from}-time`, `${to}-time`],
  ])
  const rename = <T>(entries: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
    Object.fromEntries(
      Object.entries(entries).map(([name, entry]) => {
        const heir = heirs.get(name) ?? name
        return [heir in entries ? name : heir, entry]
      }),
    )
  return {
    pipelines: mapValues(lock.pipelines, (pipeline) => ({
      ...pipeline,
      subTopologies: pipeline.subTopologies.map((inputs) =>
        inputs.map((topic) => (topic === `${from}-repartition` ? `${to}-repartition` : topic)),
      ),
      internalTopics: rename(pipeline.internalTopics),
      stores: rename(pipeline.stores),
    })),
  }
}

function keepName(before: LockedInternalTopic | undefined, topic: LockedInternalTopic): LockedInternalTopic {
  return before === undefined ? topic : { ...topic, topic: before.topic }
}

function keepRows(before: LockedStore | undefined, store: LockedStore, isReset: boolean): LockedStore {
  if (before === undefined) return store
  const isOurs = store.isSource !== true && before.isSource !== true
  const kept = isOurs ? { ...store, changelog: before.changelog } : store
  if (isReset) return kept
  const older = [...before.older, before.rows].filter(({ id }) => id !== store.rows.id)
  return { ...kept, older }
}

function mapValues<T, R>(entries: Readonly<Record<string, T>>, map: (entry: T, name: string) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, map(entry, name)]))
}
