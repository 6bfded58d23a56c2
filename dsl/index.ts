/** The public surface of `millrace`: what authors of pipelines import. */
export type { HeaderValues, SinkOptions } from './operators/to.js'
export type { KeyValue } from './operators/map-record.js'
export { otherwise, type Otherwise, type SplitStreams } from './operators/split.js'
export type { RepartitionOptions } from './operators/repartition.js'
export { PipelineError, type PipelineErrorCode } from './errors.js'
export type { Predicate, RecordFunction } from './functions.js'
export { deadLetter, type DeadLetter, type OnError, type OperatorOptions } from './on-error.js'
export { pipeline, type Build, type Pipeline, type PipelineBuilder, type PipelineOptions } from './pipeline.js'
export type { Headers, RecordContext } from './record-context.js'
export {
  avro,
  bytes,
  double,
  int32,
  int64,
  json,
  nullable,
  string,
  uuid,
  type AvroOptions,
  type Serde,
} from './serdes.js'
export {
  aggregator,
  avg,
  collect,
  count,
  countDistinct,
  first,
  last,
  max,
  min,
  sum,
  topK,
  type Aggregator,
} from './aggregators.js'
export type { Cogrouped, WindowedCogrouped } from './cogrouped.js'
export type { Duration } from './duration.js'
export type { GlobalTable } from './global-table.js'
export type { GroupedStream } from './grouped-stream.js'
export type { GroupedTable } from './grouped-table.js'
export type {
  AggregateOptions,
  EmittingOptions,
  LastingOptions,
  Named,
  SourceTableOptions,
  StateOptions,
  Stored,
  TableOptions,
} from './named.js'
export type { JoinOptions, TableJoinOptions } from './operators/join.js'
export type { SuppressOptions } from './operators/suppress.js'
export type { Stream } from './stream.js'
export type { Table } from './table.js'
export type { Windowed, WindowKind } from './windowed.js'
export type { WindowedStream } from './windowed-stream.js'
export { hopping, session, sliding, tumbling, type Emit, type Window, type WindowOptions } from './windows.js'
// Re-exported as a whole: only so can `declare module 'millrace'` add to the interface `Subjects`.
export * from './subjects.js'
export type { DedupeOptions } from './operators/dedupe.js'
export type {
  Clock,
  FiredTimer,
  OpenStores,
  Processor,
  ProcessorState,
  Stores,
  Timer,
  ValueProcessor,
} from './processor.js'
export {
  keyValueStore,
  listStore,
  mapStore,
  valueStore,
  type KeyValueStore,
  type ListStore,
  type MapStore,
  type StoreDeclaration,
  type ValueStore,
} from './stores.js'
export { topic, type Sink, type Source, type TimestampExtractor, type Topic } from './topic.js'
