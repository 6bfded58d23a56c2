/** How values become an aggregate, as the graph holds it. */
import type { AuthorFunction } from './graph.js'

export type Aggregation =
  | { readonly kind: 'count' }
  /** `(acc, value) -> acc`; the first value of a key is its aggregate. `subtract`: for grouped tables. */
  | { readonly kind: 'reduce'; readonly add: AuthorFunction; readonly subtract: AuthorFunction | undefined }
  | {
      readonly kind: 'fold'
      /** `() -> acc`. */
      readonly initial: AuthorFunction
      /** `(acc, value, ctx) -> acc`. */
      readonly add: AuthorFunction
      readonly subtract: AuthorFunction | undefined
      /** `(a, b) -> acc`: for sessions. */
      readonly merge: AuthorFunction | undefined
    }
  /** How values are added is said by the cogroup. */
  | { readonly kind: 'cogroup'; readonly merge: AuthorFunction | undefined }
  | { readonly kind: 'declared'; readonly fields: readonly DeclaredField[] }

export interface DeclaredField {
  readonly name: string
  readonly aggregator: AggregatorSpec
}

export type AggregatorSpec =
  | { readonly kind: 'count' }
  | { readonly kind: 'sum' | 'avg' | 'min' | 'max' | 'first' | 'last' | 'countDistinct'; readonly of: AuthorFunction }
  | { readonly kind: 'collect'; readonly of: AuthorFunction; readonly limit: number | undefined }
  | { readonly kind: 'topK'; readonly of: AuthorFunction; readonly by: AuthorFunction; readonly limit: number }
  | {
      readonly kind: 'custom'
      readonly initial: AuthorFunction
      readonly add: AuthorFunction
      readonly merge: AuthorFunction | undefined
      readonly subtract: AuthorFunction | undefined
      readonly result: AuthorFunction | undefined
    }
