/** A pipeline: a name, options, and a builder that describes the streams. Pure data: nothing runs when it is declared. */
import type { Duration } from './duration.js'
import type { GlobalTable } from './global-table.js'
import { Arguments } from './model/arguments.js'
import type { CallSite } from './model/call-site.js'
import type { ErrorPolicy } from './model/graph.js'
import { checkName } from './names.js'
import { errorPolicy, type OnError } from './on-error.js'
import type { Named, SourceTableOptions } from './named.js'
import type { Stream } from './stream.js'
import type { Table } from './table.js'
import type { Source } from './topic.js'

export interface PipelineOptions {
  /** Application id: consumer group, prefix of internal topics and transactional ids. Default: the pipeline's name. */
  readonly id?: string
  /** What a record gets that cannot be processed. Default: `'fail'`. */
  readonly onError?: OnError
}

/** What a builder gets. */
export interface PipelineBuilder {
  /**
   * Reads a topic as a stream.
   *
   * @example
   * ```ts
   * p.stream(topic('orders')).filter((o) => o.amount > 0)
   * ```
   */
  stream<K, V>(topic: Source<K, V>): Stream<K, V>
  /**
   * Reads a topic as a table: the newest value of each key; null deletes (Kafka Streams' `table`). `versioned` keeps
   * what was before for so long, for joins as of the time of a record.
   *
   * @example
   * ```ts
   * const customers = p.table(topic('customers'), { name: 'customers' })
   * ```
   */
  table<K, V>(
    topic: Source<K, V>,
    options?: SourceTableOptions & { readonly versioned?: { readonly history: Duration } },
  ): Table<NonNullable<K>, NonNullable<V>>
  /** Reads a topic as a table that every task holds whole, whatever its partitions: for joins by any key. */
  globalTable<K, V>(topic: Source<K, V>, options?: Named): GlobalTable<NonNullable<K>, NonNullable<V>>
}

/** Describes the streams. Runs at build time, more than once: it must give the same result each time. */
export type Build = (p: PipelineBuilder) => void

export interface Pipeline {
  readonly name: string
}

/** A pipeline as compiler and test driver see it. */
export class DeclaredPipeline implements Pipeline {
  readonly name: string
  readonly applicationId: string
  readonly onError: ErrorPolicy
  readonly build: Build
  readonly site: CallSite | undefined

  constructor(name: string, applicationId: string, onError: ErrorPolicy, build: Build, site: CallSite | undefined) {
    this.name = name
    this.applicationId = applicationId
    this.onError = onError
    this.build = build
    this.site = site
  }
}

/**
 * Declares a pipeline: one application with a consumer group of its own. Export it, so that the compiler finds it; a
 * file can hold several.
 *
 * The body of the builder runs at build time: loops, helpers and configuration just work. The lambdas that are given to
 * operators, and what they use from module level, run at run time.
 *
 * @example
 * ```ts
 * export const paid = pipeline('paid', { onError: deadLetter('paid-dead') }, (p) => {
 *   p.stream(topic('orders')).filter((o) => o.status === 'PAID').to(topic('paid'))
 * })
 * ```
 * @throws PipelineError MR1209 for a name that cannot be a consumer group and a prefix of topics.
 */
export function pipeline(name: string, build: Build): Pipeline
export function pipeline(name: string, options: PipelineOptions, build: Build): Pipeline
export function pipeline(...values: unknown[]): Pipeline {
  const args = new Arguments('pipeline', values)
  const name = checkName(args.at(0), 'pipeline', 100, args.site)
  const options = args.length > 2 ? args.options(1) : {}
  const id = options['id'] === undefined ? name : checkName(options['id'], 'application', 100, args.site)
  const onError = errorPolicy(options['onError'] ?? 'fail', args.site)
  const build = args.function(args.length > 2 ? 2 : 1, 'its builder')
  return new DeclaredPipeline(name, id, onError, build as Build, args.site)
}
