/** A pipeline for those who read records that a task reads as well: what cannot be processed is skipped. */
import type { ErrorPolicy } from '../../dsl/model/graph.js'
import type { GeneratedPipeline } from '../abi/index.js'

/** Dead letters would be written once for each reader, or each restore. The log tells of them. */
export const withoutDeadLetters = (pipeline: GeneratedPipeline): GeneratedPipeline => {
  const skipping = (policy: ErrorPolicy): ErrorPolicy => (policy.kind === 'dead-letter' ? { kind: 'skip' } : policy)
  const { manifest } = pipeline
  return {
    manifest: {
      ...manifest,
      onError: skipping(manifest.onError),
      operators: manifest.operators.map((operator) => ({ ...operator, onError: skipping(operator.onError) })),
    },
    createTask: (subTopology, context) => pipeline.createTask(subTopology, context),
  }
}
