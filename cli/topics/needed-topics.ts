/** The topics that pipelines need, with their partitions, beside what the cluster has. */
import type { Manifest, ManifestChangelog } from '../../runtime/abi/index.js'
import {
  changelogSources,
  externalTopics,
  inputTopics,
  internalPartitions,
  ownChangelogs,
} from '../../runtime/executor/topology.js'

export interface NeededTopic {
  readonly topic: string
  /** Those of the application itself are `internal`: their partitions and configuration are not free. */
  readonly kind: 'input' | 'output' | 'internal'
  /** undefined: the default of the brokers. */
  readonly partitions: number | undefined
  readonly config: Readonly<Record<string, string>>
  /** Partitions that it has; undefined: it is missing. */
  readonly found: number | undefined
}

export type FoundPartitions = ReadonlyMap<string, number>

/** Inputs, outputs and dead-letter topics, which the application does not create. */
export function neededExternal(
  manifests: readonly Manifest[],
  found: FoundPartitions,
  partitions: number | undefined,
): readonly NeededTopic[] {
  const inputs = new Set(manifests.flatMap(inputTopics))
  const sources = new Set(manifests.flatMap(changelogSources))
  const names = new Set(manifests.flatMap(externalTopics))
  return [...names].map((topic) => ({
    topic,
    kind: inputs.has(topic) ? 'input' : 'output',
    partitions,
    config: sources.has(topic) ? { 'cleanup.policy': 'compact' } : {},
    found: found.get(topic),
  }))
}

/** Repartition topics and changelogs; `partitions` of inputs that do not exist yet decide, too. */
export function neededInternal(
  manifests: readonly Manifest[],
  found: FoundPartitions,
  partitions: number | undefined,
): readonly NeededTopic[] {
  return manifests.flatMap((manifest) => {
    const counts = internalPartitions(
      manifest,
      (topic) => found.get(topic) ?? partitions,
      (topic) => found.get(topic),
    )
    return internalTopicsOf(manifest).map(({ topic, config }) => ({
      topic,
      kind: 'internal' as const,
      partitions: counts.get(topic) ?? 1,
      config,
      found: found.get(topic),
    }))
  })
}

export const internalTopicsOf = (manifest: Manifest): readonly ManifestChangelog[] => [
  ...manifest.internalTopics,
  ...ownChangelogs(manifest),
]
