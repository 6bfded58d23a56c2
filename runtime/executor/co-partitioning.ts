/** Before anything is read: topics whose keys meet in one operator must have the same partitions. */
import type { Manifest } from '../abi/index.js'
import { isInternal, type PartitionCount } from './topology.js'

export class CoPartitioningError extends Error {
  override readonly name = 'CoPartitioningError'
}

/** Throws CoPartitioningError. */
export const checkCoPartitioning = (manifest: Manifest, partitions: PartitionCount): void => {
  for (const { operator, topics } of manifest.coPartitioned ?? []) {
    const counts = topics.map((topic) => ({ topic, count: partitions(topic) ?? 0 }))
    const most = Math.max(...counts.map(({ count }) => count))
    const narrow = counts.filter(({ count }) => count < most)
    if (narrow.length === 0) continue
    const list = counts.map(({ topic, count }) => `${topic} has ${count} partitions`).join(', ')
    throw new CoPartitioningError(
      `${operator} brings records of the same key together, but ${list}: ${fixesOf(manifest, narrow, most)}`,
    )
  }
}

const fixesOf = (manifest: Manifest, narrow: readonly { readonly topic: string }[], most: number): string => {
  const ours = narrow.filter(({ topic }) => isInternal(manifest, topic)).map(({ topic }) => topic)
  const others = narrow.filter(({ topic }) => !isInternal(manifest, topic)).map(({ topic }) => topic)
  const fixes: string[] = []
  if (others.length > 0) {
    fixes.push(
      `write \`.repartition({ partitions: ${most} })\` behind the stream of ${others.join(', ')}, or make the topic anew with ${most} partitions`,
    )
  }
  if (ours.length > 0) {
    fixes.push(`delete ${ours.join(', ')} while the application is stopped and drained, so that it is made anew`)
  }
  return fixes.join('; ')
}
