/** Topics of pipelines on the embedded broker. */
import type { CompiledPipeline } from '../../compiler/index.js'
import type { EmbeddedBroker } from '../../embedded/index.js'
import { changelogSources } from '../../runtime/executor/topology.js'

/** More than one partition, so that what depends on it shows early. */
const partitions = 2
/** Of topics that tables are restored from. */
const compacted = { 'cleanup.policy': 'compact' }

/** Inputs, outputs and dead-letter topics that are not there yet. Internal topics are created by the application. */
export class DevTopics {
  readonly #created = new Set<string>()

  constructor(private readonly broker: EmbeddedBroker) {}

  async createFor(pipelines: readonly CompiledPipeline[]): Promise<void> {
    const internal = new Set(pipelines.flatMap(({ manifest }) => manifest.internalTopics.map(({ topic }) => topic)))
    const sources = new Set(pipelines.flatMap(({ manifest }) => changelogSources(manifest)))
    // Those that an earlier run left.
    for (const topic of Object.keys((await this.broker.stats()).endOffsets)) this.#created.add(topic)
    for (const topic of pipelines.flatMap(topicsOf)) {
      if (topic === '' || internal.has(topic) || this.#created.has(topic)) continue
      await this.broker.createTopic(topic, { partitions, config: sources.has(topic) ? compacted : {} })
      this.#created.add(topic)
    }
  }
}

function topicsOf({ manifest }: CompiledPipeline): readonly string[] {
  const policies = [manifest.onError, ...manifest.operators.map(({ onError }) => onError)]
  return [
    ...manifest.subTopologies.flatMap(({ inputs }) => inputs.map(({ topic }) => topic)),
    ...manifest.globalTables.map(({ input }) => input.topic),
    ...manifest.sinks.map(({ topic }) => topic),
    ...policies.flatMap((policy) => (policy.kind === 'dead-letter' ? [policy.topic] : [])),
  ]
}
