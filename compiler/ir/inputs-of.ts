import type { LogicalNode, NodeId } from './logical-plan.js'

/** Nodes whose records a node takes, in the order of its declaration. */
export function inputsOf(node: LogicalNode): readonly NodeId[] {
  if (node.kind === 'source') return []
  return node.kind === 'merge' ? node.inputs : [node.input]
}
