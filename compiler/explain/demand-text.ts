/** What the decoders of a pipeline's inputs read; everything else is stepped over as bytes. */
import { nodeAt } from '../ir/exchange.js'
import type { ExplainedPipeline } from './explained-pipeline.js'
import { recordDemandText } from './type-text.js'

export function demandLevelText({ levels }: ExplainedPipeline): string {
  const { optimized, demand } = levels
  const label = (id: number): string => optimized.nodes[id]?.label ?? '?'
  const inputs = [...demand.inputs].sort(([a], [b]) => nodeAt(a) - nodeAt(b))
  const edges = [...demand.edges].sort(([a], [b]) => a - b)
  return [
    ...inputs.map(([id, read]) => `${label(nodeAt(id))} decodes: ${recordDemandText(read)}`),
    '',
    ...edges.map(([id, read]) => `behind ${label(id)}: ${recordDemandText(read)}`),
  ].join('\n')
}
