/** All groups of the cluster. A group comes into being with its first member or its first commit. */
import { ErrorCode } from '../../../runtime/kafka/protocol/index.js'
import { ClassicGroup } from './classic-group.js'
import type { GroupSettings } from './classic-group.js'

export class GroupCoordinator {
  readonly #groups = new Map<string, ClassicGroup>()
  readonly #settings: GroupSettings

  constructor(settings: GroupSettings) {
    this.#settings = settings
  }

  all(): ClassicGroup[] {
    return [...this.#groups.values()]
  }

  get(id: string): ClassicGroup | undefined {
    return this.#groups.get(id)
  }

  getOrCreate(id: string): ClassicGroup {
    const known = this.#groups.get(id)
    if (known !== undefined) return known
    const group = new ClassicGroup(id, this.#settings)
    this.#groups.set(id, group)
    return group
  }

  delete(id: string): number {
    const group = this.#groups.get(id)
    if (group === undefined) return ErrorCode.GROUP_ID_NOT_FOUND
    if (group.state !== 'Empty') return ErrorCode.NON_EMPTY_GROUP
    group.close()
    group.offsets.deleteAll()
    this.#groups.delete(id)
    return ErrorCode.NONE
  }

  topicDeleted(topic: string): void {
    for (const group of this.#groups.values()) group.offsets.deleteTopic(topic)
  }

  close(): void {
    for (const group of this.#groups.values()) group.close()
    this.#groups.clear()
  }
}
