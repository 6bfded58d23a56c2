/** Turns the nodes of a graph into receivers, children before parents. */
import { inputsOf, type GraphNode, type PipelineGraph } from '../../dsl/model/graph.js'
import { behindExchange } from './exchanged.js'
import type { ExchangeRole } from './exchanges.js'
import { aggregate } from './operators/aggregate.js'
import { branch } from './operators/branch.js'
import { cogroup } from './operators/cogroup.js'
import { dedupe } from './operators/dedupe.js'
import { filter } from './operators/filter.js'
import { flatMap } from './operators/flat-map.js'
import { forEach } from './operators/for-each.js'
import { foreignKeyJoin } from './operators/foreign-key-join.js'
import { globalTableJoin } from './operators/global-table-join.js'
import { globalTable } from './operators/global-table.js'
import { groupByKey } from './operators/group-by-key.js'
import { groupBy } from './operators/group-by.js'
import { groupTable } from './operators/group-table.js'
import { late } from './operators/late.js'
import { mapRecord } from './operators/map-record.js'
import { map } from './operators/map.js'
import { merge } from './operators/merge.js'
import type { Child, Forward, OperatorContext, Receiver } from './operators/operator.js'
import { peek } from './operators/peek.js'
import { print } from './operators/print.js'
import { processOutput } from './operators/process-output.js'
import { process } from './operators/process.js'
import { repartition } from './operators/repartition.js'
import { selectKey } from './operators/select-key.js'
import { source } from './operators/source.js'
import { split } from './operators/split.js'
import { streamJoin } from './operators/stream-join.js'
import { streamTableJoin } from './operators/stream-table-join.js'
import { suppress } from './operators/suppress.js'
import { tableFilter } from './operators/table-filter.js'
import { tableJoin } from './operators/table-join.js'
import { tableMap } from './operators/table-map.js'
import { tableSource } from './operators/table-source.js'
import { toStream } from './operators/to-stream.js'
import { toTable } from './operators/to-table.js'
import { to } from './operators/to.js'
import { window } from './operators/window.js'

/** What a node needs besides its children. */
export type NodeSurroundings = Omit<OperatorContext, 'node' | 'children' | 'forward'>

/** Where the records of a topic go: to a source, or to a node that stands behind an internal topic. */
export interface Start {
  readonly node: GraphNode
  readonly topic: string
  /** undefined: the topic is the author's. */
  readonly role: ExchangeRole | undefined
  readonly start: Forward
}

export function wire(graph: PipelineGraph, surroundings: (node: GraphNode) => NodeSurroundings): readonly Start[] {
  const receivers = new Map<number, Receiver>()
  const starts: Start[] = []
  for (const node of graph.nodes.toReversed()) {
    const children = childrenOf(graph, node, receivers)
    const forward: Forward = (record) => {
      for (const child of children) child.receive(record, child.port)
    }
    const around = surroundings(node)
    const context = { ...around, node, children, forward }
    const placed = behindExchange(context, receiverOf(node, context))
    receivers.set(node.id, placed.receive)
    if ('topic' in node) {
      const start: Forward = (record) => {
        placed.receive(record, 0)
      }
      starts.push({ node, topic: node.topic.name, role: undefined, start })
    }
    for (const [role, topic] of [...around.internalTopics].toReversed()) {
      const start = placed.starts.get(role)
      if (start !== undefined) starts.push({ node, topic, role, start })
    }
  }
  return starts.toReversed()
}

function childrenOf(graph: PipelineGraph, parent: GraphNode, receivers: ReadonlyMap<number, Receiver>): Child[] {
  return graph.nodes.flatMap((node) =>
    inputsOf(node).flatMap((input, port) => {
      const receive = receivers.get(node.id)
      return input === parent.id && receive !== undefined ? [{ node, receive, port }] : []
    }),
  )
}

function receiverOf(node: GraphNode, context: OperatorContext): Receiver {
  switch (node.kind) {
    case 'source':
      return source(node, context)
    case 'filter':
      return filter(node, context)
    case 'map':
      return map(node, context)
    case 'map-record':
      return mapRecord(node, context)
    case 'flat-map':
      return flatMap(node, context)
    case 'select-key':
      return selectKey(node, context)
    case 'peek':
      return peek(node, context)
    case 'print':
      return print(node, context)
    case 'for-each':
      return forEach(node, context)
    case 'merge':
      return merge(node, context)
    case 'split':
      return split(node, context)
    case 'branch':
      return branch(node, context)
    case 'repartition':
      return repartition(node, context)
    case 'to':
      return to(node, context)
    case 'process':
      return process(node, context)
    case 'process-output':
      return processOutput(node, context)
    case 'dedupe':
      return dedupe(node, context)
    case 'group-by-key':
      return groupByKey(node, context)
    case 'group-by':
      return groupBy(node, context)
    case 'cogroup':
      return cogroup(node, context)
    case 'window':
      return window(node, context)
    case 'aggregate':
      return aggregate(node, context)
    case 'to-stream':
      return toStream(node, context)
    case 'table-source':
      return tableSource(node, context)
    case 'global-table':
      return globalTable(node, context)
    case 'to-table':
      return toTable(node, context)
    case 'table-filter':
      return tableFilter(node, context)
    case 'table-map':
      return tableMap(node, context)
    case 'suppress':
      return suppress(node, context)
    case 'group-table':
      return groupTable(node, context)
    case 'late':
      return late(node, context)
    case 'stream-join':
      return streamJoin(node, context)
    case 'stream-table-join':
      return streamTableJoin(node, context)
    case 'global-table-join':
      return globalTableJoin(node, context)
    case 'foreign-key-join':
      return foreignKeyJoin(node, context)
    case 'table-join':
      return tableJoin(node, context)
  }
}
