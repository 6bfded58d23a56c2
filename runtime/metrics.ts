/**
 * Prometheus metrics under the names that Kafka Streams' exporters use. Nothing is counted here: at scrape time the
 * plain numbers in the executors' last status are read.
 */
import { Gauge, Registry, collectDefaultMetrics } from 'prom-client'
import type { Manifest } from './abi/index.js'
import type { ExecutorHandle } from './executor/executor-handle.js'
import type { HeldTask, TaskStatus } from './executor/protocol.js'
import { formatTaskId } from './kafka/task-id.js'
import type { AppState } from './state.js'

interface Source {
  readonly state: AppState
  readonly executors: readonly ExecutorHandle[]
  /** Tasks, as text, that wait for a copy of their state here, and by how many records it was behind. */
  readonly awaited: ReadonlyMap<string, number>
}

/** Numbers of Kafka Streams' `state` metric order. */
const STATE_NUMBERS: Readonly<Record<AppState, number>> = {
  CREATED: 0,
  REBALANCING: 1,
  RUNNING: 2,
  PENDING_SHUTDOWN: 3,
  NOT_RUNNING: 4,
  PENDING_ERROR: 5,
  ERROR: 6,
}

const TASK_METRICS: readonly {
  readonly name: string
  readonly help: string
  readonly read: (task: TaskStatus) => number
}[] = [
  {
    name: 'kafka_streams_task_process_total',
    help: 'Records that the task has processed.',
    read: ({ metrics }) => metrics.processed,
  },
  {
    name: 'kafka_streams_task_dropped_records_total',
    help: 'Records skipped by the policy of record errors.',
    read: ({ metrics }) => metrics.skipped,
  },
  {
    name: 'kafka_streams_task_dead_letter_records_total',
    help: 'Records sent to a dead-letter topic.',
    read: ({ metrics }) => metrics.deadLettered,
  },
  {
    name: 'kafka_streams_task_corrupt_batches_total',
    help: 'Fetched batches whose checksum or content was wrong.',
    read: ({ metrics }) => metrics.corruptBatches,
  },
  {
    name: 'kafka_streams_task_process_seconds_total',
    help: 'Time spent processing.',
    read: ({ metrics }) => metrics.processMs / 1000,
  },
  {
    name: 'kafka_streams_task_changelog_records_total',
    help: 'Records that the task has written to changelogs.',
    read: ({ metrics }) => metrics.changelogged,
  },
  {
    name: 'kafka_streams_task_record_lag',
    help: 'Records in the input partitions that are not processed yet.',
    read: ({ lag }) => lag,
  },
  {
    name: 'kafka_streams_task_last_record_timestamp_seconds',
    help: 'When the task processed its last record, seconds since the epoch; stream time has stood still since then.',
    read: ({ metrics }) => metrics.lastRecordAt / 1000,
  },
  {
    name: 'kafka_streams_task_awaited_inputs',
    help: 'Inputs that the task waits for: nothing of them is there, though the broker has more.',
    read: ({ awaited }) => awaited,
  },
  {
    name: 'kafka_streams_task_parked',
    help: '1 while the task waits for a schema or a topic.',
    read: ({ parkedFor }) => (parkedFor === undefined ? 0 : 1),
  },
]

const THREAD_METRICS: readonly {
  readonly name: string
  readonly help: string
  readonly read: (executor: ExecutorHandle) => number
}[] = [
  {
    name: 'kafka_streams_thread_commit_total',
    help: 'Commits of the thread.',
    read: ({ status }) => status.commits,
  },
  {
    name: 'kafka_streams_thread_buffered_bytes',
    help: 'Fetched bytes that wait to be processed.',
    read: ({ status }) => status.fetchedBytes,
  },
  {
    name: 'kafka_streams_thread_unacknowledged_bytes',
    help: 'Produced bytes that the brokers have not acknowledged.',
    read: ({ status }) => status.unacknowledgedBytes,
  },
  {
    name: 'kafka_streams_thread_transcoded_messages_total',
    help: 'Messages of a writer schema that was unknown at build time: rebuild the pipeline.',
    read: ({ status }) => status.transcodedMessages,
  },
  {
    name: 'kafka_streams_thread_restore_remaining_records_total',
    help: 'Offsets of changelogs that are still to be read before their tasks run.',
    read: ({ status }) => status.restoring.reduce((sum, { position, end }) => sum + Math.max(0, end - position), 0),
  },
]

export class AppMetrics {
  readonly #registry = new Registry()
  readonly #manifest: Manifest
  readonly #source: () => Source

  constructor(manifest: Manifest, applicationId: string, source: () => Source) {
    this.#manifest = manifest
    this.#source = source
    this.#registry.setDefaultLabels({ application_id: applicationId })
    // By default a timer fires a hundred times a second to see how late it is: a good part of what an idle process costs.
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: 100 })
    this.#addState()
    for (const metric of TASK_METRICS) this.#addTaskMetric(metric)
    for (const metric of THREAD_METRICS) this.#addThreadMetric(metric)
    this.#addCopies()
    this.#addOperatorCounts()
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  text(): Promise<string> {
    return this.#registry.metrics()
  }

  #tasks(): readonly TaskStatus[] {
    return this.#source().executors.flatMap(({ status }) => status.tasks)
  }

  #gauge(name: string, help: string, labelNames: readonly string[], collect: (gauge: Gauge) => void): void {
    new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers: [this.#registry],
      collect() {
        this.reset()
        collect(this)
      },
    })
  }

  #addState(): void {
    const states = Object.entries(STATE_NUMBERS).map(([state, number]) => `${number} ${state}`)
    this.#gauge('kafka_streams_state', `State of the application: ${states.join(', ')}.`, [], (gauge) => {
      gauge.set(STATE_NUMBERS[this.#source().state])
    })
    this.#gauge('kafka_streams_alive_stream_threads', 'Executors of this process.', [], (gauge) => {
      gauge.set(this.#source().executors.length)
    })
  }

  #addTaskMetric({ name, help, read }: (typeof TASK_METRICS)[number]): void {
    this.#gauge(name, help, ['task_id'], (gauge) => {
      for (const task of this.#tasks()) gauge.set({ task_id: formatTaskId(task.id) }, read(task))
    })
  }

  #addThreadMetric({ name, help, read }: (typeof THREAD_METRICS)[number]): void {
    this.#gauge(name, help, ['thread_id'], (gauge) => {
      for (const [index, executor] of this.#source().executors.entries()) {
        gauge.set({ thread_id: String(index) }, read(executor))
      }
    })
  }

  #addCopies(): void {
    const held = (): readonly HeldTask[] => this.#source().executors.flatMap(({ status }) => status.standbys)
    const name = 'kafka_streams_task_standby_remaining_records'
    this.#gauge(name, 'Records by which the copy of the state of a task is behind.', ['task_id'], (gauge) => {
      for (const { task, behind } of held()) if (behind >= 0) gauge.set({ task_id: task }, behind)
    })
    const awaited = 'kafka_streams_task_warmup_remaining_records'
    const help =
      'Records by which the copy is behind that a task waits for, to move here; those without a copy yet included.'
    this.#gauge(awaited, help, ['task_id'], (gauge) => {
      const copies = new Map(held().flatMap(({ task, behind }) => (behind < 0 ? [] : [[task, behind]])))
      for (const [task, behind] of this.#source().awaited) gauge.set({ task_id: task }, copies.get(task) ?? behind)
    })
  }

  #addOperatorCounts(): void {
    const labels = ['task_id', 'processor_node_id']
    this.#gauge('kafka_streams_processor_node_process_total', 'Records taken in by an operator.', labels, (gauge) => {
      for (const task of this.#tasks()) {
        for (const { id, label } of this.#manifest.operators) {
          gauge.set({ task_id: formatTaskId(task.id), processor_node_id: label }, task.counts[id] ?? 0)
        }
      }
    })
  }
}
