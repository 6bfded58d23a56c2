/**
 * A pipeline under another application id than it was compiled with. The id is consumer group and prefix of internal
 * topics alike: two applications of one pipeline must not write one another's repartition topics and changelogs.
 */
import type { GeneratedPipeline, Manifest } from '../abi/index.js'

export const withApplicationId = (pipeline: GeneratedPipeline, applicationId: string): GeneratedPipeline =>
  pipeline.manifest.applicationId === applicationId
    ? pipeline
    : {
        manifest: renamed(pipeline.manifest, applicationId),
        createTask: (subTopology, context) => pipeline.createTask(subTopology, context),
      }

const renamed = (manifest: Manifest, applicationId: string): Manifest => {
  const prefix = `${manifest.applicationId}-`
  const ours = new Set(manifest.internalTopics.map(({ topic }) => topic))
  const nameOf = (topic: string): string => (ours.has(topic) ? `${applicationId}-${topic.slice(prefix.length)}` : topic)
  const named = <T extends { readonly topic: string }>(entry: T): T => ({ ...entry, topic: nameOf(entry.topic) })
  // A source topic may serve as changelog: that one is the author's and keeps its name.
  for (const { changelog } of manifest.stores) if (changelog?.topic.startsWith(prefix)) ours.add(changelog.topic)
  for (const topic of externalInputs(manifest)) ours.delete(topic)
  return {
    ...manifest,
    applicationId,
    subTopologies: manifest.subTopologies.map((sub) => ({ ...sub, inputs: sub.inputs.map(named) })),
    sinks: manifest.sinks.map(named),
    internalTopics: manifest.internalTopics.map(named),
    coPartitioned: manifest.coPartitioned?.map((group) => ({ ...group, topics: group.topics.map(nameOf) })),
    stores: manifest.stores.map((store) => ({ ...store, changelog: store.changelog && named(store.changelog) })),
  }
}

const externalInputs = ({ subTopologies, internalTopics }: Manifest): readonly string[] => {
  const internal = new Set(internalTopics.map(({ topic }) => topic))
  return subTopologies.flatMap(({ inputs }) => inputs.flatMap(({ topic }) => (internal.has(topic) ? [] : [topic])))
}
