/** The interpreter as an engine. */
import { interpret, type OutputRecord, type RecordOutcome } from '../compiler/interpret/index.js'
import { serdesBySpec } from '../compiler/interpret/serdes/by-spec.js'
import type { SerdesOfNode, TopicSerdes } from '../compiler/interpret/serdes/element-serde.js'
import type { GraphNode, PipelineGraph, TopicSpec } from '../dsl/model/graph.js'
import { keyPartition } from './key-partition.js'
import type { Engine, EngineOutcome, EngineOutput, PartitionCount, PrintRecord } from './engine.js'

export interface InterpretedEngineOptions {
  readonly partitions: PartitionCount
  readonly print: PrintRecord
  /** Wall clock at the start, ms; default 0. */
  readonly startTime?: number
  /** All tasks of a partition have one stream time. Default: each has its own. */
  readonly oneStreamTime?: boolean
  /** Of internal topics; default: as many as the widest source has. */
  readonly internalPartitions?: (topic: string) => number
  /** Whether `commit` is called. */
  readonly commits?: boolean
  /** Serdes of nodes and of topics outside; default: by declaration, Avro by reference. */
  readonly nodeSerdes?: SerdesOfNode
  readonly topicSerdes?: (topic: TopicSpec) => TopicSerdes
  /** Labels of operators; default: see the interpreter. */
  readonly label?: (node: GraphNode) => string
}

export function interpretedEngine(graph: PipelineGraph, options: InterpretedEngineOptions): Engine {
  const { partitions, print, nodeSerdes, label } = options
  const sources = new Set(graph.nodes.flatMap((node) => ('topic' in node ? [node.topic.name] : [])))
  const most = Math.max(1, ...[...sources].map(partitions))
  const interpreter = interpret(graph, {
    partitions: options.internalPartitions ?? (() => most),
    print: (label, { key, value }) => print(label, key, value),
    tasks: most,
    startTime: options.startTime ?? 0,
    commits: options.commits ?? false,
    oneStreamTime: options.oneStreamTime ?? false,
    ...(nodeSerdes === undefined ? {} : { serdes: nodeSerdes }),
    ...(label === undefined ? {} : { label }),
  })
  const place = (output: OutputRecord): EngineOutput => ({ ...output, partition: keyPartition(output, partitions) })
  const placed = (outcome: RecordOutcome): EngineOutcome => ({
    ...outcome,
    outputs: outcome.outputs.filter(({ topic }) => !interpreter.internalTopics.has(topic)).map(place),
  })
  return {
    name: 'interpreted',
    sources,
    process: (record) => interpreter.process(record).map(placed),
    advanceWallClock: (now) => interpreter.advanceWallClock(now).map(placed),
    serdes: options.topicSerdes ?? serdesBySpec,
    store: (name) => interpreter.stores.get(name)?.(),
    get stores() {
      return [...interpreter.stores.keys()]
    },
    commit: () => {
      interpreter.commit()
    },
    // The state of an interpreter is not written anywhere: what was not committed is undone.
    crash: () => {
      interpreter.abort()
    },
    close: () => undefined,
  }
}
