/** What state on disk belongs to, and when it stands for the beginning of a changelog. */

/** What a snapshot belongs to. All of it must match. */
export interface SnapshotIdentity {
  readonly topic: string
  /** A topic that was deleted and created again has another one; zeros before Kafka 2.8. */
  readonly topicId: string
  readonly partition: number
  readonly store: string
  /** Kind and layout of the store. */
  readonly layout: string
}

/** Why a snapshot is not used. */
export class SnapshotRejectedError extends Error {
  override name = 'SnapshotRejectedError'
}

export interface ChangelogRange {
  /** First offset that exists, and the one behind the last. */
  readonly start: number
  readonly end: number
  /** ms, half of its `delete.retention.ms`: later, tombstones may be gone that a snapshot has not seen. Default: 3.5 days. */
  readonly maxAgeMs?: number | undefined
}

/** A changelog of our own keeps tombstones for 7 days. */
const MAX_AGE_MS = 3.5 * 24 * 3600 * 1000

interface SavedHeader extends SnapshotIdentity {
  /** Every change of the changelog before it is there. */
  readonly position: number
  /** Wall clock, ms. */
  readonly savedAt: number
}

/** Throws SnapshotRejectedError. */
export const checkHeader = (
  header: SavedHeader,
  identity: SnapshotIdentity,
  { start, end, maxAgeMs = MAX_AGE_MS }: ChangelogRange,
): void => {
  const { topic, topicId, partition, store, layout, position, savedAt } = header
  if (topicId !== identity.topicId) throw new SnapshotRejectedError('its changelog is another topic of the same name')
  if (topic !== identity.topic || partition !== identity.partition || store !== identity.store) {
    throw new SnapshotRejectedError(`it belongs to store ${store}, changelog ${topic}-${partition}`)
  }
  if (layout !== identity.layout) throw new SnapshotRejectedError('the layout of the store has changed since')
  if (!(position >= start)) throw new SnapshotRejectedError(`the changelog begins at ${start}, behind its ${position}`)
  if (!(position <= end)) throw new SnapshotRejectedError(`the changelog ends at ${end}, before its ${position}`)
  const age = Date.now() - savedAt
  if (!(age <= maxAgeMs)) {
    throw new SnapshotRejectedError('it is so old that the changelog may have forgotten deletions')
  }
}
