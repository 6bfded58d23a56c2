import type { LogicalNode, LogicalNodeOf, NodeId } from './logical-plan.js'

/** Nodes whose records a node takes, in the order of its declaration. */
export function inputsOf(node: LogicalNode): readonly NodeId[] {
  switch (node.kind) {
    case 'source':
    case 'table-source':
    case 'global-table':
      return []
    case 'merge':
    case 'cogroup':
      return node.inputs
    case 'stream-join':
    case 'stream-table-join':
    case 'global-table-join':
    case 'table-join':
    case 'foreign-key-join':
      return [node.left, node.right]
    default:
      return [node.input]
  }
}

/** The same node, taking the records of others. */
export function withInputs(node: LogicalNode, of: (id: NodeId) => NodeId): LogicalNode {
  switch (node.kind) {
    case 'source':
    case 'table-source':
    case 'global-table':
      return node
    case 'merge':
    case 'cogroup':
      return { ...node, inputs: node.inputs.map(of) }
    case 'stream-join':
    case 'stream-table-join':
    case 'global-table-join':
    case 'table-join':
    case 'foreign-key-join':
      return { ...node, left: of(node.left), right: of(node.right) }
    default:
      return { ...node, input: of(node.input) }
  }
}

/** Where records enter from a topic of the author's. */
export function isSource(node: LogicalNode): node is LogicalNodeOf<'source' | 'table-source' | 'global-table'> {
  return node.kind === 'source' || node.kind === 'table-source' || node.kind === 'global-table'
}
