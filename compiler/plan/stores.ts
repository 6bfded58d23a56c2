/** The stores that an operator keeps its state in. */
import { allowedLag } from '../../dsl/model/window-spec.js'
import type { ExchangeRole } from '../ir/exchange.js'
import { accumulatorOf } from '../ir/accumulator.js'
import type { LogicalNode, LogicalNodeOf, LogicalWindow } from '../ir/logical-plan.js'
import type { ResolvedPlan } from '../ir/resolved-plan.js'
import { historyOfRows } from '../ir/rows.js'
import { suppressionDelay } from '../ir/suppression-delay.js'
import { LIFETIME_PORT, lifetimeOf } from '../ir/lifetime.js'
import { isLateByKey } from '../ir/late-rows.js'
import { joinRetention } from '../ir/join-retention.js'
import { storeName, timersOf, timesOf, waitingOf } from '../ir/store-name.js'
import type { TopologyStore } from '../ir/topology.js'
import { inputCount, windowOf } from '../ir/window-of.js'

/**
 * Compact only: Kafka Streams' `compact,delete` loses rows of historic event time within seconds. Tombstones stay for 7
 * days: a snapshot is not used when it is older than half of that.
 */
const changelogConfig = { 'cleanup.policy': 'compact', 'delete.retention.ms': String(7 * 24 * 3_600_000) }

export function storesOf(
  plan: ResolvedPlan,
  node: LogicalNode,
  subTopology: number,
  sends: ExchangeRole | undefined,
): readonly TopologyStore[] {
  const stores = storesInMemory(plan, node, subTopology, sends)
  if (node.store !== 'disk') return stores
  // Stream time is a row, which is looked at for each record.
  return stores.map((store) =>
    store.serdes === undefined && store.kind === 'key-value' ? store : { ...store, location: node.store },
  )
}

function storesInMemory(
  plan: ResolvedPlan,
  node: LogicalNode,
  subTopology: number,
  sends: ExchangeRole | undefined,
): readonly TopologyStore[] {
  if (node.kind === 'foreign-key-join') return foreignKeyStores(plan, node, subTopology, sends)
  if (sends !== undefined) return []
  // Every process reads the topic itself.
  if (node.kind === 'global-table') return []
  if (node.kind === 'aggregate')
    return [...aggregateStores(plan, node, subTopology), ...lifetimes(plan, node, subTopology)]
  if (node.kind === 'late') return lateStores(plan, node, subTopology)
  if (node.kind === 'stream-join') return joinStores(plan, node, subTopology)
  if (node.kind === 'process') return processorStores(plan, node, subTopology)
  if (node.kind === 'dedupe') return dedupeStores(plan, node, subTopology)
  return (plan.states.get(node.id) ?? []).flatMap(({ port, serdes }): readonly TopologyStore[] => {
    const name = storeName(node, port)
    const rows = keyed(plan, { node: node.id, subTopology, name, columns: 0, serdes })
    const time = keyed(plan, { node: node.id, subTopology, name: timesOf(name), columns: 2, serdes: undefined })
    const history = historyOfRows(plan.nodes, node, port)
    if (history !== undefined) return [{ ...rows, kind: 'window', bucketMs: bucketOf(history), ranges: true }, time]
    if (node.kind === 'suppress' && port === 0) {
      return [{ ...rows, kind: 'buffer', columns: 1, bucketMs: bucketOf(suppressionDelay(plan.nodes, node)) }, time]
    }
    if (port === LIFETIME_PORT && lifetimeOf(node) !== undefined) return lifetimes(plan, node, subTopology)
    if (node.kind !== 'stream-table-join' || port !== 0) return [rows]
    return [{ ...rows, kind: 'buffer', bucketMs: bucketOf(node.grace ?? 0) }, time]
  })
}

/** When keys were changed last, and stream time. */
function lifetimes(plan: ResolvedPlan, node: LogicalNode, subTopology: number): readonly TopologyStore[] {
  const ttl = lifetimeOf(node)
  if (ttl === undefined) return []
  const name = storeName(node, LIFETIME_PORT)
  const common = { node: node.id, subTopology, serdes: undefined }
  const rows = keyed(plan, { ...common, name, columns: 0 })
  const time = keyed(plan, { ...common, name: timesOf(name), columns: 2 })
  return [{ ...rows, kind: 'buffer', bucketMs: bucketOf(ttl) }, time]
}

function aggregateStores(
  plan: ResolvedPlan,
  node: LogicalNodeOf<'aggregate'>,
  subTopology: number,
): readonly TopologyStore[] {
  const name = storeName(node, 0)
  const { columns } = accumulatorOf(plan, node)
  const serdes = plan.states.get(node.id)?.[0]?.serdes
  const rows = keyed(plan, { node: node.id, subTopology, name, columns, serdes })
  const window = windowOf(plan.nodes, node)
  if (window === undefined) return [rows]
  // Stream time is committed as state is: a restart neither reopens windows nor repeats final results.
  const time = keyed(plan, {
    node: node.id,
    subTopology,
    name: timesOf(name),
    columns: 1 + inputCount(plan.nodes, node),
    serdes: undefined,
  })
  return [{ ...rows, ...windowed(window, inputCount(plan.nodes, node)) }, time]
}

/** Stream time; of sessions their bounds, since a record may extend one that is open; of keys their newest records. */
function lateStores(plan: ResolvedPlan, node: LogicalNodeOf<'late'>, subTopology: number): readonly TopologyStore[] {
  const name = storeName(node, 0)
  const window = windowOf(plan.nodes, node)
  const time = (store: string): TopologyStore =>
    keyed(plan, { node: node.id, subTopology, name: store, columns: 2, serdes: undefined })
  if (window === undefined || !isLateByKey(window)) return [time(name)]
  const serdes = plan.states.get(node.id)?.[0]?.serdes
  const rows = keyed(plan, { node: node.id, subTopology, name, columns: 0, serdes })
  return [{ ...rows, ...windowed(window, 1) }, time(timesOf(name))]
}

function windowed(window: LogicalWindow, inputs: number): Pick<TopologyStore, 'kind' | 'bucketMs' | 'ranges'> {
  const part = (retention: number): number => Math.max(1, Math.ceil(retention / BUCKETS))
  switch (window.kind) {
    case 'time':
      return { kind: 'window', bucketMs: window.advance, ranges: false }
    case 'sliding':
      return { kind: 'window', bucketMs: part(3 * window.difference + window.grace), ranges: true }
    case 'session':
      return {
        kind: 'session',
        bucketMs: part(2 * window.gap + window.grace + allowedLag(window, inputs)),
        ranges: false,
      }
  }
}

/** Right rows and subscriptions are where answers come from; left rows and results where they go. */
function foreignKeyStores(
  plan: ResolvedPlan,
  node: LogicalNodeOf<'foreign-key-join'>,
  subTopology: number,
  sends: ExchangeRole | undefined,
): readonly TopologyStore[] {
  if (sends === 'subscription-registration') return []
  const here: readonly number[] = sends === undefined ? [0, 2] : [1, 3]
  const sides = (plan.states.get(node.id) ?? []).filter(({ port }) => here.includes(port))
  return sides.map(({ port, serdes }): TopologyStore => {
    const name = storeName(node, port)
    if (port !== 3) return keyed(plan, { node: node.id, subTopology, name, columns: 0, serdes })
    const rows = keyed(plan, { node: node.id, subTopology, name, columns: 1, serdes: undefined })
    return { ...rows, kind: 'prefixed' }
  })
}

/** Rows of both sides, stream time, and what waits. */
function joinStores(
  plan: ResolvedPlan,
  node: LogicalNodeOf<'stream-join'>,
  subTopology: number,
): readonly TopologyStore[] {
  const name = node.name ?? node.label
  const common = { node: node.id, subTopology, columns: 0 }
  const bucketMs = bucketOf(joinRetention(node))
  const sides = ([0, 1] as const).map((port): TopologyStore => {
    const serdes = plan.states.get(node.id)?.find((rows) => rows.port === port)?.serdes
    const rows = keyed(plan, { ...common, name: storeName(node, port), serdes })
    return { ...rows, kind: 'window', bucketMs, ranges: true }
  })
  const time = keyed(plan, { ...common, name: timesOf(name), columns: 2, serdes: undefined })
  const waiting = keyed(plan, { ...common, name: waitingOf(name), serdes: undefined })
  return [...sides, time, ...(node.join === 'inner' ? [] : [{ ...waiting, kind: 'buffer' as const, bucketMs }])]
}

/** Those that the author has declared, stream time with the next punctuation, and timers by time. */
function processorStores(
  plan: ResolvedPlan,
  node: LogicalNodeOf<'process'>,
  subTopology: number,
): readonly TopologyStore[] {
  const name = storeName(node, 0)
  const common = { node: node.id, subTopology, columns: 0 }
  const own = (plan.states.get(node.id) ?? []).flatMap(({ port, serdes, outer }): readonly TopologyStore[] => {
    const spec = node.stores[port - 1]
    if (spec === undefined) return []
    const rows = keyed(plan, { ...common, name: storeName(node, port), serdes })
    return [
      { ...rows, kind: spec.kind === 'map' ? 'prefixed' : 'key-value', ttlMs: spec.ttl, outer, ...placeOf(spec.store) },
    ]
  })
  const time = keyed(plan, { ...common, name: timesOf(name), columns: 3, serdes: undefined })
  const clocks = (['stream', 'wall'] as const).filter((clock) => node.timers.some((timer) => timer.clock === clock))
  const timers = clocks.map((clock): TopologyStore => {
    const rows = keyed(plan, { ...common, name: timersOf(name, clock), serdes: undefined })
    return { ...rows, kind: 'buffer', bucketMs: TIMER_BUCKET_MS }
  })
  return [...own, time, ...timers]
}

/** Those that went on, by key and what makes them equal. */
function dedupeStores(
  plan: ResolvedPlan,
  node: LogicalNodeOf<'dedupe'>,
  subTopology: number,
): readonly TopologyStore[] {
  const common = { node: node.id, subTopology, serdes: undefined }
  const name = storeName(node, 0)
  const rows = keyed(plan, { ...common, name, columns: 0 })
  const time = keyed(plan, { ...common, name: timesOf(name), columns: 2 })
  return [{ ...rows, kind: 'window', bucketMs: bucketOf(2 * node.within), ranges: true }, time]
}

/** How far ahead timers are set is not known: of a minute some thousand are sorted at a time. */
const TIMER_BUCKET_MS = 60_000

function placeOf(location: TopologyStore['location']): Pick<TopologyStore, 'location'> {
  return location === undefined ? {} : { location }
}

/** Into so many parts the time that is kept is divided. */
const BUCKETS = 64

function bucketOf(kept: number): number {
  return Math.max(1, Math.ceil(kept / BUCKETS))
}

function keyed(
  plan: ResolvedPlan,
  store: Pick<TopologyStore, 'node' | 'subTopology' | 'name' | 'columns' | 'serdes'>,
): TopologyStore {
  const changelog = { topic: `${plan.applicationId}-${store.name}-changelog`, config: changelogConfig }
  return { ...store, kind: 'key-value', bucketMs: 1, ranges: false, changelog }
}
