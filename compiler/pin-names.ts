/** Topics keep the names that they were given first: those of the lock, whatever the operator is called by now. */
import { createHash } from 'node:crypto'
import type { Manifest } from '../runtime/abi/manifest.js'
import type { LockedPipeline } from './topology-lock/lock.js'

export function pinNames(manifest: Manifest, locked: LockedPipeline | undefined): Manifest {
  if (locked === undefined || locked.applicationId !== manifest.applicationId) return manifest
  const pins = pinsOf(manifest.applicationId, locked)
  const pinned = <T extends { readonly topic: string }>(entry: T): T => {
    const topic = pins.get(entry.topic)
    return topic === undefined ? entry : { ...entry, topic }
  }
  if (pins.size === 0) return manifest
  return {
    ...manifest,
    topologyHash: createHash('sha256')
      .update(JSON.stringify([manifest.topologyHash, ...pins]))
      .digest('hex')
      .slice(0, 16),
    subTopologies: manifest.subTopologies.map((sub) => ({ ...sub, inputs: sub.inputs.map(pinned) })),
    sinks: manifest.sinks.map(pinned),
    internalTopics: manifest.internalTopics.map(pinned),
    coPartitioned: manifest.coPartitioned?.map((group) => ({
      ...group,
      topics: group.topics.map((topic) => pins.get(topic) ?? topic),
    })),
    stores: manifest.stores.map((store) => ({ ...store, changelog: store.changelog && pinned(store.changelog) })),
  }
}

/** From the name that an operator would give to the one that is there. */
function pinsOf(applicationId: string, { internalTopics, stores }: LockedPipeline): ReadonlyMap<string, string> {
  const pins = new Map<string, string>()
  const pin = (name: string, topic: string | undefined): void => {
    if (topic !== undefined && topic !== name) pins.set(`${applicationId}-${name}`, `${applicationId}-${topic}`)
  }
  for (const [name, { topic }] of Object.entries(internalTopics)) pin(`${name}-repartition`, topic)
  for (const [name, { changelog, isSource }] of Object.entries(stores)) {
    // A source topic that serves as changelog has no name of ours.
    if (isSource !== true) pin(`${name}-changelog`, changelog)
  }
  return pins
}
