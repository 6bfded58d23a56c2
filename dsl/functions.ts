/** Shapes of the functions that operators take. */
import type { RecordContext } from './record-context.js'

/** A function of a record: its value, and its context. */
export type RecordFunction<K, V, R> = (value: V, ctx: RecordContext<K>) => R

/** Whether a record goes on. */
export type Predicate<K, V> = RecordFunction<K, V, boolean>

/** What an operator gives that was handed an asynchronous function: nothing can be done with it. */
export interface PromiseCannotBeReturned {
  readonly 'this operator is synchronous: its function cannot return a promise': never
}

/**
 * Result of a synchronous operator: a promise is a type error, because the record would go on before it has settled.
 * An open type parameter fits neither this nor `PromiseLike`, so operators have a third overload, for generic helpers.
 */
export type Synchronous<R> = R & (R extends PromiseLike<unknown> ? PromiseCannotBeReturned : unknown)

/** Result of an action: nothing that somebody would have to wait for. */
export type Done = void | string | number | bigint | boolean | symbol | null | undefined | { readonly then?: never }
