/** What a task has on disk, in a file that others can read while it is open. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'

export interface HeldState {
  readonly topic: string
  readonly topicId: string
  /** Offset up to which the changelog is in the store. */
  readonly position: number
}

/** In the folder of a task. */
export const DISK_FOLDER = 'disk'
const FILE = 'held.json'

export const writeHeldState = (directory: string, held: readonly HeldState[]): void => {
  const file = path.join(directory, FILE)
  writeFileSync(`${file}.tmp`, JSON.stringify(held))
  renameSync(`${file}.tmp`, file)
}

/** Empty where there is none. */
export const readHeldState = (directory: string): readonly HeldState[] => {
  try {
    return JSON.parse(readFileSync(path.join(directory, FILE), 'utf8')) as readonly HeldState[]
  } catch {
    return []
  }
}
