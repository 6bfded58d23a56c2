/** Schema ids of a test driver: slot + 1. Every schema of the manifest is known, no other exists. */
import type { Manifest, TaskSchemas } from '../runtime/abi/index.js'

export const memoryId = (slot: number): number => slot + 1

export class MemorySchemas implements TaskSchemas {
  readonly #slots: ReadonlySet<number>

  constructor({ schemas }: Manifest) {
    this.#slots = new Set(schemas.map(({ slot }) => slot))
  }

  slotOf(id: number): number {
    return this.#slots.has(id - 1) ? id - 1 : -1
  }

  idOf(slot: number): number {
    return memoryId(slot)
  }

  transcode(id: number): Buffer {
    throw new Error(`schema id ${id} needs no transcoding: all of them are known`)
  }
}
