/**
 * Readable, unique labels of operators: the author's name, else the kind with the topic, the branch or the variable that
 * holds the result, else the kind with the node's number.
 */
import { ts } from 'ts-morph'
import type { LogicalNode } from '../../ir/logical-plan.js'

export class Labels {
  readonly #taken = new Set<string>()

  label(node: LogicalNode, call: ts.Node | undefined): string {
    const wanted = node.name ?? `${node.kind}-${subject(node) ?? binding(call) ?? node.id}`
    let label = wanted
    for (let count = 2; this.#taken.has(label); count += 1) label = `${wanted}-${count}`
    this.#taken.add(label)
    return label
  }
}

function subject(node: LogicalNode): string | undefined {
  switch (node.kind) {
    case 'source':
    case 'table-source':
    case 'global-table':
      return node.topic.name
    case 'to':
      return node.target.kind === 'topic' ? node.target.topic.name : undefined
    case 'branch':
      return node.branch
    case 'process-output':
      return node.output
    default:
      return undefined
  }
}

function binding(call: ts.Node | undefined): string | undefined {
  // What is late is a property of the call.
  const value = call !== undefined && ts.isPropertyAccessExpression(call.parent) ? call.parent : call
  const parent = value?.parent
  if (parent === undefined || !ts.isVariableDeclaration(parent) || !ts.isIdentifier(parent.name)) return undefined
  return parent.initializer === value ? parent.name.text : undefined
}
