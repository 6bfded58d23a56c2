/** Turns a recorded graph into plain data: functions become ids of lambdas with copies of what they captured. */
import { PipelineError } from '../../../dsl/errors.js'
import { CallSite, type Site } from '../../../dsl/model/call-site.js'
import type { AggregatorSpec } from '../../../dsl/model/aggregation.js'
import type { AuthorFunction, GraphNode, PipelineGraph, TopicSpec } from '../../../dsl/model/graph.js'
import type { SerdeSpec } from '../../../dsl/model/serde-spec.js'
import type { CapturedValue } from '../../ir/captured-value.js'
import type {
  LambdaId,
  LogicalAggregation,
  LogicalAggregator,
  LogicalNode,
  LogicalNodeBase,
  LogicalTopic,
} from '../../ir/logical-plan.js'
import { capture, functionName } from './capture.js'
import type { StagedLambda, StagedNode, StagedPipeline } from './message.js'
import { knownFunction } from './registry.js'

export function serializeGraph(
  graph: PipelineGraph,
  site: Site | undefined,
  anchors: ReadonlyMap<number, Site>,
): StagedPipeline {
  const serializer = new Serializer()
  for (const node of graph.nodes) {
    refuseTwoReadings(graph, node)
  }
  const nodes = graph.nodes.map((node): StagedNode => ({
    node: serializer.node(node),
    site: origin(node.site),
    anchor: anchors.get(node.id),
    onError: node.onError,
    topic: origin(topicOf(node)?.site),
  }))
  const { name, applicationId, onError } = graph
  return { name, applicationId, onError, site, nodes, lambdas: serializer.lambdas }
}

/** One record of a topic would have to be two things at once. */
function refuseTwoReadings(graph: PipelineGraph, node: GraphNode): void {
  if (node.kind !== 'table-source' && node.kind !== 'global-table') return
  const { name } = node.topic
  const other = graph.nodes.find((each) => each.id !== node.id && topicOf(each)?.name === name && each.kind !== 'to')
  if (other !== undefined) throw notYet(`reading topic ${name} twice, as a ${readings[node.kind]}, is`, node)
}

const readings = { 'table-source': 'table', 'global-table': 'global table' } as const

function notYet(what: string, node: GraphNode): PipelineError {
  const help = 'it runs in the test driver, interpreted'
  return new PipelineError('MR1218', `${what} not compiled yet`, { help, site: callSite(node.site) })
}

function topicOf(node: GraphNode): TopicSpec | undefined {
  if (node.kind === 'source' || node.kind === 'table-source' || node.kind === 'global-table') return node.topic
  if (node.kind !== 'to') return undefined
  return node.target.kind === 'topic' ? node.target.topic : node.target.like
}

function callSite(site: Site | undefined): CallSite | undefined {
  return site === undefined ? undefined : new CallSite(site.id, site.frames)
}

function origin(site: Site | undefined): Site | undefined {
  return site === undefined ? undefined : { id: site.id, frames: site.frames }
}

class Serializer {
  readonly lambdas: StagedLambda[] = []
  readonly #captured = new Map<object, CapturedValue>()

  node(node: GraphNode): LogicalNode {
    const base: LogicalNodeBase = {
      id: node.id,
      name: node.name,
      label: '',
      span: undefined,
      onError: node.onError ?? { kind: 'fail' },
      ...(node.store === undefined ? {} : { store: node.store }),
    }
    switch (node.kind) {
      case 'source':
        return { ...base, kind: node.kind, topic: this.#topic(node.topic) }
      case 'filter':
        return {
          ...base,
          kind: node.kind,
          input: node.input,
          predicate: this.#lambda(node.predicate),
          negated: node.negated,
        }
      case 'map-record':
        return { ...base, kind: node.kind, ...keyed(node), mapper: this.#lambda(node.mapper) }
      case 'map':
      case 'flat-map':
        return { ...base, kind: node.kind, input: node.input, mapper: this.#lambda(node.mapper) }
      case 'select-key':
        return { ...base, kind: node.kind, ...keyed(node), selector: this.#lambda(node.selector) }
      case 'peek':
      case 'for-each':
        return { ...base, kind: node.kind, input: node.input, action: this.#lambda(node.action) }
      case 'print':
        return { ...base, kind: node.kind, input: node.input, printLabel: node.label }
      case 'merge':
        return { ...base, kind: node.kind, inputs: node.inputs }
      case 'split': {
        const branches = node.branches.map(({ name, predicate }) => ({ name, predicate: this.#optional(predicate) }))
        return { ...base, kind: node.kind, input: node.input, branches }
      }
      case 'branch':
        return { ...base, kind: node.kind, input: node.input, branch: node.branch }
      case 'repartition':
        return { ...base, kind: node.kind, ...keyed(node), partitions: node.partitions }
      case 'to':
        return this.#sink(node, base)
      case 'table-source': {
        const { kind, history, ttl, restoredFrom } = node
        return { ...base, kind, topic: this.#topic(node.topic), history, ttl, restoredFrom }
      }
      case 'global-table':
        return { ...base, kind: node.kind, topic: this.#topic(node.topic) }
      case 'table-filter':
        return {
          ...base,
          kind: node.kind,
          input: node.input,
          predicate: this.#lambda(node.predicate),
          negated: node.negated,
        }
      case 'table-map':
        return { ...base, kind: node.kind, input: node.input, mapper: this.#lambda(node.mapper) }
      case 'suppress': {
        const { kind, input, until, clock, maxRecords, onFull } = node
        return { ...base, kind, input, until, clock, maxRecords, onFull }
      }
      case 'group-table':
        return { ...base, kind: node.kind, ...keyed(node), selector: this.#lambda(node.selector) }
      case 'stream-join': {
        const { kind, left, right, join, before, after, grace } = node
        return { ...base, kind, left, right, join, before, after, grace, joiner: this.#lambda(node.joiner) }
      }
      case 'stream-table-join': {
        const { kind, left, right, join, grace, waitForTable } = node
        return { ...base, kind, left, right, join, joiner: this.#lambda(node.joiner), grace, waitForTable }
      }
      case 'global-table-join': {
        const { kind, left, right, join } = node
        return { ...base, kind, left, right, join, key: this.#lambda(node.key), joiner: this.#lambda(node.joiner) }
      }
      case 'foreign-key-join': {
        const { kind, left, right, join } = node
        const lambdas = { foreignKey: this.#lambda(node.foreignKey), joiner: this.#lambda(node.joiner) }
        return { ...base, kind, left, right, join, ...lambdas }
      }
      case 'table-join': {
        const { kind, left, right, join } = node
        return { ...base, kind, left, right, join, joiner: this.#lambda(node.joiner) }
      }
      case 'process': {
        const { kind, input, timers, punctuate, keepsKey, gathers, outputs } = node
        return {
          ...base,
          ...{ kind, input, timers, keepsKey, gathers, outputs },
          stores: node.stores.map((store) => ({
            ...store,
            key: plainSerde(store.key),
            value: plainSerde(store.value) ?? store.value,
          })),
          process: this.#lambda(node.process),
          onTimer: this.#optional(node.onTimer),
          punctuate: punctuate && { ...punctuate, run: this.#lambda(punctuate.run) },
        }
      }
      case 'process-output':
        return { ...base, kind: node.kind, input: node.input, output: node.output }
      case 'dedupe':
        return { ...base, kind: node.kind, input: node.input, within: node.within, by: this.#optional(node.by) }
      case 'group-by-key':
      case 'late':
      case 'to-stream':
        return { ...base, kind: node.kind, input: node.input }
      case 'to-table':
        return { ...base, kind: node.kind, input: node.input, ttl: node.ttl }
      case 'group-by':
        return { ...base, kind: node.kind, ...keyed(node), selector: this.#lambda(node.selector) }
      case 'cogroup':
        return {
          ...base,
          kind: node.kind,
          inputs: node.inputs,
          initial: this.#lambda(node.initial),
          adds: node.adds.map((add) => this.#lambda(add)),
        }
      case 'window':
        return { ...base, kind: node.kind, input: node.input, window: node.window }
      case 'aggregate':
        return { ...base, kind: node.kind, input: node.input, aggregation: this.#aggregation(node), ttl: node.ttl }
    }
  }

  #aggregation(node: Extract<GraphNode, { kind: 'aggregate' }>): LogicalAggregation {
    const { aggregation } = node
    switch (aggregation.kind) {
      case 'count':
        return aggregation
      case 'reduce':
        return {
          kind: 'reduce',
          add: this.#lambda(aggregation.add),
          subtract: this.#optional(aggregation.subtract),
        }
      case 'fold':
        return {
          kind: 'fold',
          initial: this.#lambda(aggregation.initial),
          add: this.#lambda(aggregation.add),
          subtract: this.#optional(aggregation.subtract),
          merge: this.#optional(aggregation.merge),
        }
      case 'declared':
        return {
          kind: 'declared',
          fields: aggregation.fields.map(({ name, aggregator }) => ({
            name,
            aggregator: this.#aggregator(aggregator),
          })),
        }
      case 'cogroup':
        return { kind: 'cogroup', merge: this.#optional(aggregation.merge) }
    }
  }

  #aggregator(spec: AggregatorSpec): LogicalAggregator {
    switch (spec.kind) {
      case 'count':
        return { kind: 'count' }
      case 'topK':
        return { kind: 'topK', of: this.#lambda(spec.of), by: this.#lambda(spec.by), limit: spec.limit }
      case 'collect':
        return { kind: 'collect', of: this.#lambda(spec.of), limit: spec.limit }
      case 'custom':
        return {
          kind: 'custom',
          initial: this.#lambda(spec.initial),
          add: this.#lambda(spec.add),
          merge: this.#optional(spec.merge),
          subtract: this.#optional(spec.subtract),
          result: this.#optional(spec.result),
        }
      default:
        return { kind: spec.kind, of: this.#lambda(spec.of) }
    }
  }

  #sink(node: Extract<GraphNode, { kind: 'to' }>, base: LogicalNodeBase): LogicalNode {
    const { target } = node
    return {
      ...base,
      kind: 'to',
      input: node.input,
      target:
        target.kind === 'topic'
          ? { kind: 'topic', topic: this.#topic(target.topic) }
          : { kind: 'chosen', choose: this.#lambda(target.choose), like: this.#topic(target.like) },
      headers: this.#optional(node.headers),
      timestamp: this.#optional(node.timestamp),
    }
  }

  #topic(topic: TopicSpec): LogicalTopic {
    const { name, key, value } = topic
    return {
      name,
      key: plainSerde(key),
      value: plainSerde(value),
      timestamp: this.#optional(topic.timestamp),
      span: undefined,
    }
  }

  #optional(fn: AuthorFunction | undefined): LambdaId | undefined {
    return fn === undefined ? undefined : this.#lambda(fn)
  }

  #lambda(fn: AuthorFunction): LambdaId {
    const known = knownFunction(fn)
    if (known === undefined) {
      const problem = { code: 'MR2002', variable: undefined, path: fn.name, why: functionName(fn) } as const
      return this.lambdas.push({ site: undefined, captures: new Map(), problems: [problem] }) - 1
    }
    return this.lambdas.push({ site: known.site, ...capture(known, this.#captured) }) - 1
  }
}

function keyed({ input, keySerde }: { readonly input: number; readonly keySerde: SerdeSpec | undefined }) {
  return { input, ...(keySerde === undefined ? {} : { keySerde: plainSerde(keySerde) }) }
}

/** Call sites are instances of a class; what is cloned between threads is their data. */
function plainSerde(serde: SerdeSpec | undefined): SerdeSpec | undefined {
  if (serde === undefined) return undefined
  if (serde.kind === 'nullable') return { kind: 'nullable', inner: plainSerde(serde.inner) ?? serde.inner }
  return serde.kind === 'avro' || serde.kind === 'json' ? { ...serde, site: origin(serde.site) } : serde
}
