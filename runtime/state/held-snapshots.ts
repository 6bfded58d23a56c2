/** What the snapshots of a state directory hold: told to the group, so that tasks go where their state is. */
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { DISK_FOLDER, readHeldState } from './disk/held-state.js'
import { readSnapshotHeader } from './snapshot.js'

/**
 * Sum of the changelog offsets of a task's snapshots, by task as text. `isCurrent` tells whether a topic still is the one
 * that a snapshot belongs to.
 */
export const heldSnapshots = (
  directory: string,
  isCurrent: (topic: string, topicId: string) => boolean,
): ReadonlyMap<string, number> => {
  const held = new Map<string, number>()
  for (const task of entriesOf(directory)) {
    if (!/^\d+_\d+$/.test(task)) continue
    for (const file of entriesOf(path.join(directory, task))) {
      if (!file.endsWith('.snapshot')) continue
      const header = readSnapshotHeader(path.join(directory, task, file))
      if (header === undefined || !isCurrent(header.topic, header.topicId)) continue
      held.set(task, (held.get(task) ?? 0) + header.position)
    }
    for (const { topic, topicId, position } of readHeldState(path.join(directory, task, DISK_FOLDER))) {
      if (isCurrent(topic, topicId)) held.set(task, (held.get(task) ?? 0) + position)
    }
  }
  return held
}

const entriesOf = (directory: string): readonly string[] => {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}
