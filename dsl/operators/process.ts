import { positiveMilliseconds } from '../duration.js'
import type { Arguments } from '../model/arguments.js'
import type { ProcessNode, PunctuationSpec } from '../model/graph.js'
import type { Handle, OperatorCall, RecordOperator } from '../model/handle.js'
import type { StoreSpec, TimerSpec } from '../model/store-spec.js'
import { checkName } from '../names.js'
import type { OperatorOptions } from '../on-error.js'
import type {
  Emitted,
  EmittedValues,
  KeysTo,
  NoStores,
  Processor,
  RecordsOf,
  Stores,
  ValueProcessor,
  ValuesTo,
} from '../processor.js'
import { storeSpec } from '../stores.js'
import type { Stream } from '../stream.js'

/** One stream, or a stream for each named output. */
export type Processed<E, O extends string> = [O] extends [never]
  ? Stream<KeysTo<E, never>, ValuesTo<E, never>>
  : { readonly [N in O]: Stream<KeysTo<E, N>, ValuesTo<E, N>> }

export type ProcessedValues<K, E, O extends string> = [O] extends [never]
  ? Stream<K, ValuesTo<E, never>>
  : { readonly [N in O]: Stream<K, ValuesTo<E, N>> }

export interface ProcessOptions extends OperatorOptions {
  /**
   * false: records stay in the partition that they are in also where their keys may have changed, as with Kafka Streams'
   * `process`: what is kept of a key may then be in several tasks. Default true: they meet in one.
   */
  readonly repartition?: boolean
}

export interface ProcessOperator<out K, out V> {
  /**
   * An operator of one's own: stores, timers, and any number of records that go on, with keys of their own (Kafka
   * Streams' `process`, Flink's `KeyedProcessFunction`). Records with equal keys meet in one task: behind a key change
   * they go through a repartition topic.
   *
   * @example
   * ```ts
   * legs.process({
   *   stores: { late: valueStore({ value: int32() }) },
   *   process(leg, ctx, { stores }) {
   *     const late = leg.delay > 15 ? (stores.late.get() ?? 0) + 1 : 0
   *     stores.late.set(late)
   *     return late === 3 ? [{ key: ctx.key, value: { plane: ctx.key, at: ctx.timestamp } }] : []
   *   },
   * }, { name: 'three-late-legs' })
   * ```
   */
  process<
    R1 extends Emitted<O>,
    S extends Stores = NoStores,
    T extends string = never,
    O extends string = never,
    R2 extends Emitted<O> = undefined,
    R3 extends Emitted<O> = undefined,
  >(
    processor: Processor<K, V, S, T, O, R1, R2, R3>,
    options?: ProcessOptions,
  ): Processed<RecordsOf<R1> | RecordsOf<R2> | RecordsOf<R3>, O>
  /** As `process`, with values only: the keys stay, and so do the partitions (Kafka Streams' `processValues`). */
  processValues<
    R1 extends EmittedValues<O>,
    S extends Stores = NoStores,
    T extends string = never,
    O extends string = never,
    R2 extends EmittedValues<O> = undefined,
  >(
    processor: ValueProcessor<K, V, S, T, O, R1, R2>,
    options?: ProcessOptions,
  ): ProcessedValues<K, RecordsOf<R1> | RecordsOf<R2>, O>
}

export function process(keepsKey: boolean): RecordOperator {
  return ({ recorder, input, args, stream }: OperatorCall) => {
    const options = args.options(1)
    const node = { ...processor(args), input, keepsKey, gathers: gathersOf(args, options['repartition']) }
    const id = recorder.add(node, args, options)
    if (node.outputs.length === 0) return stream(id)
    const streams: Record<string, Handle> = {}
    for (const output of node.outputs) {
      streams[output] = stream(recorder.add({ kind: 'process-output', input: id, output }, args))
    }
    return streams
  }
}

function processor(args: Arguments): Omit<ProcessNode, 'input' | 'keepsKey' | 'gathers'> {
  const written = args.options(0)
  const timers = timersOf(args, written['timers'])
  const onTimer = args.optionalFunction(written['onTimer'], '`onTimer`')
  if (timers.length > 0 && onTimer === undefined) {
    throw args.wrong(`\`${args.callee}\` has timers and no \`onTimer\``, 'say what happens when one fires')
  }
  return {
    kind: 'process',
    stores: storesOf(args, written['stores']),
    timers,
    process: args.neededFunction(written['process'], 'a function `process`'),
    onTimer,
    punctuate: punctuationOf(args, written['punctuate']),
    outputs: outputsOf(args, written['outputs']),
  }
}

function gathersOf(args: Arguments, written: unknown): boolean {
  if (written === undefined || typeof written === 'boolean') return written ?? true
  throw args.wrong(`\`repartition\` of \`${args.callee}\` is neither true nor false`)
}

function storesOf(args: Arguments, written: unknown): readonly StoreSpec[] {
  return Object.entries(record(args, written, '`stores`')).map(([name, store]) => {
    const spec = storeSpec(checkName(name, 'store', 50, args.site), store)
    if (spec !== undefined) return spec
    throw args.wrong(`'${name}' of \`${args.callee}\` is no store`, 'use valueStore(), keyValueStore(), listStore()…')
  })
}

function timersOf(args: Arguments, written: unknown): readonly TimerSpec[] {
  return Object.entries(record(args, written, '`timers`')).map(([name, clock]) => {
    checkName(name, 'timer', 50, args.site)
    if (clock === 'stream' || clock === 'wall') return { name, clock }
    throw args.wrong(`timer '${name}' of \`${args.callee}\` goes neither by 'stream' nor by 'wall' time`)
  })
}

function punctuationOf(args: Arguments, written: unknown): PunctuationSpec | undefined {
  if (written === undefined) return undefined
  const { every, clock, run } = record(args, written, '`punctuate`')
  if (clock !== 'stream' && clock !== 'wall') {
    throw args.wrong("`clock` of `punctuate` is neither 'stream' nor 'wall'")
  }
  const period = positiveMilliseconds(every, '`every` of `punctuate`', args)
  return { every: period, clock, run: args.neededFunction(run, 'a function `run` in `punctuate`') }
}

function outputsOf(args: Arguments, written: unknown): readonly string[] {
  if (written === undefined) return []
  if (!Array.isArray(written) || written.length === 0) throw args.wrong('`outputs` of `process` is no list of names')
  const names = written.map((name) => checkName(name, 'output', 50, args.site))
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw args.wrong(`two outputs of \`${args.callee}\` are named '${twice}'`)
  return names
}

function record(args: Arguments, value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (value === undefined) return {}
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw args.wrong(`${what} of \`${args.callee}\` is no object`)
}
