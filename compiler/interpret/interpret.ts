/**
 * The reference interpreter: runs a recorded graph with the author's own functions, full values and no cleverness, one
 * record at a time. It is the oracle of the compiler and the engine of uncompiled tests. Kafka Streams' order: depth
 * first, children in declaration order, internal topics after the record.
 */
import type { ErrorPolicy, GraphNode, PipelineGraph } from '../../dsl/model/graph.js'
import { Change } from './change.js'
import { nodeAt, placeOf, roleAt } from '../ir/exchange.js'
import { exchangesOf, sharedExchanges, type ExchangeRole } from './exchanges.js'
import { deadLetter } from './dead-letter.js'
import { InternalTopics } from './internal-topics.js'
import { partitionFor } from './murmur2.js'
import { OperatorFailure, SOURCE_DECODER } from './operator-failure.js'
import type { RecordOutcome, RecordProblem, RecordResult } from './outcome.js'
import { readSource } from './read-source.js'
import type { StoreRow } from './operators/operator.js'
import type { FlowRecord, OutputRecord, WireRecord } from './record.js'
import { byReference, exchangedBySpec, serdesBySpec } from './serdes/by-spec.js'
import type { SerdesOfNode, TopicSerdes } from './serdes/element-serde.js'
import { partitionBytes } from './wire.js'
import { Journal } from './state/journal.js'
import { keyOrderOf } from './state/key-order.js'
import { exchangedKeySpec } from './state/key-spec.js'
import { TaskClock } from './task-clock.js'
import { TaskGroups } from './task-groups.js'
import { wire, type Start } from './wiring.js'

export interface InterpreterOptions {
  /** Serdes of a topic that a node reads or writes; default: those of the topic's declaration, Avro by reference. */
  readonly serdes?: SerdesOfNode
  /** Partitions of a repartition topic whose node does not say; default 1. */
  readonly partitions?: (topic: string) => number
  /** Labels of operators, by node id; default `<kind>-<id>`, or the name given by the author. */
  readonly label?: (node: GraphNode) => string
  readonly print?: (label: string, record: FlowRecord) => void
  /** Partitions of the topics that tasks read; default 1. */
  readonly tasks?: number
  /** Wall clock at the start, ms; default 0. */
  readonly startTime?: number
  /** Whether all tasks of a partition have one stream time; else each has its own. Default: no. */
  readonly oneStreamTime?: boolean
  /** Whether `commit` will be called, so that `abort` can take back what came after. Default: no. */
  readonly commits?: boolean
}

export interface Interpreter {
  /**
   * Processes a record of a source topic, then what it caused on internal topics, and tells what became of each.
   * After an outcome `failed` nothing more is processed.
   */
  process(record: WireRecord): readonly RecordOutcome[]
  readonly internalTopics: ReadonlySet<string>
  /** Rows that operators keep, by the name or label of the operator. */
  readonly stores: ReadonlyMap<string, () => readonly StoreRow[]>
  /** Moves the wall clock on, and tells what became of it; ms, never back. */
  advanceWallClock(now: number): readonly RecordOutcome[]
  /** What was processed is final. */
  commit(): void
  /** State is as it was at the last commit. */
  abort(): void
}

export function interpret(graph: PipelineGraph, options: InterpreterOptions = {}): Interpreter {
  return new GraphInterpreter(graph, options)
}

/** Where records of a topic enter the graph. */
interface Entry extends Start {
  readonly serdes: TopicSerdes
}

class GraphInterpreter implements Interpreter {
  readonly #graph: PipelineGraph
  readonly #options: InterpreterOptions
  readonly #entries: ReadonlyMap<string, readonly Entry[]>
  readonly internalTopics: ReadonlySet<string>
  readonly #internal = new InternalTopics()
  readonly #journal: Journal
  /** Wall clock, ms: it stands still until it is moved. */
  #wall: number
  readonly #groups: TaskGroups
  readonly #shared: ReturnType<typeof sharedExchanges>
  readonly #taskClocks = new Map<string, TaskClock>()
  readonly stores = new Map<string, () => readonly StoreRow[]>()
  #outputs: OutputRecord[] = []

  constructor(graph: PipelineGraph, options: InterpreterOptions) {
    this.#graph = graph
    this.#options = options
    this.#journal = new Journal(options.commits)
    this.#wall = options.startTime ?? 0
    this.#shared = sharedExchanges(graph)
    this.#groups = new TaskGroups(graph, this.#shared)
    const serdes = options.serdes ?? specSerdes(graph.nodes)
    const effects = {
      emit: (output: OutputRecord) => this.#outputs.push(output),
      print: options.print ?? (() => undefined),
    }
    for (const node of graph.nodes) this.#clockOf(this.#groups.startingAt(node))
    const starts = wire(graph, (node) => ({
      effects,
      label: this.#label(node),
      graph,
      journal: this.#journal,
      task: this.#clockOf(this.#groups.startingAt(node)),
      keyOrder: keyOrderOf(graph.nodes, node.id),
      expose: (rows, store) => {
        this.stores.set(store === undefined ? this.#label(node) : `${this.#label(node)}-${store}`, rows)
      },
      internalTopics: this.#internalTopics(node),
      sharedTopics: new Set(exchangesOf(graph, node).filter((role) => this.#shared.has(placeOf(node.id, role)))),
      serdes: (role) => serdes(node, role),
    }))
    this.internalTopics = new Set(starts.flatMap(({ role, topic }) => (role === undefined ? [] : [topic])))
    const entries = new Map<string, Entry[]>()
    for (const start of starts) {
      const entry = { ...start, serdes: serdes(start.node, start.role) }
      entries.set(start.topic, [...(entries.get(start.topic) ?? []), entry])
    }
    this.#entries = entries
  }

  process(record: WireRecord): readonly RecordOutcome[] {
    const outcomes: RecordOutcome[] = []
    for (let next: WireRecord | undefined = record; next !== undefined; next = this.#internal.take()) {
      const [outcome, ...fired] = [this.#processOne(next), ...this.#fireTasksOf(next)]
      outcomes.push(outcome, ...fired)
      if (outcomes.some(({ result }) => result.kind === 'failed')) break
      for (const { outputs } of [outcome, ...fired]) this.#feedInternalTopics(outputs)
    }
    return outcomes
  }

  advanceWallClock(now: number): readonly RecordOutcome[] {
    this.#wall = Math.max(this.#wall, now)
    const outcomes: RecordOutcome[] = []
    for (const clock of this.#taskClocks.values()) {
      clock.wall = this.#wall
      for (const partition of clock.partitions) outcomes.push(...this.#fire(clock, partition, tickAt(now)))
    }
    for (const { outputs } of outcomes) this.#feedInternalTopics(outputs)
    const next = this.#internal.take()
    return next === undefined ? outcomes : [...outcomes, ...this.process(next)]
  }

  commit(): void {
    this.#journal.commit()
  }

  abort(): void {
    this.#journal.abort()
    for (const clock of this.#taskClocks.values()) clock.restart()
  }

  #processOne(record: WireRecord): RecordOutcome {
    this.#outputs = []
    try {
      const kind = this.#run(record)
      this.#journal.keep()
      return { record, result: { kind }, outputs: this.#outputs }
    } catch (error) {
      this.#journal.rollback()
      if (!(error instanceof OperatorFailure)) throw error
      return this.#applyPolicy(record, error)
    }
  }

  /** All sources of one topic see the record before anything is written: it is one record. */
  #run(record: WireRecord): 'done' | 'dropped' {
    const entries = this.#entries.get(record.topic)
    if (entries === undefined) throw new RangeError(`pipeline ${this.#graph.name} reads no topic ${record.topic}`)
    const flows = entries.map((entry) => ({ start: entry.start, flow: readEntry(entry, record) }))
    for (const { start, flow } of flows) if (flow !== undefined) start(flow)
    for (const [index, { flow }] of flows.entries()) {
      const entry = entries[index]
      if (flow === undefined || entry === undefined || isGlobal(entry)) continue
      this.#clockAt(entry).advance(record.partition, flow.timestamp)
    }
    return flows.some(({ flow }) => flow !== undefined) ? 'done' : 'dropped'
  }

  /** What is due now that a record is done. */
  #fireTasksOf(record: WireRecord): readonly RecordOutcome[] {
    const clocks = new Set((this.#entries.get(record.topic) ?? []).map((entry) => this.#clockAt(entry)))
    return [...clocks].flatMap((clock) => this.#fire(clock, record.partition, record))
  }

  /** Does what is due, each thing for itself; one that fails is dropped, or ends it, as the policy says. */
  #fire(clock: TaskClock, partition: number, cause: WireRecord): readonly RecordOutcome[] {
    const outcomes: RecordOutcome[] = []
    for (;;) {
      this.#outputs = []
      try {
        if (!clock.fire(partition, false)) return outcomes
        this.#journal.keep()
        outcomes.push({ record: cause, result: { kind: 'done' }, outputs: this.#outputs })
      } catch (error) {
        this.#journal.rollback()
        if (!(error instanceof OperatorFailure)) throw error
        const policy = this.#graph.nodes[error.operator]?.onError ?? this.#graph.onError
        const kind = policy.kind === 'fail' ? 'failed' : 'skipped'
        outcomes.push({ record: cause, result: { kind, ...this.#problem(error) }, outputs: [] })
        if (kind === 'failed') return outcomes
        clock.fire(partition, true)
        this.#journal.keep()
      }
    }
  }

  #problem({ operator, cause }: OperatorFailure): RecordProblem {
    const node = this.#graph.nodes[operator]
    return { operator, label: node === undefined ? 'wall clock' : this.#label(node), error: cause }
  }

  #clockAt({ node, role }: Entry): TaskClock {
    return this.#clockOf(this.#groups.startingAt(node, role))
  }

  #clockOf(task: string): TaskClock {
    const group = this.#options.oneStreamTime === true ? 'all' : task
    let clock = this.#taskClocks.get(group)
    if (clock === undefined) {
      clock = new TaskClock(this.#journal, this.#wall, this.#options.tasks ?? 1)
      this.#taskClocks.set(group, clock)
    }
    return clock
  }

  #applyPolicy(record: WireRecord, failure: OperatorFailure): RecordOutcome {
    const node = this.#graph.nodes[failure.operator] ?? this.#entries.get(record.topic)?.[0]?.node
    const policy: ErrorPolicy = node?.onError ?? this.#graph.onError
    const label = failure.operator === SOURCE_DECODER || node === undefined ? 'source' : this.#label(node)
    const problem = { operator: failure.operator, label, error: failure.cause }
    const outcome = (
      kind: Exclude<RecordResult['kind'], 'done' | 'dropped'>,
      outputs: OutputRecord[],
    ): RecordOutcome => ({
      record,
      result: { kind, ...problem },
      outputs,
    })
    switch (policy.kind) {
      case 'fail':
        return outcome('failed', [])
      case 'skip':
        return outcome('skipped', [])
      case 'dead-letter':
        return outcome('dead-lettered', [deadLetter(policy.topic, record, failure.cause)])
    }
  }

  #feedInternalTopics(outputs: readonly OutputRecord[]): void {
    const placed = outputs.flatMap((output) => {
      const [entry] = this.#entries.get(output.topic) ?? []
      if (entry?.role === undefined) return []
      const { node } = entry
      const own = node.kind === 'repartition' ? node.partitions : undefined
      const partitions = own ?? this.#options.partitions?.(output.topic) ?? 1
      const partition = output.key === null ? 0 : partitionFor(partitionBytes(output.key), partitions)
      return [{ ...output, partition }]
    })
    // What one record writes is in order within a partition only. Between topics there is no order; the one whose operator
    // is declared first, and of its partitions the lowest, goes first, as in a compiled test driver.
    const topics = [...this.internalTopics]
    const order = (record: (typeof placed)[number]): number => topics.indexOf(record.topic)
    placed.sort((a, b) => order(a) - order(b) || a.partition - b.partition)
    for (const record of placed) this.#internal.append(record)
  }

  #label(node: GraphNode): string {
    return this.#options.label?.(node) ?? node.name ?? `${node.kind}-${node.id}`
  }

  #internalTopics(node: GraphNode): ReadonlyMap<ExchangeRole, string> {
    const name = (role: ExchangeRole): string => {
      const place = placeOf(node.id, role)
      const writer = this.#shared.get(place) ?? place
      const named = this.#graph.nodes[nodeAt(writer)] ?? node
      return `${this.#graph.applicationId}-${this.#label(named)}-${roleAt(writer) ?? role}`
    }
    return new Map(exchangesOf(this.#graph, node).map((role) => [role, name(role)]))
  }
}

/** What a failure of the wall clock is told of. */
function tickAt(now: number): WireRecord {
  return { topic: 'wall clock', partition: 0, offset: 0n, timestamp: now, key: null, value: null, headers: [] }
}

/** Where serdes make bytes of it, a change comes back as a record of two fields. */
function asChange(value: unknown): Change {
  if (value instanceof Change) return value
  const { now, before } = value as { readonly now: unknown; readonly before: unknown }
  return new Change(now, before)
}

/** What every process reads is no record of a task. */
function isGlobal({ node }: Entry): boolean {
  return node.kind === 'global-table'
}

function readEntry({ node, serdes }: Entry, record: WireRecord): FlowRecord | undefined {
  if ('topic' in node) return readSource(node, serdes, record)
  // A record that this pipeline wrote itself cannot be wrong: an error here is a bug and must not be skipped (rule 16).
  const key = serdes.key.decode(record.key)
  const decoded = serdes.value.decode(record.value)
  const value = node.kind === 'group-table' ? asChange(decoded) : decoded
  return { origin: record, key, value, timestamp: record.timestamp }
}

function specSerdes(nodes: readonly GraphNode[]): SerdesOfNode {
  return (node, role) => {
    if (role !== undefined) return exchangedBySpec(exchangedKeySpec(nodes, node, role))
    switch (node.kind) {
      case 'source':
      case 'table-source':
      case 'global-table':
        return serdesBySpec(node.topic)
      case 'to':
        return serdesBySpec(node.target.kind === 'topic' ? node.target.topic : node.target.like)
      default:
        return byReference
    }
  }
}
