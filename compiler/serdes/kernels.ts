/** Which kernels the tasks have: stores by name, how their keys and rows are written and read. */
import { accumulatorOf } from '../ir/accumulator.js'
import { resolveSchemas } from '../../avro/resolve.js'
import type { AvroSchema } from '../../avro/schema.js'
import { allowedLag } from '../../dsl/model/window-spec.js'
import { whole, type Demand, type PlanDemand } from '../ir/demand.js'
import { joinRetention } from '../ir/join-retention.js'
import { isLateByKey } from '../ir/late-rows.js'
import { LIFETIME_PORT, lifetimeOf } from '../ir/lifetime.js'
import type { LogicalNode, LogicalNodeOf, NodeId } from '../ir/logical-plan.js'
import type { Kernel, StateCodec } from '../ir/module-ir.js'
import type { ResolvedPlan, ResolvedSerde, RowsPort, SideRows } from '../ir/resolved-plan.js'
import { historyOfRows, windowedAggregateOf } from '../ir/rows.js'
import { storeName, timersOf, timesOf, waitingOf } from '../ir/store-name.js'
import { suppressionDelay } from '../ir/suppression-delay.js'
import type { Topology, TopologyGlobalTable } from '../ir/topology.js'
import { inputCount, windowOf } from '../ir/window-of.js'
import type { CodecBuilder } from './codec-table.js'
import { rowDemand } from './row-demand.js'

export class KernelBuilder {
  constructor(
    readonly topology: Topology,
    readonly resolved: ResolvedPlan,
    readonly demand: PlanDemand,
    readonly codecs: CodecBuilder,
  ) {}

  kernels(): readonly Kernel[] {
    const kept = [...this.topology.operators.values()].flatMap(({ node }) =>
      node.kind === 'global-table'
        ? []
        : node.kind === 'stream-join'
          ? [this.streamJoin(node)]
          : node.kind === 'process'
            ? [this.processor(node)]
            : (this.resolved.states.get(node.id) ?? []).map((side) => this.kernel(node, side)),
    )
    const restored = this.topology.sourceRestores.flatMap(({ id, node }) =>
      kept.flatMap((kernel) => (kernel.operator === node ? [{ ...kernel, subTopology: id }] : [])),
    )
    return [...kept, ...restored, ...this.topology.globalTables.flatMap((table) => this.globalKernels(table))]
  }

  /** One where the table is read, and one wherever it is looked at. */
  private globalKernels({ node, name, subTopology }: TopologyGlobalTable): readonly Kernel[] {
    const { subTopologies, operators } = this.topology
    const joins = (id: number): boolean => {
      const operator = operators.get(id)?.node
      return operator?.kind === 'global-table-join' && operator.right === node
    }
    const [rows] = this.resolved.states.get(node) ?? []
    if (rows === undefined) throw new Error(`global table ${name} has no serdes`)
    const value = this.stateCodec(rows.serdes.value, this.rowDemand(node, 0))
    return subTopologies
      .filter((sub) => sub.id === subTopology || sub.operators.some(joins))
      .map(({ id }) => ({ kind: 'rows', operator: node, port: 0, subTopology: id, store: name, value, global: true }))
  }

  private streamJoin(node: LogicalNodeOf<'stream-join'>): Kernel {
    const [left, right] = this.resolved.states.get(node.id) ?? []
    const stores = this.topology.stores.filter((store) => store.node === node.id)
    const [first] = stores
    if (left === undefined || right === undefined || first === undefined) throw new Error(`${node.label} has no rows`)
    const name = node.name ?? node.label
    const { before, after, grace } = node
    return {
      kind: 'stream-join',
      operator: node.id,
      port: 0,
      subTopology: first.subTopology,
      store: storeName(node, 0),
      rightStore: storeName(node, 1),
      times: timesOf(name),
      waiting: node.join === 'inner' ? undefined : waitingOf(name),
      key: this.stateCodec(left.serdes.key),
      left: this.stateCodec(left.serdes.value),
      right: this.stateCodec(right.serdes.value),
      window: { before, after, grace, retention: joinRetention(node) },
    }
  }

  private processor(node: LogicalNodeOf<'process'>): Kernel {
    const [own, ...stores] = this.resolved.states.get(node.id) ?? []
    const name = storeName(node, 0)
    const store = timesOf(name)
    const times = this.topology.stores.find((candidate) => candidate.name === store)
    if (own === undefined || times === undefined) throw new Error(`${node.label} has no state`)
    const timersBy = (clock: 'stream' | 'wall'): string | undefined =>
      node.timers.some((timer) => timer.clock === clock) ? timersOf(name, clock) : undefined
    const { timers, keepsKey, outputs, punctuate } = node
    return {
      kind: 'processor',
      ...{ operator: node.id, port: 0, subTopology: times.subTopology, store },
      key: this.stateCodec(own.serdes.key),
      stores: stores.flatMap(({ port, serdes }) => {
        const spec = node.stores[port - 1]
        if (spec === undefined) return []
        const codecs = { key: this.stateCodec(serdes.key), value: this.stateCodec(serdes.value) }
        return [{ name: spec.name, store: storeName(node, port), kind: spec.kind, ...codecs }]
      }),
      ...{ timers, keepsKey, outputs },
      streamTimers: timersBy('stream'),
      wallTimers: timersBy('wall'),
      punctuate: punctuate && { every: punctuate.every, clock: punctuate.clock },
    }
  }

  private kernel(node: LogicalNode, { port, serdes }: SideRows): Kernel {
    const name = storeName(node, port)
    const store = this.topology.stores.find((candidate) => candidate.name === name)
    if (store === undefined) throw new Error(`${node.label} has no store`)
    const common = { operator: node.id, port, subTopology: store.subTopology, store: name }
    if (node.kind === 'foreign-key-join' && port === 3) {
      return { ...common, kind: 'subscriptions', value: this.stateCodec(serdes.value) }
    }
    const ttl = port === LIFETIME_PORT ? lifetimeOf(node) : undefined
    if (ttl !== undefined) {
      return { ...common, kind: 'lifetimes', key: this.stateCodec(serdes.key), times: timesOf(name), ttl }
    }
    if (node.kind === 'dedupe') return { ...common, kind: 'deduplication', times: timesOf(name), within: node.within }
    const history = historyOfRows(this.resolved.nodes, node, port)
    if (history !== undefined) {
      return { ...common, kind: 'versions', value: this.stateCodec(serdes.value), times: timesOf(name), history }
    }
    if (node.kind === 'suppress' && port === 0) {
      const { nodes } = this.resolved
      return {
        ...common,
        kind: 'suppression',
        key: this.stateCodec(serdes.key),
        value: this.stateCodec(serdes.value),
        times: timesOf(name),
        delay: suppressionDelay(nodes, node),
        maxRecords: node.maxRecords ?? Infinity,
        early: node.onFull === 'emit-early',
        byEnd: node.until === 'window-closes',
        byWall: node.clock === 'wall',
        windowed: windowedAggregateOf(nodes, node.input) !== undefined,
      }
    }
    if (node.kind === 'late') {
      const window = windowOf(this.resolved.nodes, node)
      if (window === undefined) throw new Error(`${node.label} has no windows`)
      const times = isLateByKey(window) ? timesOf(name) : name
      return { ...common, kind: 'late', window, lag: allowedLag(window, 1), times }
    }
    if (node.kind === 'stream-table-join' && port === 0) {
      const [key, value] = [this.stateCodec(serdes.key), this.stateCodec(serdes.value)]
      return { ...common, kind: 'join-buffer', key, value, times: timesOf(name), grace: node.grace ?? 0 }
    }
    if (node.kind !== 'aggregate')
      return {
        ...common,
        kind: 'rows',
        value: this.stateCodec(serdes.value, this.rowDemand(node.id, port)),
        global: false,
      }
    const window = windowOf(this.resolved.nodes, node)
    return {
      ...common,
      kind: 'aggregate',
      key: this.stateCodec(serdes.key),
      value: accumulatorOf(this.resolved, node).value && this.stateCodec(serdes.value),
      window: window && {
        spec: window,
        lag: allowedLag(window, inputCount(this.resolved.nodes, node)),
        times: timesOf(name),
      },
    }
  }

  private rowDemand(node: NodeId, port: RowsPort): Demand {
    return rowDemand(this.resolved.nodes, this.demand, node, port)
  }

  private stateCodec(serde: ResolvedSerde, demand: Demand = whole): StateCodec {
    if (serde.kind !== 'avro')
      return { kind: 'plain', serde: serde.kind, longs: serde.kind === 'json' ? serde.longs : undefined }
    const { resolution } = resolveSchemas(serde.schema, serde.schema)
    return {
      kind: 'avro',
      encoder: this.codecs.encoder(serde.schema, serde.long),
      decoder: this.codecs.decoder(resolution, demand, serde.long),
      doubles: doublesOf(serde.schema),
    }
  }
}

function doublesOf(schema: AvroSchema): readonly string[] | undefined {
  if (schema.type !== 'record' || schema.fields.length === 0) return undefined
  return schema.fields.every((field) => field.schema.type === 'double')
    ? schema.fields.map(({ name }) => name)
    : undefined
}
