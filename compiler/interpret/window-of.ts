/** What the windows of a table say about it. */
import type { Windowed } from '../../dsl/windowed.js'
import { inputsOf, type PipelineGraph } from '../../dsl/model/graph.js'

/** How long after its end a window of the table is still open, in stream time. */
export function closingDelay(graph: PipelineGraph, id: number): number {
  const node = graph.nodes[id]
  if (node === undefined) throw new RangeError(`there is no node ${id}`)
  if (node.kind === 'window') {
    const { window } = node
    return window.grace + (window.kind === 'session' ? window.gap : 0)
  }
  const [input] = inputsOf(node)
  if (input === undefined) throw new TypeError('a table without windows cannot wait for their end')
  return closingDelay(graph, input)
}

export function isWindowed(key: unknown): key is Windowed<unknown> {
  return typeof key === 'object' && key !== null && 'key' in key && 'start' in key && 'end' in key
}
